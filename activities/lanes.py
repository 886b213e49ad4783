"""The side effects of lanes, which know no more of an event than which one it is."""

import asyncio
from datetime import timedelta
from typing import TypeAlias

from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.heartbeat import heartbeats
from activities.outbound import OutboundActivities, Progress
from activities.trouble import LOGGED, trouble_of_ours
from layeron import names
from layeron.outbound.notices import Notice
from layeron.outbound.records import OutboundEvent
from layeron.ports.deliveries import DeliveryStore
from layeron.ports.engine import Engine
from layeron.records import DeliveryStatus

Turn: TypeAlias = tuple[str, int]
"""What waits in a lane: the id of an event, and the number of the replay that sends it."""

_PART = 50
"""Deliveries that are looked at together, each with one question to the engine."""

_SOON_SECONDS = (0.02, 0.04, 0.1, 0.2, 0.4, 0.8)
_LONGEST_WAIT = timedelta(seconds=30)


class LaneActivities:
    """Does for what waits in a lane what `OutboundActivities` do, and reads it from its record.

    A lane hears of an event at about the time at which the event's own workflow puts it on record,
    so that the record may be missing for a moment.
    """

    def __init__(
        self, outbound: OutboundActivities, deliveries: DeliveryStore, engine: Engine
    ) -> None:
        self._outbound = outbound
        self._deliveries = deliveries
        self._engine = engine

    @activity.defn
    async def deliver_in_turn(self, turn: Turn, endpoint_id: str, force: bool) -> Progress:  # noqa: FBT001  # the engine passes arguments by position
        """See `OutboundActivities.deliver`; one that is not on record is waited for."""
        event = await self._on_record(turn, endpoint_id)
        return await self._outbound.deliver(event, endpoint_id, force)

    @activity.defn
    async def find_or_deliver_in_turn(
        self,
        turn: Turn,
        endpoint_id: str,
        force: bool,  # noqa: FBT001  # the engine passes arguments by position
        after: str,
    ) -> Progress:
        """Find what a lane that was terminated has left behind; deliver if that is nothing.

        Args:
            turn: what is first in the lane, which has just begun.
            endpoint_id: where it leads.
            force: an operator wants an attempt now.
            after: id of the last event that was found before.
        """
        # After an attempt whose outcome is not written down yet, that comes first.
        if not activity.info().heartbeat_details:
            async with trouble_of_ours(turn[0]), heartbeats():
                left = await self._left_behind(turn, endpoint_id, after)
            if left:
                return Progress(left=left)
        return await self.deliver_in_turn(turn, endpoint_id, force)

    @activity.defn
    async def settle_in_turn(
        self, turns: list[Turn], endpoint_id: str, status: DeliveryStatus, note: str
    ) -> None:
        """End deliveries without an attempt.

        Those that are not on record, even after a moment, are passed over: their own workflow
        tells the lane of them again, or was terminated before it did anything.
        """
        left = list(turns)
        for pause in (*_SOON_SECONDS, 0):
            left = [
                each for each in left if not await self._settle(each, endpoint_id, status, note)
            ]
            if not left:
                return
            await asyncio.sleep(pause)

    @activity.defn
    async def announce_in_turn(self, turn: Turn, endpoint_id: str, notices: list[Notice]) -> None:
        """See `OutboundActivities.announce`."""
        await self._outbound.announce(await self._on_record(turn, endpoint_id), notices)

    async def _left_behind(self, turn: Turn, endpoint_id: str, after: str) -> list[Turn]:
        """Deliveries that wait on record, and whose own workflow will not tell the lane of them."""
        while found := await self._deliveries.waiting(endpoint_id, after=after, limit=_PART):
            running = await asyncio.gather(
                *(self._engine.is_running(each.workflow_id) for each in found)
            )
            left = [
                (each.event_id, each.replay)
                for each, is_running in zip(found, running, strict=True)
                if not is_running and each.event_id != turn[0]
            ]
            if left:
                return left
            after = found[-1].event_id
        return []

    async def _settle(
        self, turn: Turn, endpoint_id: str, status: DeliveryStatus, note: str
    ) -> bool:
        """Whether the event is on record, so that its delivery has ended now."""
        event = await self._look_up(turn, endpoint_id)
        if event is None:
            return False
        await self._outbound.settle(event, [endpoint_id], status, note)
        return True

    async def _on_record(self, turn: Turn, endpoint_id: str) -> OutboundEvent:
        for pause in _SOON_SECONDS:
            if (event := await self._look_up(turn, endpoint_id)) is not None:
                return event
            await asyncio.sleep(pause)
        event_id, _ = turn
        # Seconds: as many as there were attempts.
        again = min(timedelta(seconds=activity.info().attempt), _LONGEST_WAIT)
        raise ApplicationError(
            f"{event_id} is not on record yet; its own workflow puts it there, and if that was"
            " terminated, the event has to be skipped",
            type=names.UNAVAILABLE,
            next_retry_delay=again,
            category=LOGGED,
        )

    async def _look_up(self, turn: Turn, endpoint_id: str) -> OutboundEvent | None:
        event_id, replay = turn
        async with trouble_of_ours(event_id):
            return await self._deliveries.sent(event_id, endpoint_id, replay=replay)
