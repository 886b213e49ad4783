"""The side effects of sending one event to endpoints, as the engine calls them."""

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from pydantic import TypeAdapter
from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.courier import Clock, Courier, Tools
from activities.heartbeat import heartbeats
from activities.outcomes import Outcome
from activities.trouble import LOGGED, trouble_of_ours
from layeron import names
from layeron.errors import UnavailableError
from layeron.outbound.notices import Notice, notices_of
from layeron.outbound.publishing import Publishing
from layeron.outbound.records import DeliveryReport, OutboundEvent
from layeron.ports.deliveries import Later
from layeron.ports.engine import Engine
from layeron.records import DeliveryStatus

_REPORTS = TypeAdapter(list[DeliveryReport])
_SHORTEST_WAIT = timedelta(milliseconds=50)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an event has come.

    Attributes:
        waiting: endpoints that it has still to be delivered to.
        ended: how often each way to end has occurred.
        notices: what the operator wants to be told of.
        left: what an earlier run of a lane has left behind: ids of events, and the numbers of the
            replays that send them. There was no attempt then.
    """

    waiting: list[str] = field(default_factory=list[str])
    ended: dict[DeliveryStatus, int] = field(default_factory=dict[DeliveryStatus, int])
    notices: list[Notice] = field(default_factory=list[Notice])
    left: list[tuple[str, int]] = field(default_factory=list[tuple[str, int]])


class OutboundActivities:
    """Sends events and records what came of it, with the tools it was handed."""

    def __init__(
        self, tools: Tools, *, engine: Engine, publishing: Publishing, courier: Courier
    ) -> None:
        self._tools = tools
        self._engine = engine
        self._publishing = publishing
        self._courier = courier

    @activity.defn
    async def deliver_first(self, event: OutboundEvent, body: bytes | None) -> Progress:
        """Put an event on record and make the first attempt to every endpoint, all at once.

        With a single endpoint the engine comes back to this very activity until it is done, which
        costs it half of what a second activity would.

        Args:
            event: what is sent.
            body: its bytes, unless they are stored already.
        """
        clock = _clock()
        async with trouble_of_ours(event.event_id):
            await self._store(event, body)
            # Before the event is on record: a lane that knows of it already has not sent it yet, so
            # that it has it once.
            trouble = await self._tell_lanes(event)
            outcomes = await self._carry(event, event.direct, body, clock)
            if trouble is not None:
                raise trouble
        if len(event.direct) == 1:
            _come_back(outcomes, clock)
        return self._progress(event, outcomes)

    @activity.defn
    async def deliver(self, event: OutboundEvent, endpoint_id: str, force: bool) -> Progress:  # noqa: FBT001  # the engine passes arguments by position
        """Make the next attempt to one endpoint; the engine comes back until none is left.

        Args:
            event: what is sent.
            endpoint_id: where to.
            force: an operator wants an attempt now, whatever the schedule says.
        """
        clock = _clock()
        force = force and activity.info().attempt == 1
        async with trouble_of_ours(event.event_id):
            outcomes = await self._carry(event, [endpoint_id], None, clock, force=force)
        _come_back(outcomes, clock)
        return self._progress(event, outcomes)

    @activity.defn
    async def put_on_record(self, event: OutboundEvent, body: bytes | None) -> None:
        """Store body and record of an event that is sent in several parts."""
        async with trouble_of_ours(event.event_id):
            await self._store(event, body)
            await self._carry(event, [], body, _clock())

    @activity.defn
    async def settle(
        self, event: OutboundEvent, endpoints: list[str], status: DeliveryStatus, note: str
    ) -> None:
        """End deliveries without an attempt."""
        async with trouble_of_ours(event.event_id):
            await self._tools.deliveries.settle(
                event, endpoints, status, note=note, at=activity.info().started_time
            )

    @activity.defn
    async def announce(self, event: OutboundEvent, notices: list[Notice]) -> None:
        """Send operational events by the publisher that tells of this one's trouble."""
        webhook = self._tools.app.publisher(event.namespace, event.webhook)
        if webhook is None or webhook.operational is None:
            return
        async with trouble_of_ours(event.event_id):
            for each in notices:
                await self._publishing.announce(
                    webhook.operational, each.event_type, each.data, key=each.key
                )

    async def _store(self, event: OutboundEvent, body: bytes | None) -> None:
        if body is not None:
            await self._tools.blobs.put(event.body.name, body)

    async def _tell_lanes(self, event: OutboundEvent) -> UnavailableError | None:
        """Queue the event; a queue that takes no more keeps no other endpoint waiting."""
        trouble = None
        for each in event.lanes:
            try:
                await self._engine.enqueue(event, each)
            except UnavailableError as error:
                trouble = error
        return trouble

    async def _carry(
        self,
        event: OutboundEvent,
        endpoints: Sequence[str],
        body: bytes | None,
        clock: Clock,
        *,
        force: bool = False,
    ) -> Sequence[Outcome]:
        """Carry, and hand to the next attempt of this activity what could not be written down."""
        info = activity.info()
        unrecorded = _REPORTS.validate_python(info.heartbeat_details)
        try:
            async with heartbeats(unrecorded):
                return await self._courier.carry(
                    event,
                    endpoints,
                    body,
                    run_id=info.workflow_run_id or "",
                    clock=clock,
                    unrecorded=unrecorded,
                    force=force,
                )
        except UnavailableError:
            activity.heartbeat(*unrecorded)
            raise

    def _progress(self, event: OutboundEvent, outcomes: Sequence[Outcome]) -> Progress:
        ended = [each for each in outcomes if not isinstance(each, Later)]
        webhook = self._tools.app.publisher(event.namespace, event.webhook)
        is_heard = webhook is not None and webhook.operational is not None
        return Progress(
            waiting=[each.endpoint_id for each in outcomes if isinstance(each, Later)],
            ended=dict(Counter(each.status for each in ended)),
            notices=[one for each in ended for one in notices_of(event, each)] if is_heard else [],
        )


def _come_back(outcomes: Sequence[Outcome], clock: Clock) -> None:
    """End this attempt of the activity, if a delivery is to be asked for again, until then."""
    for each in outcomes:
        if isinstance(each, Later):
            raise ApplicationError(
                f"{each.why}; the next attempt is due {each.at:%Y-%m-%d %H:%M:%S} UTC",
                type=names.LATER,
                next_retry_delay=max(each.at - clock.now(), _SHORTEST_WAIT),
                category=LOGGED,
            )


def _clock() -> Clock:
    info = activity.info()
    return Clock(info.started_time, time.monotonic(), info.scheduled_time)
