"""Port: the database of bulk replays."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from layeron.operating_records import BulkReplay, BulkReplayPage, BulkStatus
from layeron.records import EventFilter


class BulkReplayStore(Protocol):
    """Keeps bulk replays and how far they are; raises as `RecordStore` does."""

    async def add(self, bulk: BulkReplay) -> BulkReplay:
        """Put one on record; if one with its id or idempotency key is there, that one is given."""
        ...

    async def get(self, bulk_id: str) -> BulkReplay:
        """One bulk replay.

        Raises:
            NotFoundError: there is none.
        """
        ...

    async def list(self, *, limit: int, cursor: str | None = None) -> BulkReplayPage:
        """A page of them, newest first.

        Raises:
            CursorError: the cursor is not one of ours.
        """
        ...

    async def set_status(self, bulk_id: str, status: BulkStatus, *, at: datetime) -> BulkReplay:
        """Change its status; one that is stopped or finished stays so."""
        ...

    async def advance(
        self, bulk_id: str, *, cursor: str, examined: int, replayed: int, skipped: int, at: datetime
    ) -> None:
        """Note progress in totals, not in differences, so that saying it twice changes nothing."""
        ...

    async def event_ids(
        self, where: EventFilter, *, limit: int, cursor: str | None
    ) -> Sequence[str]:
        """The ids of events that match, newest first, after the one that is the cursor."""
        ...

    async def missing_ids(
        self, endpoint_id: str, where: EventFilter, *, limit: int, cursor: str | None
    ) -> Sequence[str]:
        """The same, of those that have no successful delivery to this endpoint."""
        ...
