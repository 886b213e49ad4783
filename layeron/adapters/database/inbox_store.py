"""The inbox in the database."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from layeron.adapters.database import inbox
from layeron.adapters.database.transactions import Transactions
from layeron.outbound.records import OutboundEvent
from layeron.ports.engine import Duplicate
from layeron.ports.inbox import Pending, Settled, Waiting
from layeron.records import InboundEvent


@dataclass(frozen=True, slots=True)
class DatabaseInbox:
    """An `Inbox` over SQLite or PostgreSQL."""

    transactions: Transactions

    async def add(
        self, event: InboundEvent | OutboundEvent, body: bytes | None
    ) -> Duplicate | None:
        """See the port."""
        return await self.transactions.write(partial(inbox.add, event=event, body=body))

    async def find_first(self, event: InboundEvent | OutboundEvent) -> Duplicate | None:
        """See the port."""
        return await self.transactions.read(partial(inbox.find_first, event=event))

    async def find(self, event_id: str) -> Pending | None:
        """See the port."""
        return await self.transactions.read(partial(inbox.find, event_id=event_id))

    async def claim(
        self, owner: str, *, limit: int, at: datetime, until: datetime
    ) -> Sequence[Pending]:
        """See the port."""
        return await self.transactions.write(
            partial(inbox.claim, owner=owner, limit=limit, at=at, until=until)
        )

    async def settle(self, settled: Sequence[Settled], *, at: datetime) -> None:
        """See the port."""
        await self.transactions.write(partial(inbox.settle, settled=settled, at=at))

    async def postpone(self, numbers: Sequence[int], *, until: datetime) -> None:
        """See the port."""
        await self.transactions.write(partial(inbox.postpone, numbers=numbers, until=until))

    async def release(self, owner: str, *, at: datetime) -> None:
        """See the port."""
        await self.transactions.write(partial(inbox.release, owner=owner, at=at))

    async def waiting(self) -> Waiting:
        """See the port."""
        return await self.transactions.read(inbox.waiting)
