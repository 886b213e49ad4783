"""Handlers that fail, in every way a handler can."""

import asyncio
import sys
import time
from pathlib import Path
from typing import NoReturn

import pytest
from temporalio.client import WorkflowExecutionStatus

from layeron import Event, PermanentError
from tests.support.service import eventually, running_service
from tests.support.temporal import TemporalServer
from tests.support.vendor import QUICK, SECRET, send_new, vendor


async def test_a_failed_handler_is_tried_again_until_it_succeeds(
    tmp_path: Path, temporal: TemporalServer
) -> None:
    seen: list[int] = []

    async def fail_once(event: Event) -> None:
        seen.append(event.attempt)
        if event.attempt == 1:
            raise ConnectionError("the ledger does not answer")

    app, _ = vendor(handler=fail_once)
    async with running_service(app, tmp_path, temporal) as service:
        record = await service.settled(await send_new(service, {"id": "1"}))
    assert record.status == "succeeded"
    assert [each.outcome for each in record.attempts] == ["failed", "succeeded"]
    assert record.attempts[0].error == "ConnectionError: the ledger does not answer"
    assert "fail_once" in (record.attempts[0].error_trace or "")
    assert seen == [1, 2]


async def test_an_event_out_of_attempts_is_a_dead_letter_and_its_workflow_fails(
    tmp_path: Path, temporal: TemporalServer
) -> None:
    def fail(_: Event) -> NoReturn:
        raise ValueError("never works")

    app, _ = vendor(handler=fail)
    async with running_service(app, tmp_path, temporal) as service:
        record = await service.settled(await send_new(service, {"id": "1"}))
        assert record.status == "dead_letter"
        assert [each.outcome for each in record.attempts] == ["failed"] * 3
        handle = service.temporal.get_workflow_handle(record.workflow_id)

        async def failed() -> bool | None:
            return (await handle.describe()).status == WorkflowExecutionStatus.FAILED or None

        await eventually(failed)


async def test_without_a_dead_letter_the_event_is_failed(
    tmp_path: Path, temporal: TemporalServer
) -> None:
    def fail(_: Event) -> NoReturn:
        raise PermanentError("no use")

    app, _ = vendor(handler=fail, delivery={**QUICK, "dead_letter": False})
    async with running_service(app, tmp_path, temporal) as service:
        record = await service.settled(await send_new(service, {"id": "1"}))
    assert record.status == "failed"
    assert len(record.attempts) == 1


async def test_a_permanent_error_is_not_tried_again(
    tmp_path: Path, temporal: TemporalServer
) -> None:
    async def refuse(_: Event) -> None:
        raise PermanentError("there is no such customer")

    app, _ = vendor(handler=refuse)
    async with running_service(app, tmp_path, temporal) as service:
        record = await service.settled(await send_new(service, {"id": "1"}))
    assert record.status == "dead_letter"
    assert [each.error for each in record.attempts] == ["PermanentError: there is no such customer"]


async def _exit_async(_: Event) -> None:
    sys.exit(3)


def _exit_plainly(_: Event) -> None:
    sys.exit(3)


async def _cancel(_: Event) -> None:
    raise asyncio.CancelledError


def _stop(_: Event) -> None:
    raise StopIteration


@pytest.mark.parametrize(
    ("handler", "error"),
    [
        (_exit_async, "SystemExit: 3"),
        (_exit_plainly, "SystemExit: 3"),
        (_cancel, "CancelledError"),
        (_stop, "RuntimeError: the handler raised StopIteration"),
    ],
)
async def test_nothing_a_handler_raises_ends_the_worker(
    tmp_path: Path, temporal: TemporalServer, handler: object, error: str
) -> None:
    app, _ = vendor(handler=handler, delivery={"retry": {"attempts": 1}})
    async with running_service(app, tmp_path, temporal) as service:
        record = await service.settled(await send_new(service, {"id": "1"}))
    assert record.status == "dead_letter"
    assert (record.attempts[0].error or "").startswith(error)


async def _sleep_async(_: Event) -> None:
    await asyncio.sleep(60)


def _sleep_plainly(_: Event) -> None:
    time.sleep(3)


@pytest.mark.parametrize("handler", [_sleep_async, _sleep_plainly])
async def test_a_handler_that_takes_too_long_is_timed_out(
    tmp_path: Path, temporal: TemporalServer, handler: object
) -> None:
    app, _ = vendor(handler=handler, delivery={"timeout_seconds": 0.3, "retry": {"attempts": 1}})
    async with running_service(app, tmp_path, temporal) as service:
        record = await service.settled(await send_new(service, {"id": "1"}))
    assert record.status == "dead_letter"
    assert [each.outcome for each in record.attempts] == ["timed_out"]


async def test_secrets_in_an_error_are_redacted_everywhere(
    tmp_path: Path, temporal: TemporalServer, capfd: pytest.CaptureFixture[str]
) -> None:
    token = "sk_live_0123456789abcdef"

    def leak(_: Event) -> NoReturn:
        raise ValueError(f"cannot sign with {SECRET} as {token}")

    app, _ = vendor(handler=leak, delivery={"retry": {"attempts": 1}})
    async with running_service(app, tmp_path, temporal) as service:
        record = await service.settled(await send_new(service, {"id": "1"}))
        handle = service.temporal.get_workflow_handle(record.workflow_id)
        history = (await handle.fetch_history()).to_json()
    shown = f"{record!r}{history}{capfd.readouterr()}"
    assert "cannot sign with [redacted]" in shown
    assert SECRET not in shown
    assert token not in shown


async def test_a_workflow_cancelled_in_the_engine_leaves_a_dead_letter(
    tmp_path: Path, temporal: TemporalServer
) -> None:
    began = asyncio.Event()

    async def hang(_: Event) -> None:
        began.set()
        await asyncio.sleep(60)

    app, _ = vendor(handler=hang)
    async with running_service(app, tmp_path, temporal) as service:
        event_id = await send_new(service, {"id": "1"})
        await asyncio.wait_for(began.wait(), 20)
        record = await service.tools.records.get_event(event_id)
        assert record.status == "processing"
        await service.temporal.get_workflow_handle(record.workflow_id).cancel()
        record = await service.settled(event_id)
    assert record.status == "dead_letter"
    assert record.last_error == "cancelled in the engine"
