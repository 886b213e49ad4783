"""Lives of events whose histories are recorded, to hold later versions of the workflow to them.

Record anew with ``python -m tests.workflows.scenarios`` when a life is added; keep the old
histories as long as workflows that began under them may still be open.
"""

import asyncio
import json
import os
import sys
import tempfile
from collections.abc import Awaitable, Callable, Collection, Mapping
from pathlib import Path
from typing import Any, NoReturn, cast

from temporalio.client import WorkflowHandle

from layeron import Backend, Event, InboundWebhook, names
from layeron.secrets import ENCRYPTION_KEY
from tests.outages.history import failing
from tests.sending.declared import SECRET, SECRET_NAME
from tests.support import vendor as example
from tests.support.fulfilment import Fulfil, count_try, reserve
from tests.support.service import Service, running_service
from tests.support.temporal import TemporalServer, running_temporal
from tests.support.vendor import ignore, send_new, vendor
from tests.workflows.bulk_scenarios import BULK, living_bulk
from tests.workflows.outages import without_bodies, without_records
from tests.workflows.sending_scenarios import SENDING, living

ENVIRONMENT = {
    example.SECRET_NAME: example.SECRET,
    SECRET_NAME: SECRET,
    ENCRYPTION_KEY.name: "a key of more than thirty-two characters",
    "LAYERON_OUTBOUND_ALLOW": "127.0.0.0/8",
}

HISTORIES = Path(__file__).parents[1] / "histories"

Life = Callable[[Service, InboundWebhook], Awaitable[str]]


def _fail(_: Event) -> NoReturn:
    raise ValueError("never works")


def _fail_twice(event: Event) -> None:
    if event.attempt <= 2:
        raise ValueError("not yet")


def _with_steps(**options: Any) -> tuple[Backend, InboundWebhook]:
    app, webhook = vendor(handler=Fulfil, **options)
    app.use(reserve, count_try)
    return app, webhook


class _Waits:
    """A handler that waits until it is told to go on."""

    def __init__(self) -> None:
        self.began, self.go_on = asyncio.Event(), asyncio.Event()

    async def __call__(self, _: Event) -> None:
        self.began.set()
        await self.go_on.wait()


_IN_DOUBT, _IN_VAIN = _Waits(), _Waits()


async def _one_event(service: Service, _: InboundWebhook) -> str:
    record = await service.settled(await send_new(service, {"id": "1", "order": "7"}))
    return record.workflow_id


async def _one_flaky_event(service: Service, _: InboundWebhook) -> str:
    record = await service.settled(await send_new(service, {"id": "1", "order": "flaky 7"}))
    return record.workflow_id


async def _one_without_order(service: Service, _: InboundWebhook) -> str:
    record = await service.settled(await send_new(service, ["no", "order"]))
    return record.workflow_id


async def _replayed(service: Service, webhook: InboundWebhook) -> str:
    record = await service.settled(await send_new(service, {"id": "1"}))
    replay = await webhook.events.replay(record.id)
    await service.settled(record.id, replays=1)
    return replay.workflow_id


async def _large(service: Service, _: InboundWebhook) -> str:
    body = b'{"id": "1", "pad": "' + b"x" * 100_000 + b'"}'
    record = await service.settled(await send_new(service, body=body))
    return record.workflow_id


async def _without_its_body_at_first(service: Service, webhook: InboundWebhook) -> str:
    workflow_id = f"inbound/{webhook.namespace}/vendor/1"
    with without_bodies(service):
        event_id = await send_new(service, {"id": "1"})
        await failing(service, workflow_id, names.UNAVAILABLE)
    return (await service.settled(event_id)).workflow_id


async def _succeeded_unseen(service: Service, webhook: InboundWebhook) -> str:
    workflow_id = f"inbound/{webhook.namespace}/vendor/1"
    event_id = await send_new(service, {"id": "1"})
    await _IN_DOUBT.began.wait()
    with without_records(service):
        _IN_DOUBT.go_on.set()
        await failing(service, workflow_id, names.UNRECORDED)
    return (await service.settled(event_id)).workflow_id


async def _cancelled(service: Service, webhook: InboundWebhook) -> str:
    event_id = await send_new(service, {"id": "1"})
    await _IN_VAIN.began.wait()
    await service.temporal.get_workflow_handle(f"inbound/{webhook.namespace}/vendor/1").cancel()
    return (await service.settled(event_id)).workflow_id


LIVES: Mapping[str, tuple[Callable[[], tuple[Backend, InboundWebhook]], Life]] = {
    "succeeded": (lambda: vendor(handler=ignore), _one_event),
    "succeeded-at-the-third-attempt": (lambda: vendor(handler=_fail_twice), _one_event),
    "dead-letter": (lambda: vendor(handler=_fail), _one_event),
    "unhandled": (lambda: vendor(on={"other": ignore}), _one_event),
    "large-body": (lambda: vendor(handler=ignore), _large),
    "replay": (lambda: vendor(handler=ignore), _replayed),
    "trouble-of-ours": (lambda: vendor(handler=ignore), _without_its_body_at_first),
    "unrecorded": (lambda: vendor(handler=_IN_DOUBT), _succeeded_unseen),
    "cancelled": (lambda: vendor(handler=_IN_VAIN), _cancelled),
    "workflow-handler": (_with_steps, _one_event),
    "workflow-handler-tried-again": (_with_steps, _one_flaky_event),
    "workflow-handler-gave-up": (_with_steps, _one_without_order),
}


async def live(name: str, folder: Path, temporal: TemporalServer) -> str:
    """Live one life; its history as JSON."""
    if name in BULK:
        async with living_bulk(name, folder, temporal) as workflow:
            return await _history(workflow)
    if name in SENDING:
        async with living(name, folder, temporal) as workflow:
            return await _history(workflow)
    declare, life = LIVES[name]
    app, webhook = declare()
    async with running_service(app, folder, temporal) as service:
        workflow_id = await life(service, webhook)
        return await _history(service.temporal.get_workflow_handle(workflow_id))


async def _history(workflow: WorkflowHandle[Any, Any]) -> str:
    try:
        await workflow.result()
    except Exception:  # noqa: BLE001  # a dead letter's workflow fails, as it shall
        await asyncio.sleep(0)
    return json.dumps(_portable(json.loads((await workflow.fetch_history()).to_json())), indent=1)


def _portable(value: object) -> object:
    """The same without what belongs to the machine it was recorded on."""
    if isinstance(value, dict):
        found = cast("dict[str, object]", value)
        left_out = {"stackTrace", "identity"}
        return {name: _portable(each) for name, each in found.items() if name not in left_out}
    if isinstance(value, list):
        return [_portable(each) for each in cast("list[object]", value)]
    return value


async def _record(lives: Collection[str]) -> None:
    os.environ.update(ENVIRONMENT)
    HISTORIES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        async with running_temporal(Path(folder)) as temporal:
            for name in lives:
                own = Path(folder) / name
                own.mkdir()
                (HISTORIES / f"{name}.json").write_text(f"{await live(name, own, temporal)}\n")


if __name__ == "__main__":
    asyncio.run(_record(sys.argv[1:] or [*LIVES, *SENDING, *BULK]))
