"""The record store: one transaction for each promise of the port."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from layeron.adapters.database import (
    attempts,
    duplicates,
    events,
    keys,
    listing,
    rejections,
    replays,
)
from layeron.adapters.database.schema import require_head
from layeron.adapters.database.transactions import Transactions
from layeron.operating_records import ApiKey
from layeron.ports.records import BeginResult
from layeron.records import (
    AttemptReport,
    EventFilter,
    EventPage,
    EventRecord,
    EventStatus,
    InboundEvent,
    RejectionPage,
    RejectionRecord,
    ReplayRecord,
)


@dataclass(frozen=True, slots=True)
class DatabaseRecordStore:
    """A `RecordStore` over SQLite or PostgreSQL."""

    transactions: Transactions

    async def begin_attempt(
        self, event: InboundEvent, *, number: int, run_id: str, at: datetime
    ) -> BeginResult:
        """See the port."""
        return await self.transactions.write(
            partial(attempts.begin, event=event, number=number, run_id=run_id, at=at)
        )

    async def finish_attempt(self, event: InboundEvent, report: AttemptReport) -> None:
        """See the port."""
        await self.transactions.write(partial(attempts.finish, event=event, report=report))

    async def mark_exhausted(
        self, event: InboundEvent, *, status: EventStatus, error: str, at: datetime
    ) -> None:
        """See the port."""
        await self.transactions.write(
            partial(attempts.exhaust, event=event, status=status, error=error, at=at)
        )

    async def count_duplicate(self, event_id: str, *, conflict: bool, at: datetime) -> None:
        """See the port."""
        await self.transactions.write(
            partial(duplicates.count_repeat, event_id=event_id, conflict=conflict, at=at)
        )

    async def find_live_key(
        self, namespace: str, webhook: str, key: str, *, ttl_seconds: float, at: datetime
    ) -> str | None:
        """See the port."""
        return await self.transactions.read(
            partial(
                duplicates.find_live_key,
                namespace=namespace,
                webhook=webhook,
                key=key,
                ttl_seconds=ttl_seconds,
                at=at,
            )
        )

    async def get_event(self, event_id: str) -> EventRecord:
        """See the port."""
        return await self.transactions.read(partial(events.find, event_id=event_id))

    async def list_events(
        self, where: EventFilter, *, limit: int, cursor: str | None = None
    ) -> EventPage:
        """See the port."""
        return await self.transactions.read(
            partial(listing.list_events, where=where, limit=limit, cursor=cursor)
        )

    async def add_replay(
        self,
        event_id: str,
        *,
        requested_by: str,
        reason: str | None,
        at: datetime,
        bulk_id: str | None = None,
    ) -> ReplayRecord:
        """See the port."""
        return await self.transactions.write(
            partial(
                replays.add,
                event_id=event_id,
                requested_by=requested_by,
                reason=reason,
                at=at,
                bulk_id=bulk_id,
            )
        )

    async def fail_replay(self, event_id: str, number: int) -> None:
        """See the port."""
        await self.transactions.write(partial(replays.fail, event_id=event_id, number=number))

    async def add_rejection(self, rejection: RejectionRecord, *, keep: int) -> None:
        """See the port."""
        await self.transactions.write(partial(rejections.add, rejection=rejection, keep=keep))

    async def get_rejection(self, rejection_id: str) -> RejectionRecord:
        """See the port."""
        return await self.transactions.read(partial(rejections.find, rejection_id=rejection_id))

    async def list_rejections(
        self,
        *,
        namespace: str | None = None,
        webhook: str | None = None,
        cause: str | None = None,
        limit: int,
        cursor: str | None = None,
    ) -> RejectionPage:
        """See the port."""
        where = {"namespace": namespace, "webhook": webhook, "cause": cause}
        return await self.transactions.read(
            partial(rejections.list_page, where=where, limit=limit, cursor=cursor)
        )

    async def accept_rejection(
        self, rejection_id: str, *, event_id: str, accepted_by: str, at: datetime
    ) -> None:
        """See the port."""
        await self.transactions.write(
            partial(
                rejections.accept,
                rejection_id=rejection_id,
                event_id=event_id,
                accepted_by=accepted_by,
                at=at,
            )
        )

    async def add_key(self, key: ApiKey) -> None:
        """See the port."""
        await self.transactions.write(partial(keys.add, key=key))

    async def find_key(self, key_id: str) -> ApiKey | None:
        """See the port."""
        return await self.transactions.read(partial(keys.find, key_id=key_id))

    async def list_keys(self) -> Sequence[ApiKey]:
        """See the port."""
        return await self.transactions.read(keys.list_all)

    async def revoke_key(self, key_id: str, *, at: datetime) -> None:
        """See the port."""
        await self.transactions.write(partial(keys.revoke, key_id=key_id, at=at))

    async def check(self) -> None:
        """See the port."""
        await self.transactions.read(lambda session: require_head(session.connection()))

    async def close(self) -> None:
        """See the port."""
        await self.transactions.close()
