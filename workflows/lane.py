"""The lane of one ``fifo`` endpoint, as a workflow: one event after the other."""

import asyncio
from collections import deque
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from temporalio import workflow
from temporalio.exceptions import ActivityError, is_cancelled_exception

from activities.outbound import OutboundActivities, Progress
from layeron import names
from layeron.outbound.records import OutboundEvent
from workflows.outbound import LONGEST_ATTEMPT, PATIENT, announce, deliver

Command: TypeAlias = Literal["skip", "retry"]


@dataclass(frozen=True, slots=True)
class Lane:
    """What a lane starts with.

    Attributes:
        queue: events that wait, the oldest first.
        unwanted: ids of those among them that an operator skipped before their turn.
    """

    endpoint_id: str
    queue: list[OutboundEvent] = field(default_factory=list[OutboundEvent])
    unwanted: list[str] = field(default_factory=list[str])


@workflow.defn(name=names.LANE_WORKFLOW, sandboxed=False)
class LaneWorkflow:
    """Sends one event at a time; the next one waits for its success, or for an operator."""

    @workflow.init
    def __init__(self, lane: Lane) -> None:
        self._endpoint_id = lane.endpoint_id
        self._queue = deque(lane.queue)
        self._unwanted = set(lane.unwanted)
        self._command: Command | None = None

    @workflow.run
    async def run(self, lane: Lane) -> None:
        """Send until nothing is left; the next event starts the lane again."""
        while self._queue:
            event = self._queue[0]
            if event.event_id in self._unwanted:
                await self._settle(event)
            else:
                await self._deliver(event)
            self._unwanted.discard(event.event_id)
            self._queue.popleft()
            if self._queue and workflow.info().is_continue_as_new_suggested():
                rest = Lane(lane.endpoint_id, list(self._queue), sorted(self._unwanted))
                workflow.continue_as_new(rest)

    @workflow.signal(name=names.LANE_ENQUEUE)
    def enqueue(self, event: OutboundEvent) -> None:
        """Let an event wait its turn; one that waits already is the same one."""
        known = ((each.event_id, each.replay) for each in self._queue)
        if (event.event_id, event.replay) not in known:
            self._queue.append(event)

    @workflow.signal(name=names.LANE_SKIP)
    def skip(self, event_id: str) -> None:
        """Go on without this event, now or when its turn comes."""
        if not self._tell("skip", event_id):
            self._unwanted.add(event_id)

    @workflow.signal(name=names.LANE_RETRY)
    def retry(self, event_id: str) -> None:
        """Try this event again at once, if it is the one that the lane waits for."""
        self._tell("retry", event_id)

    def _tell(self, command: Command, event_id: str) -> bool:
        is_its_turn = bool(self._queue) and self._queue[0].event_id == event_id
        if is_its_turn:
            self._command = command
        return is_its_turn

    async def _deliver(self, event: OutboundEvent) -> None:
        force = False
        while True:
            self._command = None
            delivering = asyncio.create_task(deliver(event, self._endpoint_id, force=force))
            await workflow.wait_condition(lambda: delivering.done() or self._is_told())  # noqa: B023  # awaited here
            progress = await _outcome(delivering)
            if progress is not None:
                await announce(event, progress.notices)
                if not progress.ended.get("dead_letter"):
                    return
                await workflow.wait_condition(self._is_told)
            if self._is_told("skip"):
                await self._settle(event)
                return
            force = True

    def _is_told(self, command: Command | None = None) -> bool:
        return self._command is not None and command in {None, self._command}

    async def _settle(self, event: OutboundEvent) -> None:
        await workflow.execute_activity_method(
            OutboundActivities.settle,
            args=[event, [self._endpoint_id], "skipped", "skipped by an operator"],
            start_to_close_timeout=LONGEST_ATTEMPT,
            retry_policy=PATIENT,
        )


async def _outcome(delivering: "asyncio.Task[Progress]") -> Progress | None:
    """How a delivery ended; None if it was broken off for an operator."""
    if not delivering.done():
        delivering.cancel()
    try:
        return await delivering
    except (ActivityError, asyncio.CancelledError) as error:
        current = asyncio.current_task()
        if current is not None and current.cancelling():
            raise
        if isinstance(error, ActivityError) and not is_cancelled_exception(error):
            raise
        return None
