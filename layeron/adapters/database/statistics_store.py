"""The statistics of events."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from layeron.adapters.database import activity, counting
from layeron.adapters.database.transactions import Transactions
from layeron.operating_records import Activity, Count
from layeron.records import EventFilter, EventStatus


@dataclass(frozen=True, slots=True)
class DatabaseStatistics:
    """`Statistics` over SQLite or PostgreSQL."""

    transactions: Transactions

    async def count(self, where: EventFilter, *, most: int) -> Count:
        """See the port."""
        return await self.transactions.read(partial(counting.count, where=where, most=most))

    async def activity(
        self, *, since: datetime, until: datetime, bucket: timedelta, most: int
    ) -> Activity:
        """See the port."""
        return await self.transactions.read(
            partial(activity.activity, since=since, until=until, bucket=bucket, most=most)
        )

    async def oldest(self, statuses: Sequence[EventStatus]) -> datetime | None:
        """See the port."""
        return await self.transactions.read(partial(counting.oldest, statuses=statuses))
