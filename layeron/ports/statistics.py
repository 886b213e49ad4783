"""Port: how many events there are, and what happened lately."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol

from layeron.operating_records import Activity, Count
from layeron.records import EventFilter, EventStatus


class Statistics(Protocol):
    """Counts events; raises as `RecordStore` does.

    No question costs more than reading a bounded number of index entries.
    """

    async def count(self, where: EventFilter, *, most: int) -> Count:
        """How many events match; counting stops at *most*."""
        ...

    async def activity(
        self, *, since: datetime, until: datetime, bucket: timedelta, most: int
    ) -> Activity:
        """What became of the events received in a span of time; of the newest *most* of them."""
        ...

    async def oldest(self, statuses: Sequence[EventStatus]) -> datetime | None:
        """When the oldest event of these statuses was received; None if there is none."""
        ...
