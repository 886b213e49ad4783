"""Endpoints that take one event after the other."""

import asyncio
from pathlib import Path

from layeron.records import EventRecord
from tests.sending.declared import publisher, send
from tests.support.customer import Customer, behind, in_turn, running_customer
from tests.support.service import Service, eventually, running_service
from tests.support.temporal import TemporalServer

LONG = {"schedule": [600.0]}


async def ended(service: Service, event_id: str) -> EventRecord:
    return await service.settled(event_id)


async def arrived(customer: Customer, number: int) -> None:
    async def look() -> bool | None:
        return len(customer.requests) >= number or None

    await eventually(look)


async def test_events_arrive_in_the_order_in_which_they_were_sent(
    tmp_path: Path, temporal: TemporalServer
) -> None:
    async with running_customer() as customer:
        app, out = publisher(customer.url, fifo=True)
        async with running_service(app, tmp_path, temporal) as service:
            sent = await send(out, 12)
            for each in sent:
                assert (await ended(service, each)).status == "succeeded"
    assert customer.ids() == sent


async def test_the_next_one_waits_for_the_success_of_the_one_before(
    tmp_path: Path, temporal: TemporalServer
) -> None:
    gate = asyncio.Event()
    async with running_customer(behind(gate, 200)) as customer:
        app, out = publisher(customer.url, fifo=True)
        async with running_service(app, tmp_path, temporal) as service:
            first, second = await send(out, 2)
            await arrived(customer, 1)
            await asyncio.sleep(0.5)
            assert customer.ids() == [first]
            gate.set()
            await ended(service, second)
    assert customer.ids() == [first, second]


async def test_a_failed_one_is_tried_again_before_the_next(
    tmp_path: Path, temporal: TemporalServer
) -> None:
    async with running_customer(in_turn(500, 500, 200)) as customer:
        app, out = publisher(customer.url, fifo=True)
        async with running_service(app, tmp_path, temporal) as service:
            first, second = await send(out, 2)
            await ended(service, second)
    assert customer.ids() == [first, first, first, second]


async def test_an_operator_skips_the_one_that_blocks(
    tmp_path: Path, temporal: TemporalServer
) -> None:
    async with running_customer(in_turn(500, 200)) as customer:
        app, out = publisher(customer.url, fifo=True, retry=LONG)
        async with running_service(app, tmp_path, temporal) as service:
            first, second = await send(out, 2)
            await arrived(customer, 1)
            await out.endpoints.skip("a", first)
            assert (await ended(service, second)).status == "succeeded"
            skipped = await ended(service, first)
    assert [each.status for each in skipped.deliveries] == ["skipped"]
    assert customer.ids() == [first, second]


async def test_an_operator_skips_one_before_its_turn(
    tmp_path: Path, temporal: TemporalServer
) -> None:
    async with running_customer(in_turn(500, 200)) as customer:
        app, out = publisher(customer.url, fifo=True, retry=LONG)
        async with running_service(app, tmp_path, temporal) as service:
            sent = await send(out, 3)
            await arrived(customer, 1)
            await out.endpoints.skip("a", sent[1])
            await out.endpoints.skip("a", sent[0])
            await ended(service, sent[2])
    assert customer.ids() == [sent[0], sent[2]]


async def test_an_operator_tries_the_one_that_blocks_again_at_once(
    tmp_path: Path, temporal: TemporalServer
) -> None:
    async with running_customer(in_turn(500, 200)) as customer:
        app, out = publisher(customer.url, fifo=True, retry=LONG)
        async with running_service(app, tmp_path, temporal) as service:
            first, second = await send(out, 2)
            await arrived(customer, 1)
            await out.endpoints.retry("a", first)
            assert (await ended(service, second)).status == "succeeded"
            assert (await ended(service, first)).status == "succeeded"
    assert customer.ids() == [first, first, second]


async def test_a_dead_letter_blocks_until_an_operator_decides(
    tmp_path: Path, temporal: TemporalServer
) -> None:
    async with running_customer(in_turn(500, 500, 200)) as customer:
        app, out = publisher(customer.url, fifo=True, retry={"schedule": [0.05]})
        async with running_service(app, tmp_path, temporal) as service:
            first, second = await send(out, 2)
            assert (await ended(service, first)).status == "dead_letter"
            await asyncio.sleep(0.5)
            assert len(customer.requests) == 2
            await out.endpoints.retry("a", first)
            await ended(service, second)
            assert (await ended(service, first)).status == "succeeded"
    assert customer.ids() == [first, first, first, second]


async def test_a_lane_beside_another_endpoint_holds_that_one_up_in_nothing(
    tmp_path: Path, temporal: TemporalServer
) -> None:
    async with running_customer(in_turn(500, 200)) as blocked, running_customer() as free:
        app, out = publisher(blocked.url, fifo=True, retry=LONG)
        async with running_service(app, tmp_path, temporal):
            await out.endpoints.create(name="free", url=free.url)
            sent = await send(out, 3)
            await arrived(free, 3)
    assert sorted(free.ids()) == sorted(sent)
    assert set(blocked.ids()) == {sent[0]}
