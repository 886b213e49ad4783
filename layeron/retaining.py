"""Keeping nothing longer than was said, and erasing what somebody asks to have erased."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from layeron.application import Backend
from layeron.durations import FOREVER
from layeron.errors import ConflictError
from layeron.identity import received_at
from layeron.operations import Operations
from layeron.options import Retention
from layeron.ports.blobs import BlobStore
from layeron.ports.engine import Engine
from layeron.ports.inbox import Inbox
from layeron.ports.retention import RetentionStore
from layeron.ports.statistics import Statistics
from layeron.records import FINAL_STATUSES, EventFilter, EventRecord, EventStatus
from layeron.settings import Settings

_PAGE = 500
_AT_ONCE = 16
_BESIDES = timedelta(days=90)
"""How long rejections, and sessions and dedupe windows that are over, are kept by default."""
_UNENDED: tuple[EventStatus, ...] = ("accepted", "processing", "retrying")


@dataclass(frozen=True, slots=True)
class Limits:
    """How long the events of one webhook are kept.

    Attributes:
        bodies: at most as long as records.
    """

    bodies: timedelta
    records: timedelta


@dataclass(frozen=True, slots=True)
class Retaining:
    """What the schedule and operators delete, by webhooks and, where these are silent, settings."""

    app: Backend
    engine: Engine
    store: RetentionStore
    inbox: Inbox
    statistics: Statistics
    blobs: BlobStore
    events: Operations
    settings: Settings

    async def expire(self, at: datetime) -> bool:
        """Delete a page of each webhook's bodies and records that are kept no longer.

        Returns:
            Whether there may be more.
        """
        more = False
        for namespace, webhook in await self.store.webhooks():
            limits = self._limits(namespace, webhook)
            if (before := _before(at, limits.bodies)) is not None:
                bodies = await self.store.bodies_before(
                    namespace, webhook, before=before, limit=_PAGE
                )
                await self._erase(bodies, at)
                more = more or len(bodies) == _PAGE
            if (before := _before(at, limits.records)) is not None:
                deleted = await self.store.delete_before(
                    namespace, webhook, before=before, limit=_PAGE
                )
                more = more or deleted == _PAGE
        keep = self.settings.keep_records or _BESIDES
        if (before := _before(at, keep)) is not None:
            more = await self.store.trim(before=before, limit=_PAGE) >= _PAGE or more
        return more

    async def erase_event(self, event_id: str) -> EventRecord:
        """Delete an event's body now; one that is gone is fine.

        Raises:
            NotFoundError: there is no such event.
            ConflictError: it is still being handled or sent.
        """
        record = await self.events.get_event(event_id)
        if record.status not in FINAL_STATUSES:
            raise ConflictError(
                f"event {record.id} is still being handled or sent (status {record.status}); erase"
                " it when it has ended"
            )
        await self._erase([(record.id, record.body.name)], datetime.now(UTC))
        return await self.events.get_event(record.id)

    async def erase_user(self, user_id: str) -> None:
        """Have the bodies deleted of all that was sent for a user so far; in the background."""
        await self.engine.erase_user(user_id, before=datetime.now(UTC))

    async def erase_page(self, user_id: str, *, before: datetime) -> bool:
        """Delete a page of the bodies of what was sent for a user before a time.

        Returns:
            Whether there may be more now.
        """
        bodies = await self.store.bodies_of_user(user_id, limit=_PAGE)
        old = [each for each in bodies if received_at(each[0]) < before]
        await self._erase(old, datetime.now(UTC))
        return len(old) == _PAGE

    async def is_sending(self, user_id: str, *, before: datetime) -> bool:
        """Whether something that was sent for a user before a time has not ended, or not begun."""
        # Looked at first, as what leaves it goes on record.
        if await self.inbox.waits_for(user_id, before=before):
            return True
        for status in _UNENDED:
            where = EventFilter(user_id=user_id, status=status, until=before)
            if (await self.statistics.count(where, most=1)).total:
                return True
        return False

    async def _erase(self, bodies: Sequence[tuple[str, str]], at: datetime) -> None:
        """First the bodies: what is marked is not looked for again."""
        limit = asyncio.Semaphore(_AT_ONCE)

        async def delete(name: str) -> None:
            async with limit:
                await self.blobs.delete(name)

        await asyncio.gather(*(delete(name) for _, name in bodies))
        await self.store.mark_erased([event_id for event_id, _ in bodies], at=at)

    def _limits(self, namespace: str, webhook: str) -> Limits:
        declared = self.app.webhook(namespace, webhook) or self.app.publisher(namespace, webhook)
        said = declared.retention if declared else Retention()
        records = said.records or self.settings.keep_records or FOREVER
        bodies = said.bodies or self.settings.keep_bodies or FOREVER
        return Limits(min(bodies, records), records)


def _before(at: datetime, keep: timedelta) -> datetime | None:
    """What was received before this is kept no longer; None if everything is."""
    try:
        return at - keep
    except OverflowError:  # for ever, or from before the calendar
        return None
