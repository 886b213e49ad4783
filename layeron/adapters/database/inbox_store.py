"""The inbox in the database."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from functools import partial

from layeron.adapters.database import inbox
from layeron.adapters.database.group_commit import GroupCommit
from layeron.adapters.database.inbox import Arrival
from layeron.adapters.database.transactions import DEADLINE_SECONDS, Transactions, no_answer
from layeron.outbound.records import OutboundEvent
from layeron.ports.engine import Duplicate
from layeron.ports.inbox import Pending, Settled, Waiting
from layeron.records import InboundEvent

_MOST_AT_ONCE = 64


class DatabaseInbox:
    """An `Inbox` over SQLite or PostgreSQL."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions
        self._arrivals = GroupCommit(self._add_all, most=_MOST_AT_ONCE)

    async def add(
        self, event: InboundEvent | OutboundEvent, body: bytes | None
    ) -> Duplicate | None:
        """See the port."""
        try:
            # Others may wait before it.
            async with asyncio.timeout(DEADLINE_SECONDS):
                return await self._arrivals.add((event, body))
        except TimeoutError:
            raise no_answer() from None

    async def find_first(self, event: InboundEvent | OutboundEvent) -> Duplicate | None:
        """See the port."""
        return await self._transactions.read(partial(inbox.find_first, event=event))

    async def find(self, event_id: str) -> Pending | None:
        """See the port."""
        return await self._transactions.read(partial(inbox.find, event_id=event_id))

    async def claim(
        self, owner: str, *, limit: int, at: datetime, until: datetime
    ) -> Sequence[Pending]:
        """See the port."""
        return await self._transactions.write(
            partial(inbox.claim, owner=owner, limit=limit, at=at, until=until)
        )

    async def settle(self, settled: Sequence[Settled], *, at: datetime) -> None:
        """See the port."""
        await self._transactions.write(partial(inbox.settle, settled=settled, at=at))

    async def postpone(self, numbers: Sequence[int], *, until: datetime) -> None:
        """See the port."""
        await self._transactions.write(partial(inbox.postpone, numbers=numbers, until=until))

    async def release(self, owner: str, *, at: datetime) -> None:
        """See the port."""
        await self._transactions.write(partial(inbox.release, owner=owner, at=at))

    async def waits_for(self, user_id: str, *, before: datetime) -> bool:
        """See the port."""
        return await self._transactions.read(
            partial(inbox.waits_for, user_id=user_id, before=before)
        )

    async def waiting(self) -> Waiting:
        """See the port."""
        return await self._transactions.read(inbox.waiting)

    async def _add_all(self, arrivals: Sequence[Arrival]) -> Sequence[Duplicate | None]:
        return await self._transactions.write(partial(inbox.add_all, arrivals=arrivals))
