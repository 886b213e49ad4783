"""Trouble of ours, as long as it lasts: it uses up no attempt and outgrows no history."""

from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from temporalio.client import WorkflowExecutionDescription
from temporalio.common import SearchAttributeKey

from layeron import Event, names
from tests.support.service import eventually, running_service
from tests.support.temporal import running_temporal
from tests.support.vendor import collect, send, send_new, vendor
from tests.workflows.outages import without_bodies
from tests.workflows.skipping import SkippingServer
from tests.workflows.test_retries import A_DAY, delays


async def shown(run: WorkflowExecutionDescription) -> list[object]:
    """What of a run tells which event it handles."""
    keys = [SearchAttributeKey.for_keyword(name) for name in names.SEARCH_ATTRIBUTES]
    ours = [run.typed_search_attributes.get(key) for key in keys]
    return [await run.memo(), ours]


async def test_two_weeks_of_trouble_use_up_no_attempt(
    tmp_path: Path, skipping: SkippingServer
) -> None:
    handled: list[str] = []
    app, _ = vendor(handler=collect(handled), delivery={"retry": {"attempts": 1}})
    async with running_service(app, tmp_path, skipping) as service:
        with without_bodies(service):
            event_id = await send_new(service, {"id": "1"})
            await skipping.skip(14 * A_DAY)
            assert handled == []
        await skipping.skip(timedelta(hours=1))
        record = await service.settled(event_id)
    assert [(each.number, each.outcome) for each in record.attempts] == [(1, "succeeded")]
    assert handled == [event_id]


async def test_trouble_between_two_attempts_leaves_the_rest_of_them_and_of_their_delays(
    tmp_path: Path, skipping: SkippingServer
) -> None:
    at: list[datetime] = []
    with ExitStack() as trouble:

        async def fail_and_lose_the_bodies(_: Event) -> None:
            at.append(await skipping.now())
            if len(at) == 1:
                trouble.enter_context(without_bodies(service))
            raise ValueError("never works")

        app, _ = vendor(handler=fail_and_lose_the_bodies, delivery={})
        async with running_service(app, tmp_path, skipping) as service:
            event_id = await send_new(service, {"id": "1"})
            await skipping.skip(timedelta(hours=1))
            assert len(at) == 1
            trouble.close()
            await skipping.skip(A_DAY)
            record = await service.settled(event_id)
    assert [each.outcome for each in record.attempts] == ["failed"] * 5
    assert delays(at)[1:] == pytest.approx([10, 20, 40], abs=2.5)


async def test_trouble_that_lasts_goes_on_in_a_new_run_that_is_still_the_same_event(
    tmp_path: Path,
) -> None:
    handled: list[str] = []
    app, webhook = vendor(handler=collect(handled))
    few = {"limit.historyCount.suggestContinueAsNew": "15"}
    async with (
        running_temporal(tmp_path, few) as temporal,
        running_service(app, tmp_path / "data", temporal) as service,
    ):
        handle = service.temporal.get_workflow_handle(f"inbound/{webhook.namespace}/vendor/1")
        with without_bodies(service):
            event_id = await send_new(service, {"id": "1"})
            first = await handle.describe()

            async def in_a_new_run() -> WorkflowExecutionDescription | None:
                latest = await handle.describe()
                return latest if latest.run_id != first.run_id else None

            second = await eventually(in_a_new_run)
            repeat = await send(service, {"id": "1"})
            assert repeat.json() == {"event_id": event_id, "status": "duplicate"}
            assert handled == []
        record = await service.settled(event_id)
    assert await shown(second) == await shown(first)
    assert [(each.number, each.outcome) for each in record.attempts] == [(1, "succeeded")]
    assert handled == [event_id]
