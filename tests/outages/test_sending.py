"""Parts of ours fail while events are sent: no attempt is used up, and nothing is sent twice."""

import asyncio
from pathlib import Path

import pytest

from layeron.outbound.declaration import OutboundWebhook
from layeron.request import Request
from layeron.secrets import ENCRYPTION_KEY
from tests.sending.declared import SECRET, SECRET_NAME, publisher
from tests.support.customer import running_customer
from tests.support.service import Service, eventually, running_service
from tests.support.temporal import TemporalServer
from tests.workflows.outages import without_bodies, without_records

ONCE: dict[str, list[float]] = {"schedule": []}


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SECRET_NAME, SECRET)
    monkeypatch.setenv(ENCRYPTION_KEY.name, "a key of more than thirty-two characters")
    monkeypatch.setenv("LAYERON_OUTBOUND_ALLOW", "127.0.0.0/8")


async def waiting_for_us(service: Service, out: OutboundWebhook, event_id: str) -> None:
    """Until an activity of the event's workflow has failed, and waits to be tried again."""
    workflow_id = f"outbound/{out.namespace}/{out.name}/{event_id}"
    handle = service.temporal.get_workflow_handle(workflow_id)

    async def look() -> bool | None:
        described = await handle.describe()
        pending = described.raw_description.pending_activities
        return any(each.HasField("last_failure") for each in pending) or None

    await eventually(look)


async def test_an_outcome_that_could_not_be_written_is_not_sent_again(
    tmp_path: Path, temporal: TemporalServer
) -> None:
    go_on = asyncio.Event()

    async def answer(_: Request) -> int:
        await go_on.wait()
        return 200

    async with running_customer(answer) as customer:
        app, out = publisher(customer.url, retry=ONCE)
        async with running_service(app, tmp_path, temporal) as service:
            sent = await out.send("invoice.paid", {})
            await asyncio.wait_for(customer.begun.wait(), 20)
            with without_records(service):
                go_on.set()
                await waiting_for_us(service, out, sent.event_id)
            record = await service.settled(sent.event_id)
    assert record.status == "succeeded"
    assert [(each.number, each.outcome) for each in record.attempts] == [(1, "succeeded")]
    assert len(customer.requests) == 1


async def test_outcomes_of_several_endpoints_are_kept_while_nothing_can_be_written(
    tmp_path: Path, temporal: TemporalServer
) -> None:
    go_on = asyncio.Event()

    async def late(_: Request) -> int:
        await go_on.wait()
        return 200

    async def bad(_: Request) -> int:
        await go_on.wait()
        return 500

    async with running_customer(late) as first, running_customer(bad) as second:
        app, out = publisher(first.url, second.url, retry=ONCE)
        async with running_service(app, tmp_path, temporal) as service:
            sent = await out.send("invoice.paid", {})
            await asyncio.wait_for(first.begun.wait(), 20)
            await asyncio.wait_for(second.begun.wait(), 20)
            with without_records(service):
                go_on.set()
                await waiting_for_us(service, out, sent.event_id)
            record = await service.settled(sent.event_id)
    assert {each.endpoint: each.status for each in record.deliveries} == {
        "a": "succeeded",
        "b": "dead_letter",
    }
    assert (len(first.requests), len(second.requests)) == (1, 1)


async def test_without_a_place_for_the_body_nothing_is_sent_until_it_is_back(
    tmp_path: Path, temporal: TemporalServer
) -> None:
    async with running_customer() as customer:
        app, out = publisher(customer.url, retry=ONCE)
        async with running_service(app, tmp_path, temporal) as service:
            with without_bodies(service):
                sent = await out.send("invoice.paid", {})
                await waiting_for_us(service, out, sent.event_id)
                assert customer.requests == []
            record = await service.settled(sent.event_id)
    assert [(each.number, each.outcome) for each in record.attempts] == [(1, "succeeded")]


async def test_without_the_secret_no_attempt_is_used_up(
    tmp_path: Path, temporal: TemporalServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running_customer() as customer:
        app, out = publisher(customer.url, retry=ONCE)
        async with running_service(app, tmp_path, temporal) as service:
            monkeypatch.delenv(SECRET_NAME)
            sent = await out.send("invoice.paid", {})
            record = await service.settled(sent.event_id, {"retrying"})
            assert record.attempts == []
            (delivery,) = record.deliveries
            assert SECRET_NAME in (delivery.last_error or "")
            assert customer.requests == []
