"""Lives of events that are sent, and of lanes, whose histories are recorded (see `scenarios`)."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

from temporalio.client import WorkflowHandle

from layeron import OutboundWebhook, names, webhooks
from layeron.identity import declared_endpoint_id, lane_workflow_id, outbound_workflow_id
from layeron.request import Request
from tests.sending.declared import publisher
from tests.support.customer import Answering, Customer, always, in_turn, running_customer
from tests.support.service import Service, eventually, running_service
from tests.support.temporal import TemporalServer, running_temporal
from tests.workflows.outages import without_bodies

_LONG: list[str | float] = [600.0]


@dataclass(frozen=True)
class Scene:
    """What a life is lived with: a service that sends, and customers who answer.

    Attributes:
        out: sends to endpoints a, b and so on, which are these customers.
    """

    service: Service
    out: OutboundWebhook
    customers: Sequence[Customer]

    async def send(self, number: int = 1) -> list[str]:
        """The ids of so many new events."""
        return [(await self.out.send("invoice.paid", {"n": n})).event_id for n in range(number)]

    async def arrived(self, number: int) -> None:
        """Wait for so many requests to the first customer."""

        async def look() -> bool | None:
            return len(self.customers[0].requests) >= number or None

        await eventually(look)

    def sending(self, event_id: str) -> WorkflowHandle[Any, Any]:
        """The workflow of an event."""
        workflow_id = outbound_workflow_id(self.out.namespace, self.out.name, event_id)
        return self.service.temporal.get_workflow_handle(workflow_id)

    async def lane(self) -> WorkflowHandle[Any, Any]:
        """The run of the lane of endpoint a, as it is now."""
        lane = lane_workflow_id(declared_endpoint_id(self.out.namespace, self.out.name, "a"))
        now = await self.service.temporal.get_workflow_handle(lane).describe()
        return self.service.temporal.get_workflow_handle(lane, run_id=now.run_id)


Life: TypeAlias = Callable[[Scene], Awaitable[WorkflowHandle[Any, Any]]]


async def _one(scene: Scene) -> WorkflowHandle[Any, Any]:
    (event_id,) = await scene.send()
    await scene.service.settled(event_id)
    return scene.sending(event_id)


async def _without_its_bodies_at_first(scene: Scene) -> WorkflowHandle[Any, Any]:
    with without_bodies(scene.service):
        (event_id,) = await scene.send()

        async def has_failed() -> bool | None:
            shown = await scene.sending(event_id).describe()
            waiting = shown.raw_description.pending_activities
            kinds = {each.last_failure.application_failure_info.type for each in waiting}
            return names.UNAVAILABLE in kinds or None

        await eventually(has_failed)
    await scene.service.settled(event_id)
    return scene.sending(event_id)


async def _cancelled(scene: Scene) -> WorkflowHandle[Any, Any]:
    (event_id,) = await scene.send()
    await scene.service.settled(event_id, {"retrying"})
    await scene.sending(event_id).cancel()
    await scene.service.settled(event_id)
    return scene.sending(event_id)


async def _cancelled_unseen(scene: Scene) -> WorkflowHandle[Any, Any]:
    (event_id,) = await scene.send()
    await scene.sending(event_id).cancel()
    await scene.service.work()
    await scene.service.settled(event_id)
    return scene.sending(event_id)


async def _by_parts(scene: Scene) -> WorkflowHandle[Any, Any]:
    for number in range(201):
        url = f"{scene.customers[0].url}/{number}"
        await scene.out.endpoints.create(name=f"n{number}", url=url)
    return await _one(scene)


async def _again(scene: Scene) -> WorkflowHandle[Any, Any]:
    (event_id,) = await scene.send()
    await scene.service.settled(event_id)
    replay = await scene.out.events.replay(event_id)
    await scene.service.settled(event_id, replays=1)
    return scene.service.temporal.get_workflow_handle(replay.workflow_id)


async def _three_in_turn(scene: Scene) -> WorkflowHandle[Any, Any]:
    sent = await scene.send(3)
    lane = await scene.lane()
    await scene.service.settled(sent[-1])
    return lane


def _told(command: str) -> Life:
    """Three in a lane, of which the first waits until it is told something."""

    async def life(scene: Scene) -> WorkflowHandle[Any, Any]:
        sent = await scene.send(3)
        await scene.service.settled(sent[0], {"retrying", "dead_letter"})
        lane = await scene.lane()
        if command == "skip":
            await scene.out.endpoints.skip("a", sent[1])
            await scene.out.endpoints.skip("a", sent[0])
        elif command == "retry":
            await scene.out.endpoints.retry("a", sent[0])
        else:
            await scene.out.events.replay(sent[0])
        await scene.service.settled(sent[-1])
        return lane

    return life


async def _lane_cancelled(scene: Scene) -> WorkflowHandle[Any, Any]:
    sent = await scene.send(3)
    await scene.service.settled(sent[0], {"retrying"})
    lane = await scene.lane()
    await lane.cancel()
    for each in sent:
        await scene.service.settled(each)
    return lane


async def _lane_terminated(scene: Scene) -> WorkflowHandle[Any, Any]:
    sent = await scene.send(3)
    await scene.service.settled(sent[0], {"dead_letter"})
    for each in sent:
        await scene.sending(each).result()
    await (await scene.lane()).terminate()
    sent += await scene.send(1)
    lane = await scene.lane()
    for each in sent[1:]:
        await scene.service.settled(each)
    return lane


async def _in_a_new_run(scene: Scene) -> WorkflowHandle[Any, Any]:
    sent = await scene.send()
    await scene.arrived(1)
    first = await scene.lane()
    sent += await scene.send(20)

    async def is_new() -> bool | None:
        return (await scene.lane()).run_id != first.run_id or None

    await eventually(is_new)
    await scene.out.endpoints.retry("a", sent[0])
    await scene.service.settled(sent[-1])
    return first


async def slow(_: Request) -> int:
    """Answer after the next events have come."""
    await asyncio.sleep(0.5)
    return 200


@dataclass(frozen=True)
class Sending:
    """One life.

    Attributes:
        answering: of each customer.
        options: of their endpoints.
        engine: settings of a Temporal of its own.
        is_heard: whether an operator wants to be told of trouble.
    """

    life: Life
    answering: Callable[[], Sequence[Answering]] = lambda: [always(200)]
    options: Mapping[str, Any] = field(default_factory=dict[str, Any])
    engine: Mapping[str, str] | None = None
    is_heard: bool = False
    has_worker: bool = True


_FIFO = {"fifo": True, "retry": {"schedule": _LONG}}
_BLOCKED: Callable[[], Sequence[Answering]] = lambda: [in_turn(500, 200)]  # noqa: E731  # has state
SENDING: Mapping[str, Sending] = {
    "sent": Sending(_one),
    "sent-to-three": Sending(_one, lambda: [always(200), in_turn(500, 503, 204), always(500)]),
    "sent-and-held": Sending(_one, lambda: [always(410)]),
    "sent-in-parts": Sending(_by_parts),
    "sent-after-trouble-of-ours": Sending(_without_its_bodies_at_first),
    "sent-with-notices": Sending(_one, lambda: [always(500), always(410)], is_heard=True),
    "sent-again": Sending(_again),
    "sending-cancelled": Sending(_cancelled, _BLOCKED, {"retry": {"schedule": _LONG}}),
    "sending-cancelled-unseen": Sending(_cancelled_unseen, has_worker=False),
    "lane": Sending(_three_in_turn, lambda: [slow], _FIFO),
    "lane-skip": Sending(_told("skip"), _BLOCKED, _FIFO),
    "lane-retry": Sending(_told("retry"), _BLOCKED, _FIFO),
    "lane-retry-of-a-dead-letter": Sending(
        _told("retry"), _BLOCKED, {"fifo": True, "retry": {"schedule": []}}
    ),
    "lane-replay-of-a-dead-letter": Sending(
        _told("replay"), _BLOCKED, {"fifo": True, "retry": {"schedule": []}}
    ),
    "lane-cancelled": Sending(_lane_cancelled, _BLOCKED, _FIFO),
    "lane-after-a-terminated-one": Sending(
        _lane_terminated, _BLOCKED, {"fifo": True, "retry": {"schedule": []}}
    ),
    "lane-in-a-new-run": Sending(
        _in_a_new_run, _BLOCKED, _FIFO, {"limit.historyCount.suggestContinueAsNew": "20"}
    ),
}


@asynccontextmanager
async def living(
    name: str, folder: Path, temporal: TemporalServer
) -> AsyncGenerator[WorkflowHandle[Any, Any]]:
    """Live one life; gives its workflow, as long as the engine runs that knows it."""
    sending = SENDING[name]
    async with AsyncExitStack() as stack:
        customers = [
            await stack.enter_async_context(running_customer(each)) for each in sending.answering()
        ]
        if sending.engine is not None:
            own = folder / "engine"
            own.mkdir()
            temporal = await stack.enter_async_context(running_temporal(own, sending.engine))
        ops = webhooks.out("operations") if sending.is_heard else None
        urls = [each.url for each in customers]
        app, out = publisher(*urls, operational=ops, **sending.options)
        running = running_service(app, folder, temporal, worker=sending.has_worker)
        service = await stack.enter_async_context(running)
        yield await sending.life(Scene(service, out, customers))
