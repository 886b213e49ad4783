"""Events to more endpoints than a worker can serve within what an activity may take."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from activities import courier
from layeron.request import Request
from tests.sending.declared import publisher
from tests.support.customer import running_customer
from tests.support.service import running_service
from tests.support.temporal import TemporalServer
from workflows import outbound


async def slowly(_: Request) -> int:
    await asyncio.sleep(1)
    return 200


async def test_requests_that_find_no_place_in_time_are_made_later_and_use_up_no_attempt(
    tmp_path: Path, temporal: TemporalServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbound, "LONGEST_ATTEMPT", timedelta(seconds=4))
    monkeypatch.setattr(courier, "_LONGEST_WAIT_SECONDS", 1.5)
    async with running_customer(slowly) as customer:
        app, out = publisher(*[customer.url] * 8)
        async with running_service(app, tmp_path, temporal, outbound_concurrency=1) as service:
            sent = await out.send("invoice.paid", {})
            record = await service.settled(sent.event_id)
    assert record.status == "succeeded"
    assert [(each.number, each.outcome) for each in record.attempts] == [(1, "succeeded")] * 8
    assert len(customer.requests) == 8
