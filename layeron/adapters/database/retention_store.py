"""The store of what is kept no longer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from layeron.adapters.database import retention
from layeron.adapters.database.transactions import Transactions


@dataclass(frozen=True, slots=True)
class DatabaseRetentionStore:
    """A `RetentionStore` over SQLite or PostgreSQL."""

    transactions: Transactions

    async def webhooks(self) -> Sequence[tuple[str, str]]:
        """See the port."""
        return await self.transactions.read(retention.webhooks)

    async def bodies_before(
        self, namespace: str, webhook: str, *, before: datetime, limit: int
    ) -> Sequence[tuple[str, str]]:
        """See the port."""
        return await self.transactions.read(
            partial(
                retention.bodies_before,
                namespace=namespace,
                webhook=webhook,
                before=before,
                limit=limit,
            )
        )

    async def bodies_of_user(self, user_id: str, *, limit: int) -> Sequence[tuple[str, str]]:
        """See the port."""
        return await self.transactions.read(
            partial(retention.bodies_of_user, user_id=user_id, limit=limit)
        )

    async def mark_erased(self, event_ids: Sequence[str], *, at: datetime) -> None:
        """See the port."""
        await self.transactions.write(partial(retention.mark_erased, event_ids=event_ids, at=at))

    async def delete_before(
        self, namespace: str, webhook: str, *, before: datetime, limit: int
    ) -> int:
        """See the port."""
        return await self.transactions.write(
            partial(
                retention.delete_before,
                namespace=namespace,
                webhook=webhook,
                before=before,
                limit=limit,
            )
        )

    async def trim(self, *, before: datetime, limit: int) -> int:
        """See the port."""
        return await self.transactions.write(partial(retention.trim, before=before, limit=limit))
