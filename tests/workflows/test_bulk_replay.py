"""Bulk replays through what may go wrong: long histories, trouble of ours, a wish at a bad time."""

from pathlib import Path
from typing import Any

import pytest
from temporalio.client import WorkflowExecutionDescription, WorkflowHandle

from layeron.bulk import BulkReplays, Selection
from layeron.errors import UnavailableError
from layeron.operating_records import BulkReplay
from layeron.records import EventFilter
from layeron.services import connect_services
from tests.end_to_end.bulk import all_replayed, at_rest, ended, examined, recorded
from tests.support.service import Service, eventually, running_service
from tests.support.temporal import TemporalServer, running_temporal
from tests.support.vendor import collect, ignore, vendor
from tests.workflows.outages import without_records

DEAD = Selection(EventFilter(webhook="vendor", status="dead_letter"))


def bulk_of(service: Service) -> BulkReplays:
    return connect_services(service.app, service.tools, service.settings).bulk


async def start(service: Service, rate: float) -> BulkReplay:
    return await bulk_of(service).start(DEAD, requested_by="nina", rate_per_second=rate)


def workflow_of(service: Service, bulk: BulkReplay) -> WorkflowHandle[Any, Any]:
    return service.temporal.get_workflow_handle(f"bulk/{bulk.id}")


async def test_a_long_one_goes_on_in_new_runs_and_can_be_paused_in_each(tmp_path: Path) -> None:
    seen: list[str] = []
    app, webhook = vendor(handler=collect(seen))
    few = {"limit.historyCount.suggestContinueAsNew": "30"}
    async with (
        running_temporal(tmp_path, few) as temporal,
        running_service(app, tmp_path / "data", temporal) as service,
    ):
        ids = await recorded(service, webhook, 120)
        begun = await start(service, 20)
        handle = workflow_of(service, begun)
        first = await handle.describe()

        async def in_a_new_run() -> WorkflowExecutionDescription | None:
            latest = await handle.describe()
            return latest if latest.run_id != first.run_id else None

        bulk = bulk_of(service)
        for number in range(12):
            await bulk.change(begun.id, "paused")
            await at_rest(service, begun.id)
            await bulk.change(begun.id, "running")
            await examined(service, begun.id, 2 * number + 1)
        await eventually(in_a_new_run)
        known = await ended(service, begun.id)
        assert (known.status, known.replayed, known.skipped) == ("finished", 120, 0)
        await all_replayed(service, ids)
    assert sorted(seen, reverse=True) == ids


async def test_trouble_of_ours_is_waited_for_and_nothing_is_replayed_twice(
    tmp_path: Path, temporal: TemporalServer
) -> None:
    seen: list[str] = []
    app, webhook = vendor(handler=collect(seen))
    async with running_service(app, tmp_path, temporal) as service:
        ids = await recorded(service, webhook, 40)
        begun = await start(service, 20)
        await examined(service, begun.id, 4)
        handle = workflow_of(service, begun)

        async def failing() -> bool | None:
            raw = (await handle.describe()).raw_description
            return any(each.attempt > 1 for each in raw.pending_activities) or None

        with without_records(service):
            await eventually(failing)
        known = await ended(service, begun.id)
        assert (known.status, known.replayed, known.skipped) == ("finished", 40, 0)
        await all_replayed(service, ids)
    assert sorted(seen, reverse=True) == ids


async def test_one_that_the_engine_does_not_take_is_paused_on_record_and_can_be_resumed(
    tmp_path: Path,
) -> None:
    app, webhook = vendor(handler=ignore)
    async with (
        running_temporal(tmp_path) as temporal,
        running_service(app, tmp_path / "data", temporal, engine_timeout=1) as service,
    ):
        ids = await recorded(service, webhook, 3)
        await temporal.kill()
        with pytest.raises(UnavailableError):
            await start(service, 100)
        await temporal.start()
        (known,) = (await bulk_of(service).list(limit=10)).bulk_replays
        assert known.status == "paused"
        await bulk_of(service).change(known.id, "running")
        assert (await ended(service, known.id)).replayed == 3
        await all_replayed(service, ids)


async def test_a_replay_that_was_put_on_record_and_not_started_is_started_once(
    tmp_path: Path, temporal: TemporalServer
) -> None:
    """As after a worker that was killed between the two."""
    seen: list[str] = []
    app, webhook = vendor(handler=collect(seen))
    async with running_service(app, tmp_path, temporal, worker=False) as service:
        ids = await recorded(service, webhook, 3)
        begun = await bulk_of(service).start(Selection(event_ids=ids), requested_by="nina")
        for each in ids[:2]:
            await service.tools.records.add_replay(
                each,
                requested_by="nina",
                reason=None,
                at=begun.created_at,
                bulk_id=begun.id,
            )
        await bulk_of(service).replay(begun, ids[0])
        await service.work()
        assert (await ended(service, begun.id)).replayed == 3
        await all_replayed(service, ids)
    assert sorted(seen, reverse=True) == ids
