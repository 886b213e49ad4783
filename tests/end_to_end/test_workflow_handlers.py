"""Handlers that are workflows of the user's own."""

from pathlib import Path
from typing import Any

import pytest

from layeron import Backend, InboundWebhook
from tests.support.fulfilment import Fulfil, Refuse, count_try, reserve
from tests.support.service import running_service
from tests.support.temporal import TemporalServer
from tests.support.vendor import QUICK, send, send_new, sign, vendor


def fulfilling(handler: type[Any] = Fulfil, **options: Any) -> tuple[Backend, InboundWebhook]:
    app, webhook = vendor(handler=handler, **options)
    app.use(reserve, count_try)
    return app, webhook


async def test_a_workflow_handles_the_event_with_the_users_own_activities(
    tmp_path: Path, temporal: TemporalServer
) -> None:
    app, webhook = fulfilling(delivery={**QUICK, "queue": False})
    async with running_service(app, tmp_path, temporal) as service:
        answer = await send(service, {"order": "7"})
        assert answer.json() == {"done": "reserved 7", "attempt": 1, "size": len('{"order": "7"}')}
        (record,) = (await webhook.events.list()).events
        assert record.status == "succeeded"
        child = service.temporal.get_workflow_handle(f"{record.workflow_id}/handler/1")
        assert (await child.describe()).workflow_type == "Fulfil"


async def test_a_workflow_that_fails_is_run_again_and_both_attempts_are_on_record(
    tmp_path: Path, temporal: TemporalServer
) -> None:
    app, _ = fulfilling()
    async with running_service(app, tmp_path, temporal) as service:
        record = await service.settled(await send_new(service, {"id": "1", "order": "flaky 1"}))
    assert record.status == "succeeded"
    assert [each.outcome for each in record.attempts] == ["failed", "succeeded"]
    assert "the warehouse does not answer" in (record.attempts[0].error or "")


async def test_a_workflow_that_gives_up_makes_a_dead_letter_that_can_be_replayed(
    tmp_path: Path, temporal: TemporalServer
) -> None:
    app, webhook = fulfilling()
    async with running_service(app, tmp_path, temporal) as service:
        event_id = await send_new(service, ["no", "order"])
        record = await service.settled(event_id)
        assert record.status == "dead_letter"
        assert len(record.attempts) == 1
        await webhook.events.replay(event_id)
        record = await service.settled(event_id, replays=1)
        assert [each.replay for each in record.attempts] == [0, 1]


async def test_a_body_too_large_for_the_engine_is_refused_to_the_workflow_by_name(
    tmp_path: Path, temporal: TemporalServer
) -> None:
    app, _ = fulfilling(delivery={"retry": {"attempts": 1}})
    async with running_service(app, tmp_path, temporal) as service:
        body = b'{"order": "' + b"x" * 2**21 + b'"}'
        record = await service.settled(await send_new(service, body=body))
    assert record.status == "dead_letter"
    assert "read it in an activity" in (record.attempts[0].error or "")


@pytest.mark.parametrize(("wide", "status"), [(99_000, "succeeded"), (110_000, "dead_letter")])
async def test_a_body_that_fits_only_without_its_header_fields_is_refused_in_the_same_way(
    tmp_path: Path, temporal: TemporalServer, wide: int, status: str
) -> None:
    """A byte that is no ASCII takes six in the engine's history."""
    app, _ = fulfilling(delivery={"retry": {"attempts": 1}})
    body = b'{"order": "7", "note": "%s"}' % (b"x" * (2**20 - 26))
    async with running_service(app, tmp_path, temporal) as service:
        fields = {b"x-signature": sign(body).encode(), b"x-wide": b"\xe9" * wide}
        answer = await service.http.post("/webhooks/vendor", content=body, headers=fields)
        record = await service.settled(answer.json()["event_id"])
    assert record.status == status


async def test_many_attempts_with_a_large_body_do_not_outgrow_the_engines_history(
    tmp_path: Path, temporal: TemporalServer
) -> None:
    retry = {"attempts": 4, "initial_delay_seconds": 0.05, "max_delay_seconds": 0.05}
    app, _ = fulfilling(handler=Refuse, delivery={"retry": retry})
    async with running_service(app, tmp_path, temporal) as service:
        record = await service.settled(await send_new(service, {"note": "x" * 1_000_000}))
        assert record.status == "dead_letter"
        assert [each.number for each in record.attempts] == [1, 2, 3, 4]
        last = await service.temporal.get_workflow_handle(record.workflow_id).describe()
    assert last.raw_info.first_run_id != last.run_id


async def test_an_activity_that_nobody_registered_is_named_with_the_mend(
    tmp_path: Path, temporal: TemporalServer
) -> None:
    app, _ = vendor(handler=Fulfil)
    app.use(count_try)
    async with running_service(app, tmp_path, temporal) as service:
        record = await service.settled(await send_new(service, {"id": "1", "order": "7"}))
    assert record.status == "dead_letter"
    assert "app.use(reserve)" in (record.attempts[-1].error or "")
