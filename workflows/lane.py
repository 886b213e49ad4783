"""The lane of one ``fifo`` endpoint, as a workflow: one event after the other."""

import asyncio
from collections import OrderedDict
from dataclasses import dataclass, field

from temporalio import workflow

from activities.outbound import Progress
from layeron import names
from layeron.outbound.records import OutboundEvent
from workflows.outbound import announce, deliver, is_cancelled, settle

_MOST_CARRIED = 1_500_000
"""Characters of events that wait: the engine takes no more than 2 MiB into a new run."""


@dataclass(frozen=True, slots=True)
class Lane:
    """What a lane starts with.

    Attributes:
        queue: events that wait, the oldest first.
        unwanted: ids of those among them that an operator skips.
        force: an operator wants an attempt of the first one now.
    """

    endpoint_id: str
    queue: list[OutboundEvent] = field(default_factory=list[OutboundEvent])
    unwanted: list[str] = field(default_factory=list[str])
    force: bool = False


@workflow.defn(name=names.LANE_WORKFLOW, sandboxed=False)
class LaneWorkflow:
    """Sends one event at a time; the next one waits for its success, or for an operator."""

    @workflow.init
    def __init__(self, lane: Lane) -> None:
        self._endpoint_id = lane.endpoint_id
        self._queue = OrderedDict((each.event_id, each) for each in lane.queue)
        self._unwanted = set(lane.unwanted)
        self._force = lane.force

    @workflow.run
    async def run(self, lane: Lane) -> None:
        """Send until nothing is left; the next event starts the lane again."""
        while self._queue:
            event = self._first
            if event.event_id in self._unwanted:
                await settle(event, [lane.endpoint_id], "skipped", "skipped by an operator")
                has_ended = True
            else:
                has_ended = await self._deliver(event)
            if has_ended and self._first is event:
                del self._queue[event.event_id]
                self._unwanted.discard(event.event_id)
                self._force = False
            if self._queue and self._is_long():
                rest = list(self._queue.values()), sorted(self._unwanted), self._force
                workflow.continue_as_new(Lane(lane.endpoint_id, *rest))

    @workflow.signal(name=names.LANE_ENQUEUE)
    def enqueue(self, event: OutboundEvent) -> None:
        """Let an event wait its turn; one that waits already is the same one.

        A replay takes the place of the sending before it, which may be what the lane waits for.
        """
        known = self._queue.get(event.event_id)
        if known is None or event.replay > known.replay:
            self._queue[event.event_id] = event
            self._unwanted.discard(event.event_id)

    @workflow.signal(name=names.LANE_SKIP)
    def skip(self, event_id: str) -> None:
        """Go on without this event, now or when its turn comes."""
        if event_id in self._queue:
            self._unwanted.add(event_id)

    @workflow.signal(name=names.LANE_RETRY)
    def retry(self, event_id: str) -> None:
        """Try this event again at once, if it is the one that the lane waits for."""
        if self._queue and self._first.event_id == event_id:
            self._force = True

    @property
    def _first(self) -> OutboundEvent:
        return next(iter(self._queue.values()))

    async def _deliver(self, event: OutboundEvent) -> bool:
        """Deliver until that has ended, or something else is to be done; whether it has ended."""
        force, self._force = self._force, False
        delivering = asyncio.create_task(deliver(event, self._endpoint_id, force=force))
        await workflow.wait_condition(lambda: delivering.done() or self._is_called_from(event))
        progress = await _outcome(delivering)
        if progress is None:
            # Nobody knows whether the attempt that an operator wanted was made.
            self._force = self._force or force
            return False
        await announce(event, progress.notices)
        if not progress.ended.get("dead_letter"):
            return True
        await workflow.wait_condition(lambda: self._is_called_from(event))
        return False

    def _is_called_from(self, event: OutboundEvent) -> bool:
        """Whether there is something else to do than to wait for this event."""
        return (
            self._force
            or event.event_id in self._unwanted
            or self._first is not event
            # What waits behind it may fill the history for days.
            or self._is_long()
        )

    def _is_long(self) -> bool:
        """Whether to go on in a new run, as the history is long, and what waits fits into it.

        What does not fit stays here; the engine refuses signals long before a history is too long.
        """
        return workflow.info().is_continue_as_new_suggested() and (
            sum(len(repr(each)) for each in self._queue.values()) < _MOST_CARRIED
        )


async def _outcome(delivering: "asyncio.Task[Progress]") -> Progress | None:
    """How a delivery ended; None if it was broken off."""
    if not delivering.done():
        delivering.cancel()
    try:
        return await delivering
    except asyncio.CancelledError:
        if is_cancelled():
            raise
        return None
