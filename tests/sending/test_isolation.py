"""Endpoints that do not answer, beside one that does."""

import asyncio
from pathlib import Path

from layeron.request import Request
from tests.sending.declared import publisher
from tests.support.customer import running_customer
from tests.support.service import eventually, running_service
from tests.support.temporal import TemporalServer

AWAY = 40


async def hang(_: Request) -> int:
    await asyncio.Event().wait()
    return 200


async def test_a_worker_full_of_hanging_requests_still_serves_the_others(
    tmp_path: Path, temporal: TemporalServer
) -> None:
    """The worker has ten places; one endpoint that hangs may take four of them."""
    async with running_customer(hang) as dead, running_customer() as well:
        app, out = publisher(dead.url, well.url, timeout_seconds=60)
        async with running_service(
            app, tmp_path, temporal, outbound_concurrency=10, endpoint_concurrency=4
        ) as service:
            for number in range(AWAY):
                await out.send("invoice.paid", {"n": number}, endpoints=["a"])

            async def is_full() -> bool | None:
                return len(dead.requests) >= 4 or None

            await eventually(is_full)
            sent = await out.send("invoice.paid", {}, endpoints=["b"])
            record = await service.settled(sent.event_id)
            assert record.status == "succeeded"
            assert len(dead.requests) == 4


async def test_of_one_event_the_endpoint_that_hangs_keeps_no_other_waiting(
    tmp_path: Path, temporal: TemporalServer
) -> None:
    async with running_customer(hang) as dead, running_customer() as well:
        app, out = publisher(dead.url, well.url, timeout_seconds=60)
        async with running_service(app, tmp_path, temporal) as service:
            sent = await out.send("invoice.paid", {})

            async def delivered() -> bool | None:
                record = await service.tools.records.get_event(sent.event_id)
                done = {each.endpoint: each.status for each in record.deliveries}
                return done.get("b") == "succeeded" or None

            await eventually(delivered)
            assert len(dead.requests) == 1


async def test_a_rate_limit_holds_over_events(tmp_path: Path, temporal: TemporalServer) -> None:
    async with running_customer() as customer:
        app, out = publisher(customer.url, rate_limit=1)
        async with running_service(app, tmp_path, temporal) as service:
            started = asyncio.get_running_loop().time()
            sent = [(await out.send("invoice.paid", {"n": n})).event_id for n in range(4)]
            for each in sent:
                assert (await service.settled(each)).status == "succeeded"
            taken = asyncio.get_running_loop().time() - started
    assert len(customer.requests) == 4
    assert taken >= 2  # at least so long, by the limit; nothing is said of how fast it is
