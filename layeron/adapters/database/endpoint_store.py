"""The endpoint store: one transaction for each promise of the port."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from layeron.adapters.database import endpoint_secrets, endpoint_states, endpoints
from layeron.adapters.database.transactions import Transactions
from layeron.outbound.records import (
    DisabledReason,
    EndpointPage,
    EndpointRecord,
    EndpointState,
    EndpointStatus,
    StoredSecret,
)


@dataclass(frozen=True, slots=True)
class DatabaseEndpointStore:
    """An `EndpointStore` over SQLite or PostgreSQL."""

    transactions: Transactions

    async def add(self, endpoint: EndpointRecord, *, most: int) -> None:
        """See the port."""
        await self.transactions.write(partial(endpoints.add, endpoint=endpoint, most=most))

    async def get(self, endpoint_id: str) -> EndpointRecord:
        """See the port."""
        return await self.transactions.read(partial(endpoints.get, endpoint_id=endpoint_id))

    async def find(self, namespace: str, webhook: str, name: str) -> EndpointRecord:
        """See the port."""
        return await self.transactions.read(
            partial(endpoints.find, namespace=namespace, webhook=webhook, name=name)
        )

    async def change(self, endpoint: EndpointRecord, *, read_at: datetime | None) -> bool:
        """See the port."""
        return await self.transactions.write(
            partial(endpoints.change, endpoint=endpoint, read_at=read_at)
        )

    async def renew_headers(
        self, endpoint_id: str, *, read: Mapping[str, str], renewed: Mapping[str, str]
    ) -> None:
        """See the port."""
        await self.transactions.write(
            partial(endpoints.renew_headers, endpoint_id=endpoint_id, read=read, renewed=renewed)
        )

    async def delete(self, endpoint_id: str) -> None:
        """See the port."""
        await self.transactions.write(partial(endpoints.remove, endpoint_id=endpoint_id))

    async def list(
        self,
        *,
        namespace: str,
        webhook: str,
        user_id: str | None = None,
        limit: int,
        cursor: str | None = None,
    ) -> EndpointPage:
        """See the port."""
        return await self.transactions.read(
            partial(
                endpoints.list_page,
                namespace=namespace,
                webhook=webhook,
                user_id=user_id,
                limit=limit,
                cursor=cursor,
            )
        )

    async def matching(
        self, namespace: str, webhook: str, *, user_id: str | None
    ) -> Sequence[EndpointRecord]:
        """See the port."""
        return await self.transactions.read(
            partial(endpoints.matching, namespace=namespace, webhook=webhook, user_id=user_id)
        )

    async def states(self, endpoint_ids: Sequence[str]) -> Mapping[str, EndpointState]:
        """See the port."""
        return await self.transactions.read(
            partial(endpoint_states.states, endpoint_ids=endpoint_ids)
        )

    async def set_status(
        self,
        endpoint: EndpointRecord,
        status: EndpointStatus,
        *,
        reason: DisabledReason | None,
        at: datetime,
    ) -> EndpointState:
        """See the port."""
        return await self.transactions.write(
            partial(
                endpoint_states.set_status, endpoint=endpoint, status=status, reason=reason, at=at
            )
        )

    async def add_secret(
        self, owner: str, secret: StoredSecret, *, others_expire_at: datetime | None, keep: int
    ) -> Sequence[StoredSecret]:
        """See the port."""
        return await self.transactions.write(
            partial(
                endpoint_secrets.add,
                owner=owner,
                secret=secret,
                others_expire_at=others_expire_at,
                keep=keep,
            )
        )

    async def secrets(
        self, owners: Sequence[str], *, at: datetime
    ) -> Mapping[str, Sequence[StoredSecret]]:
        """See the port."""
        return await self.transactions.read(
            partial(endpoint_secrets.of_owners, owners=owners, at=at)
        )

    async def renew_secrets(self, renewed: Sequence[tuple[StoredSecret, str]]) -> None:
        """See the port."""
        await self.transactions.write(partial(endpoint_secrets.renew, renewed=renewed))
