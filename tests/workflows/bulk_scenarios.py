"""Lives of bulk replays, of retention and of erasing, whose histories are recorded."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeAlias

from temporalio.client import WorkflowHandle

from layeron import InboundWebhook
from layeron.bulk import BulkReplays, Selection
from layeron.identity import erasing_workflow_id
from layeron.operating_records import BulkReplay
from layeron.records import EventFilter
from layeron.services import connect_services
from tests.end_to_end.bulk import at_rest, ended, examined, recorded
from tests.support.service import Service, eventually, running_service
from tests.support.temporal import TemporalServer, running_temporal
from tests.support.vendor import ignore, vendor

Life: TypeAlias = Callable[[Service, InboundWebhook], Awaitable[WorkflowHandle[Any, Any]]]


def _bulk(service: Service) -> BulkReplays:
    return connect_services(service.app, service.tools, service.settings).bulk


async def _started(service: Service, webhook: InboundWebhook, number: int) -> BulkReplay:
    await recorded(service, webhook, number)
    dead = Selection(EventFilter(webhook="vendor", status="dead_letter"))
    return await _bulk(service).start(dead, requested_by="nina", rate_per_second=10)


def _workflow(service: Service, begun: BulkReplay) -> WorkflowHandle[Any, Any]:
    return service.temporal.get_workflow_handle(f"bulk/{begun.id}")


async def _paused_for_a_while(
    service: Service, webhook: InboundWebhook
) -> WorkflowHandle[Any, Any]:
    begun = await _started(service, webhook, 20)
    await examined(service, begun.id, 2)
    await _bulk(service).change(begun.id, "paused")
    await at_rest(service, begun.id)
    await _bulk(service).change(begun.id, "running")
    await ended(service, begun.id)
    return _workflow(service, begun)


async def _stopped(service: Service, webhook: InboundWebhook) -> WorkflowHandle[Any, Any]:
    begun = await _started(service, webhook, 20)
    await examined(service, begun.id, 2)
    await _bulk(service).change(begun.id, "stopped")
    return _workflow(service, begun)


async def _cancelled(service: Service, webhook: InboundWebhook) -> WorkflowHandle[Any, Any]:
    begun = await _started(service, webhook, 20)
    await _bulk(service).change(begun.id, "paused")
    await at_rest(service, begun.id)
    await _workflow(service, begun).cancel()
    await ended(service, begun.id)
    return _workflow(service, begun)


async def _in_a_new_run(service: Service, webhook: InboundWebhook) -> WorkflowHandle[Any, Any]:
    begun = await _started(service, webhook, 100)
    run_id = (await _workflow(service, begun).describe()).run_id

    async def is_new() -> bool | None:
        return (await _workflow(service, begun).describe()).run_id != run_id or None

    await eventually(is_new)
    await _bulk(service).change(begun.id, "stopped")
    return service.temporal.get_workflow_handle(f"bulk/{begun.id}", run_id=run_id)


async def _retained(service: Service, webhook: InboundWebhook) -> WorkflowHandle[Any, Any]:
    await recorded(service, webhook, 700, before=timedelta(days=100))
    await service.tools.engine.schedule_retention()
    schedule = service.temporal.get_schedule_handle(f"retention/{service.settings.task_queue}")
    await schedule.trigger()

    async def workflow() -> str | None:
        actions = (await schedule.describe()).info.recent_actions
        return actions[0].action.workflow_id if actions else None  # type: ignore[attr-defined]  # it starts workflows only

    return service.temporal.get_workflow_handle(await eventually(workflow))


async def _erased(service: Service, _: InboundWebhook) -> WorkflowHandle[Any, Any]:
    await service.tools.engine.erase_user("u", before=datetime.now(UTC))
    return service.temporal.get_workflow_handle(erasing_workflow_id("u"))


@dataclass(frozen=True)
class Bulk:
    """One life.

    Attributes:
        engine: settings of a Temporal of its own.
    """

    life: Life
    engine: Mapping[str, str] | None = None


BULK: Mapping[str, Bulk] = {
    "bulk-replay": Bulk(_paused_for_a_while),
    "bulk-replay-stopped": Bulk(_stopped),
    "bulk-replay-cancelled": Bulk(_cancelled),
    "bulk-replay-in-a-new-run": Bulk(
        _in_a_new_run, {"limit.historyCount.suggestContinueAsNew": "15"}
    ),
    "retention": Bulk(_retained),
    "erasing": Bulk(_erased),
}


@asynccontextmanager
async def living_bulk(
    name: str, folder: Path, temporal: TemporalServer
) -> AsyncGenerator[WorkflowHandle[Any, Any]]:
    """Live one life; gives its workflow, as long as the engine runs that knows it."""
    bulk = BULK[name]
    async with AsyncExitStack() as stack:
        if bulk.engine is not None:
            own = folder / "engine"
            own.mkdir()
            temporal = await stack.enter_async_context(running_temporal(own, bulk.engine))
        app, webhook = vendor(handler=ignore, retention={"records": "90d"})
        service = await stack.enter_async_context(running_service(app, folder, temporal))
        yield await bulk.life(service, webhook)
