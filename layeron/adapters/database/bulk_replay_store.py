"""The store of bulk replays."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from layeron.adapters.database import bulk_replays
from layeron.adapters.database.transactions import Transactions
from layeron.operating_records import BulkReplay, BulkReplayPage, BulkStatus
from layeron.records import EventFilter

_EXAMINED_AT_ONCE = 2_000


@dataclass(frozen=True, slots=True)
class DatabaseBulkReplayStore:
    """A `BulkReplayStore` over SQLite or PostgreSQL."""

    transactions: Transactions

    async def add(self, bulk: BulkReplay) -> BulkReplay:
        """See the port."""
        return await self.transactions.write(partial(bulk_replays.add, bulk=bulk))

    async def get(self, bulk_id: str) -> BulkReplay:
        """See the port."""
        return await self.transactions.read(partial(bulk_replays.get, bulk_id=bulk_id))

    async def list(self, *, limit: int, cursor: str | None = None) -> BulkReplayPage:
        """See the port."""
        return await self.transactions.read(
            partial(bulk_replays.list_page, limit=limit, cursor=cursor)
        )

    async def set_status(self, bulk_id: str, status: BulkStatus, *, at: datetime) -> BulkReplay:
        """See the port."""
        return await self.transactions.write(
            partial(bulk_replays.set_status, bulk_id=bulk_id, status=status, at=at)
        )

    async def advance(
        self, bulk_id: str, *, cursor: str, examined: int, replayed: int, skipped: int, at: datetime
    ) -> None:
        """See the port."""
        progress = {
            "cursor": cursor,
            "examined": examined,
            "replayed": replayed,
            "skipped": skipped,
        }
        await self.transactions.write(
            partial(bulk_replays.advance, bulk_id=bulk_id, progress=progress, at=at)
        )

    async def event_ids(
        self, where: EventFilter, *, limit: int, cursor: str | None
    ) -> Sequence[str]:
        """See the port."""
        return await self.transactions.read(
            partial(bulk_replays.event_ids, where=where, limit=limit, cursor=cursor)
        )

    async def missing_ids(
        self, endpoint_id: str, where: EventFilter, *, limit: int, cursor: str | None
    ) -> Sequence[str]:
        """See the port.

        Nearly all events may have been delivered: they are looked through in many transactions,
        each of them short.
        """
        sent = replace(where, direction=where.direction or "outbound")
        missing: list[str] = []
        while len(missing) < limit:
            ids = await self.event_ids(sent, limit=_EXAMINED_AT_ONCE, cursor=cursor)
            missing += await self.transactions.read(
                partial(bulk_replays.without_success, event_ids=[*ids], endpoint_id=endpoint_id)
            )
            if len(ids) < _EXAMINED_AT_ONCE:
                break
            cursor = ids[-1]
        return missing[:limit]
