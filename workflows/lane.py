"""The lane of one ``fifo`` endpoint, as a workflow: one event after the other."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from temporalio import workflow
from temporalio.common import Priority
from temporalio.exceptions import ActivityError, is_cancelled_exception

from activities.lanes import LaneActivities, Turn
from activities.outbound import Progress
from layeron import names
from layeron.records import DeliveryStatus
from layeron.text import label
from workflows.outbound import HEARTBEAT, LONGEST_ATTEMPT, PATIENT, is_cancelled

_MOST_CARRIED = 35_000
"""Events that wait, of about 40 bytes each: the engine takes 2 MiB at most into a new run."""

_MOST_SIGNALS = 2_000
"""To one run, of the 10,000 that the engine takes: more come while a request is under way."""

_PART = 200
"""Events that one activity ends."""


@dataclass(frozen=True, slots=True)
class Lane:
    """What a lane starts with.

    Attributes:
        queue: ids of events that wait, the oldest first.
        replays: the number of the replay that sends an event, of those among them that one sends.
        unwanted: those among them that an operator skips.
        force: an operator wants an attempt of the first one now.
        version: see `names.LANE_VERSION`.
        left_after: the last event that was found of those that an earlier lane, which was
            terminated, has left behind; None when all were.
    """

    endpoint_id: str
    queue: list[str] = field(default_factory=list[str])
    replays: dict[str, int] = field(default_factory=dict[str, int])
    unwanted: list[str] = field(default_factory=list[str])
    force: bool = False
    version: int = 0
    left_after: str | None = ""


@workflow.defn(name=names.LANE_WORKFLOW, sandboxed=False)
class LaneWorkflow:
    """Sends one event at a time; the next one waits for its success, or for an operator."""

    @workflow.init
    def __init__(self, lane: Lane) -> None:
        self._endpoint_id = lane.endpoint_id
        self._queue = OrderedDict((each, lane.replays.get(each, 0)) for each in lane.queue)
        self._unwanted = set(lane.unwanted)
        self._force = lane.force
        self._version = lane.version
        self._left_after = lane.left_after if lane.version else None
        self._signals = 0

    @workflow.run
    async def run(self, lane: Lane) -> None:  # noqa: ARG002  # `__init__` has read it
        """Send until nothing is left; the next event starts the lane again.

        What waits in a lane that is cancelled becomes a dead letter, which a replay sends.
        """
        try:
            while self._queue:
                await self._go_on()
                if self._queue and self._is_long():
                    workflow.continue_as_new(self._rest())
        except (asyncio.CancelledError, ActivityError) as error:
            await self._give_up("cancelled" if is_cancelled_exception(error) else "failed")
            raise

    @workflow.signal(name=names.LANE_ENQUEUE)
    def enqueue(self, event_id: str, replay: int) -> None:
        """Let an event wait its turn; one that waits already is the same one.

        A replay takes the place of the sending before it, which may be what the lane waits for.
        """
        self._signals += 1
        known = self._queue.get(event_id)
        if known is None or replay > known:
            self._queue[event_id] = replay
            self._unwanted.discard(event_id)

    @workflow.signal(name=names.LANE_SKIP)
    def skip(self, event_id: str) -> None:
        """Go on without this event, now or when its turn comes."""
        self._signals += 1
        if event_id in self._queue:
            self._unwanted.add(event_id)

    @workflow.signal(name=names.LANE_RETRY)
    def retry(self, event_id: str) -> None:
        """Try this event again at once, if it is the one that the lane waits for."""
        self._signals += 1
        if self._queue and self._first[0] == event_id:
            self._force = True

    @property
    def _first(self) -> Turn:
        return next(iter(self._queue.items()))

    def _rest(self) -> Lane:
        # Plain texts: what is read as anything else takes too long when there are thousands.
        replays = {event_id: replay for event_id, replay in self._queue.items() if replay}
        unwanted = sorted(self._unwanted)
        return Lane(
            self._endpoint_id,
            list(self._queue),
            replays,
            unwanted,
            self._force,
            names.LANE_VERSION,
            self._left_after,
        )

    async def _go_on(self) -> None:
        """Deliver what is first, or see what else is to be done with it."""
        turn = self._first
        event_id, _ = turn
        if event_id in self._unwanted:
            await self._settle([turn], "skipped", "skipped by an operator")
            has_ended = True
        else:
            has_ended = await self._deliver(turn)
        if has_ended and self._first == turn:
            del self._queue[event_id]
            self._unwanted.discard(event_id)
            self._force = False

    async def _deliver(self, turn: Turn) -> bool:
        """Deliver until that has ended, or something else is to be done; whether it has ended."""
        force, self._force = self._force, False
        delivering = asyncio.create_task(self._attempt(turn, force=force))
        try:
            await workflow.wait_condition(lambda: delivering.done() or self._is_called_from(turn))
        except asyncio.CancelledError:
            await _outcome(delivering)
            raise
        progress = await _outcome(delivering)
        if progress is None:
            # Nobody knows whether the attempt that an operator wanted was made.
            self._force = self._force or force
            return False
        if progress.left:
            self._force = self._force or force
            self._take_over(progress.left)
            return False
        self._left_after = None
        if progress.notices:
            await workflow.execute_activity_method(
                LaneActivities.announce_in_turn,
                args=[turn, self._endpoint_id, progress.notices],
                start_to_close_timeout=LONGEST_ATTEMPT,
                retry_policy=PATIENT,
            )
        if not progress.ended.get("dead_letter"):
            return True
        await workflow.wait_condition(lambda: self._is_called_from(turn))
        return False

    def _take_over(self, left: list[Turn]) -> None:
        """Let what an earlier lane has left behind wait here, all in the order of their ids."""
        self._left_after, _ = left[-1]
        new = {event_id: replay for event_id, replay in left if event_id not in self._queue}
        if new:
            self._queue = OrderedDict(sorted({**self._queue, **new}.items()))

    async def _attempt(self, turn: Turn, *, force: bool) -> Progress:
        """Deliver by the endpoint's schedule, whatever number of attempts that takes.

        Raises:
            asyncio.CancelledError: it was broken off.
        """
        args: list[Any] = [turn, self._endpoint_id, force]
        deliver: Callable[..., Awaitable[Progress]] = LaneActivities.deliver_in_turn
        if self._left_after is not None:
            deliver, args = LaneActivities.find_or_deliver_in_turn, [*args, self._left_after]
        try:
            return await workflow.execute_activity_method(
                deliver,
                args=args,
                start_to_close_timeout=LONGEST_ATTEMPT,
                heartbeat_timeout=HEARTBEAT,
                retry_policy=PATIENT,
                priority=Priority(fairness_key=self._endpoint_id),
                cancellation_type=workflow.ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
                summary=label(turn[0]),
            )
        except ActivityError as error:
            if is_cancelled():
                raise asyncio.CancelledError from error
            # By hand, as the schedule has no end of its own: it is this event's matter alone.
            await self._settle([turn], "dead_letter", "failed in the engine")
            return Progress(ended={"dead_letter": 1})

    async def _settle(self, turns: list[Turn], status: DeliveryStatus, note: str) -> None:
        await workflow.execute_activity_method(
            LaneActivities.settle_in_turn,
            args=[turns, self._endpoint_id, status, note],
            start_to_close_timeout=LONGEST_ATTEMPT,
            retry_policy=PATIENT,
        )

    async def _give_up(self, how: str) -> None:
        """End all that waits, and what comes meanwhile: no lane would ever come to it again."""
        while self._queue:
            part = list(self._queue.items())[:_PART]
            await self._settle(part, "dead_letter", f"{how} in the engine")
            for event_id, replay in part:
                if self._queue[event_id] == replay:
                    del self._queue[event_id]

    def _is_called_from(self, turn: Turn) -> bool:
        """Whether there is something else to do than to wait for this event."""
        return (
            self._force
            or turn[0] in self._unwanted
            or self._first != turn
            # What waits behind it may fill the history for days.
            or self._is_long()
        )

    def _is_long(self) -> bool:
        """Whether to go on in a new run, before the engine takes no more signals or events.

        What does not fit into a new run stays here.
        """
        has_many_signals = self._version > 0 and self._signals >= _MOST_SIGNALS
        fits = len(self._queue) + len(self._unwanted) < _MOST_CARRIED
        return fits and (has_many_signals or workflow.info().is_continue_as_new_suggested())


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
