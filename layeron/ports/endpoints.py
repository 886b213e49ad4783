"""Port: the database of endpoints, how they are doing, and their generated secrets."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from layeron.outbound.records import (
    DisabledReason,
    EndpointPage,
    EndpointRecord,
    EndpointState,
    EndpointStatus,
    StoredSecret,
)


class EndpointStore(Protocol):
    """Keeps the endpoints that were created at run time, and the state of all.

    A declared endpoint has its configuration in code and only its state here, which is the
    default one until something happened. Every method raises `DatabaseUnavailableError` as
    `RecordStore` does.
    """

    async def add(self, endpoint: EndpointRecord, *, most: int) -> None:
        """Store a new endpoint; the same one again is fine.

        Raises:
            ConflictError: its user has another of this name, or has *most* already; those that
                belong to nobody are counted, and named, together.
        """
        ...

    async def get(self, endpoint_id: str) -> EndpointRecord:
        """One endpoint that was created at run time.

        Raises:
            NotFoundError: there is none (any more).
        """
        ...

    async def find(self, namespace: str, webhook: str, name: str) -> EndpointRecord:
        """The endpoint of this name that was created at run time.

        Raises:
            NotFoundError: there is none (any more).
            ConflictError: several customers have one of this name; says their ids.
        """
        ...

    async def change(self, endpoint: EndpointRecord, *, read_at: datetime | None) -> bool:
        """Replace the configuration of an endpoint; its state stays.

        Args:
            endpoint: as it shall be, with another `updated_at`.
            read_at: its `updated_at` when it was read, which is its version.

        Returns:
            False, and nothing is changed, if it was changed since it was read.

        Raises:
            NotFoundError: there is none.
            ConflictError: another of its user has this name.
        """
        ...

    async def renew_headers(
        self, endpoint_id: str, *, read: Mapping[str, str], renewed: Mapping[str, str]
    ) -> None:
        """Give header fields, as they were read, other values; if changed since, they stay."""
        ...

    async def delete(self, endpoint_id: str) -> None:
        """Remove an endpoint and its secrets; its deliveries stay on record.

        Raises:
            NotFoundError: there is none.
        """
        ...

    async def list(
        self,
        *,
        namespace: str,
        webhook: str,
        user_id: str | None = None,
        limit: int,
        cursor: str | None = None,
    ) -> EndpointPage:
        """A page of endpoints created at run time, newest first.

        Raises:
            CursorError: the cursor is not one of ours.
        """
        ...

    async def matching(
        self, namespace: str, webhook: str, *, user_id: str | None
    ) -> Sequence[EndpointRecord]:
        """Those an event of this user may go to: without an owner, and owned by this user."""
        ...

    async def states(self, endpoint_ids: Sequence[str]) -> Mapping[str, EndpointState]:
        """The states of endpoints; one that nothing happened to is left out."""
        ...

    async def set_status(
        self,
        endpoint: EndpointRecord,
        status: EndpointStatus,
        *,
        reason: DisabledReason | None,
        at: datetime,
    ) -> EndpointState:
        """Enable an endpoint, which forgets its failures, or disable it, once.

        Raises:
            NotFoundError: it was deleted.
        """
        ...

    async def add_secret(
        self, owner: str, secret: StoredSecret, *, others_expire_at: datetime | None, keep: int
    ) -> Sequence[StoredSecret]:
        """Make a secret the current one of its owner.

        Args:
            owner: an endpoint, or a user of a webhook (see `layeron.identity`).
            secret: the new one.
            others_expire_at: the one that was current signs until then; earlier ones as it was
                said of them, but if that is at once, none of them signs any more. None: keep what
                is there, and add this one only if nothing is.
            keep: how many older ones may live; the oldest go first.

        Returns:
            All live ones, newest first.
        """
        ...

    async def secrets(
        self, owners: Sequence[str], *, at: datetime
    ) -> Mapping[str, Sequence[StoredSecret]]:
        """The live secrets of owners, newest first."""
        ...

    async def renew_secrets(self, renewed: Sequence[tuple[StoredSecret, str]]) -> None:
        """Give secrets, as they were read, other ciphertexts; one that was changed since stays."""
        ...
