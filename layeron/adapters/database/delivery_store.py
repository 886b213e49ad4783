"""The delivery store: one transaction for each promise of the port."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from layeron.adapters.database import deliveries, outcomes, sending
from layeron.adapters.database.transactions import Transactions
from layeron.outbound.records import (
    DeliveryPage,
    DeliveryReport,
    EndpointRecord,
    OutboundEvent,
)
from layeron.ports.deliveries import BeginResult, Finished, Waiting
from layeron.records import DeliveryStatus


@dataclass(frozen=True, slots=True)
class DatabaseDeliveryStore:
    """A `DeliveryStore` over SQLite or PostgreSQL."""

    transactions: Transactions

    async def begin(
        self,
        event: OutboundEvent,
        endpoints: Sequence[str],
        *,
        declared: Sequence[EndpointRecord],
        run_id: str,
        at: datetime,
        force: bool = False,
    ) -> Sequence[BeginResult]:
        """See the port."""
        return await self.transactions.write(
            partial(
                sending.begin,
                event=event,
                endpoints=endpoints,
                declared=declared,
                run_id=run_id,
                at=at,
                force=force,
            )
        )

    async def finish(
        self, event: OutboundEvent, reports: Sequence[DeliveryReport]
    ) -> Sequence[Finished]:
        """See the port."""
        return await self.transactions.write(partial(outcomes.finish, event=event, reports=reports))

    async def sent(self, event_id: str, endpoint_id: str, *, replay: int) -> OutboundEvent | None:
        """See the port."""
        return await self.transactions.read(
            partial(sending.sent, event_id=event_id, endpoint_id=endpoint_id, replay=replay)
        )

    async def waiting(self, endpoint_id: str, *, after: str, limit: int) -> Sequence[Waiting]:
        """See the port."""
        return await self.transactions.read(
            partial(deliveries.waiting, endpoint_id=endpoint_id, after=after, limit=limit)
        )

    async def settle(
        self,
        event: OutboundEvent,
        endpoint_ids: Sequence[str],
        status: DeliveryStatus,
        *,
        note: str,
        at: datetime,
    ) -> None:
        """See the port."""
        await self.transactions.write(
            partial(
                outcomes.settle,
                event=event,
                endpoint_ids=endpoint_ids,
                status=status,
                note=note,
                at=at,
            )
        )

    async def list(
        self,
        endpoint_id: str,
        *,
        status: DeliveryStatus | None = None,
        limit: int,
        cursor: str | None = None,
    ) -> DeliveryPage:
        """See the port."""
        return await self.transactions.read(
            partial(
                deliveries.list_page,
                endpoint_id=endpoint_id,
                status=status,
                limit=limit,
                cursor=cursor,
            )
        )
