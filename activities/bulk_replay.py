"""The side effects of a bulk replay: find what comes next, replay it at a rate, note progress."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from temporalio import activity

from activities.heartbeat import heartbeats
from activities.trouble import trouble_of_ours
from layeron.bulk import BulkReplays
from layeron.errors import NotFoundError
from layeron.operating_records import BulkReplay, BulkStatus
from layeron.tracing import apart

_SECONDS = 5.0
"""What one part takes at the rate that was asked for."""
_MOST = 50
"""Events in a part: their ids are kept in the engine's history."""
_STEPS_PER_SECOND = 10.0
"""How often progress is written at most; the events of a step are replayed side by side."""


@dataclass(frozen=True, slots=True)
class Part:
    """What comes next.

    Attributes:
        status: of the bulk replay.
        examined: how many events were looked at before these.
        event_ids: none when nothing is to be done (now).
    """

    status: BulkStatus
    examined: int = 0
    event_ids: list[str] = field(default_factory=list[str])


class BulkReplayActivities:
    """Does what the workflow of a bulk replay says, by the record of it."""

    def __init__(self, bulk: BulkReplays) -> None:
        self._bulk = bulk

    @activity.defn(name="next_bulk_part")
    async def next_part(self, bulk_id: str) -> Part:
        """The next events, so that the engine knows them and the same ones are tried again.

        A bulk replay without any is finished; one that is about a deleted endpoint is stopped.
        """
        async with heartbeats(), trouble_of_ours(bulk_id):
            bulk = await self._bulk.get(bulk_id)
            if bulk.status != "running":
                return Part(bulk.status)
            limit = min(max(int(bulk.rate_per_second * _SECONDS), 1), _MOST)
            try:
                event_ids = await self._bulk.next_ids(bulk, limit=limit)
            except NotFoundError:
                return await self._ended(bulk, "stopped")
            if not event_ids:
                return await self._ended(bulk, "finished")
            return Part("running", bulk.examined, list(event_ids))

    @activity.defn(name="replay_bulk_part")
    async def replay_part(self, bulk_id: str, part: Part) -> None:
        """Replay events at the rate that was asked for, until somebody pauses or stops it.

        What an attempt before this one has done is on record, and is not done again.
        """
        async with heartbeats(), trouble_of_ours(bulk_id):
            while True:
                began = time.monotonic()
                bulk = await self._bulk.get(bulk_id)
                step = max(int(bulk.rate_per_second / _STEPS_PER_SECOND), 1)
                left = part.event_ids[bulk.examined - part.examined :]
                if bulk.status != "running" or not left:
                    return
                await self._replay(bulk, left[:step])
                taken = time.monotonic() - began
                await asyncio.sleep(len(left[:step]) / bulk.rate_per_second - taken)

    @activity.defn(name="stop_bulk_replay")
    async def stop(self, bulk_id: str) -> None:
        """Note that the engine was told to end it."""
        async with trouble_of_ours(bulk_id):
            await self._bulk.store.set_status(bulk_id, "stopped", at=datetime.now(UTC))

    async def _replay(self, bulk: BulkReplay, event_ids: Sequence[str]) -> None:
        with apart():  # each event has a trace of its own, which stays of a size to look at
            replayed = await asyncio.gather(*(self._bulk.replay(bulk, each) for each in event_ids))
        await self._bulk.store.advance(
            bulk.id,
            cursor=event_ids[-1],
            examined=bulk.examined + len(event_ids),
            replayed=bulk.replayed + sum(replayed),
            skipped=bulk.skipped + len(event_ids) - sum(replayed),
            at=datetime.now(UTC),
        )

    async def _ended(self, bulk: BulkReplay, status: BulkStatus) -> Part:
        ended = await self._bulk.store.set_status(bulk.id, status, at=datetime.now(UTC))
        return Part(ended.status)
