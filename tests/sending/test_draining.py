"""A worker that is stopped while a delivery is under way."""

import asyncio
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from layeron.request import Request
from tests.sending.declared import publisher
from tests.support.customer import running_customer
from tests.support.service import running_service
from tests.support.temporal import TemporalServer
from tests.support.vendor import SECRET, SECRET_NAME, add_vendor, collect, send_new


async def test_no_event_is_handled_any_more_while_the_last_delivery_ends(
    tmp_path: Path, temporal: TemporalServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(SECRET_NAME, SECRET)
    go_on = asyncio.Event()
    handled: list[str] = []

    async def slow(_: Request) -> int:
        await go_on.wait()
        return 200

    async with running_customer(slow) as customer:
        app, out = publisher(customer.url, timeout_seconds=60)
        add_vendor(app, "vendor", handler=collect(handled))

        async with (
            running_service(app, tmp_path, temporal, worker=False, drain_timeout=30) as service,
            AsyncExitStack() as stack,
        ):
            await replace(service, stack=stack).work()
            sent = await out.send("invoice.paid", {})
            await customer.begun.wait()
            stopping = asyncio.create_task(stack.aclose())
            await asyncio.sleep(0.5)
            event = await send_new(service, {"id": "late", "type": "order.created"})
            await asyncio.sleep(1)
            assert not stopping.done()
            assert handled == []
            go_on.set()
            await stopping
            assert (await service.settled(sent.event_id)).status == "succeeded"
            assert handled == []
            await service.work()
            assert (await service.settled(event)).status == "succeeded"
