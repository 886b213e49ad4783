"""Workers that send, and their engine, killed and stopped while requests are under way."""

import asyncio
import random
import signal
from collections.abc import AsyncGenerator, Generator
from contextlib import ExitStack, asynccontextmanager
from itertools import groupby

import pytest
import pytest_asyncio

from layeron.request import Request
from tests.processes.deployed import Deployment
from tests.processes.selling import Seller, running_seller
from tests.processes.sending import outcomes
from tests.support.customer import Customer, running_customer
from tests.support.service import eventually

_EVENTS = 60


class Slow:
    """Answers once it is let go."""

    def __init__(self) -> None:
        self.go_on = asyncio.Event()

    async def __call__(self, _: Request) -> int:
        await self.go_on.wait()
        return 200


@pytest.fixture(scope="module")
def seller(deployment: Deployment) -> Generator[Seller]:
    with running_seller(deployment) as seller:
        yield seller


@pytest_asyncio.fixture(scope="module")
async def well(seller: Seller) -> AsyncGenerator[Customer]:
    async with running_customer() as customer:
        await asyncio.to_thread(seller.add, "well", customer.url)
        yield customer


@asynccontextmanager
async def slow_customer(seller: Seller, name: str) -> AsyncGenerator[tuple[Customer, Slow]]:
    slow = Slow()
    async with running_customer(slow) as customer:
        await asyncio.to_thread(seller.add, name, customer.url, timeout_seconds=60)
        yield customer, slow


async def send_all(seller: Seller, kind: str, *endpoints: str) -> list[str]:
    """Send events, one after the other."""
    keys = [f"{kind}-{number}" for number in range(_EVENTS)]
    return await asyncio.to_thread(lambda: [seller.send(key, *endpoints) for key in keys])


async def test_an_event_whose_worker_is_killed_in_mid_request_is_sent_again_under_its_id(
    seller: Seller,
) -> None:
    async with slow_customer(seller, "held") as (customer, slow):
        with seller.worker("mid-request") as worker:
            event = await asyncio.to_thread(seller.send, "held", "held")
            await customer.begun.wait()
            worker.send(signal.SIGKILL)
            await asyncio.to_thread(worker.ended)
        slow.go_on.set()
        with seller.worker("after-mid-request"):
            (record,) = await asyncio.to_thread(seller.settled, [event])
    assert record["status"] == "succeeded"
    assert outcomes(record) == ["interrupted", "succeeded"]
    assert customer.ids() == [event, event]


async def test_nothing_is_lost_and_queues_keep_their_order_when_a_worker_is_killed_under_load(
    seller: Seller, well: Customer
) -> None:
    async with running_customer() as in_turn:
        await asyncio.to_thread(seller.add, "in-turn", in_turn.url, fifo=True)
        with ExitStack() as running:
            worker = running.enter_context(seller.worker("loaded"))
            sending = asyncio.create_task(send_all(seller, "loaded", "well", "in-turn"))
            await in_turn.begun.wait()
            await asyncio.sleep(random.uniform(0, 2))  # noqa: S311  # any moment will do
            worker.send(signal.SIGKILL)
            await asyncio.to_thread(worker.ended)
            running.enter_context(seller.worker("after-loaded"))
            sent = await sending
            records = await asyncio.to_thread(seller.settled, sent)
    assert {each["status"] for each in records} == {"succeeded"}
    assert set(sent) <= set(well.ids())
    # One that was sent twice was so before the next one came.
    assert [each for each, _ in groupby(in_turn.ids())] == sent


async def test_nothing_is_lost_when_the_engine_is_killed_under_load(
    seller: Seller, well: Customer
) -> None:
    temporal = seller.deployment.temporal
    with seller.worker("engineless"):
        sending = asyncio.create_task(send_all(seller, "engineless", "well"))
        await asyncio.sleep(random.uniform(0.3, 1))  # noqa: S311  # any moment will do
        await temporal.kill()
        await asyncio.sleep(0.5)
        await temporal.start()
        sent = await sending
        records = await asyncio.to_thread(seller.settled, sent)
    assert {each["status"] for each in records} == {"succeeded"}
    assert len(set(sent)) == _EVENTS
    assert set(sent) <= set(well.ids())


async def test_a_worker_that_is_stopped_lets_its_requests_end(seller: Seller) -> None:
    async with slow_customer(seller, "drained") as (customer, slow):
        with seller.worker("draining") as worker:
            keys = [f"drained-{number}" for number in range(5)]
            sent = [await asyncio.to_thread(seller.send, key, "drained") for key in keys]

            async def all_under_way() -> bool | None:
                return len(customer.requests) == len(sent) or None

            await eventually(all_under_way)
            worker.send(signal.SIGTERM)
            await asyncio.to_thread(worker.until, "the worker stops when begun handlers have ended")
            slow.go_on.set()
            assert await asyncio.to_thread(worker.ended) == 0
        records = await asyncio.to_thread(seller.settled, sent)
    for each in records:
        assert outcomes(each) == ["succeeded"]
    assert sorted(customer.ids()) == sorted(sent)


async def test_a_request_that_outlives_the_drain_is_made_again_elsewhere(seller: Seller) -> None:
    async with slow_customer(seller, "outlived") as (customer, slow):
        with seller.worker("hasty", LAYERON_DRAIN_TIMEOUT="1s") as worker:
            event = await asyncio.to_thread(seller.send, "outlived", "outlived")
            await customer.begun.wait()
            worker.send(signal.SIGTERM)
            assert await asyncio.to_thread(worker.ended) == 0
        slow.go_on.set()
        with seller.worker("after-hasty"):
            (record,) = await asyncio.to_thread(seller.settled, [event])
    assert record["status"] == "succeeded"
    assert outcomes(record) == ["interrupted", "succeeded"]
    assert customer.ids() == [event, event]
