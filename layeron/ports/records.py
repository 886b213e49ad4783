"""Port: the database of event records, attempts, replays and API keys."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from layeron.operating_records import ApiKey
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
class Begun:
    """The attempt is on record as running: handle the event."""


@dataclass(frozen=True, slots=True)
class AlreadySettled:
    """This very attempt's handling has ended before: do not handle again.

    Attributes:
        status: the status the event has.
        response: what its handler answered, for ``queue=False``.
    """

    status: EventStatus
    response: object = None


@dataclass(frozen=True, slots=True)
class DuplicateOf:
    """Another event holds this dedupe key within its window; the repeat was counted there."""

    event_id: str


BeginResult = Begun | AlreadySettled | DuplicateOf


class RecordStore(Protocol):
    """Keeps the records.

    Every method raises `DatabaseUnavailableError` when the database does not answer, is locked, or
    answered with a passing failure; nothing is half done then. Times are aware and in UTC. Text of
    senders may hold anything (NUL, lone surrogates): it is stored readable, escaped where the
    database cannot hold it.
    """

    async def begin_attempt(
        self, event: InboundEvent, *, number: int, run_id: str, at: datetime
    ) -> BeginResult:
        """Write in one transaction that an attempt starts.

        * No record yet: insert it, and take the dedupe key for its window. If another event holds
          the key and its window, counted from that event's reception, is not over, count a
          duplicate there, make this event's id an alias of it, and return `DuplicateOf`.
        * A successful (or unhandled) attempt of this handling (same replay number) is on record:
          return `AlreadySettled`. The activity was repeated after its work was done.
        * Otherwise attempts of this handling still ``running``, and numbers below *number* that
          never came to be written, become ``interrupted`` (their worker died); this one is
          inserted as ``running`` and the event becomes ``processing``.

        Idempotent for the same number.
        """
        ...

    async def finish_attempt(self, event: InboundEvent, report: AttemptReport) -> None:
        """Write in one transaction how an attempt ended and the status that follows.

        The replay's own record, if this is one, gets the same status. Idempotent. Creates the
        attempt's row if `begin_attempt` could not.
        """
        ...

    async def mark_exhausted(
        self, event: InboundEvent, *, status: EventStatus, error: str, at: datetime
    ) -> None:
        """Give an event out of attempts its last status; running attempts become interrupted.

        Inserts the record if there is none. An event that succeeded stays so.
        """
        ...

    async def count_duplicate(self, event_id: str, *, conflict: bool, at: datetime) -> None:
        """Count a repeat of an event, which may not be on record yet.

        Args:
            event_id: the first event.
            conflict: the repeat had other bytes than the first.
            at: when it was received.
        """
        ...

    async def find_live_key(
        self, namespace: str, webhook: str, key: str, *, ttl_seconds: float, at: datetime
    ) -> str | None:
        """The id of the event that holds a dedupe key at this time, if one does."""
        ...

    async def get_event(self, event_id: str) -> EventRecord:
        """The whole record, with attempts and replays; an alias leads to the event it repeats.

        Raises:
            NotFoundError: there is none.
        """
        ...

    async def list_events(
        self, where: EventFilter, *, limit: int, cursor: str | None = None
    ) -> EventPage:
        """A page of events, newest first, without their attempts and replays.

        The time taken does not grow with the number of records.

        Raises:
            CursorError: the cursor is not one of ours.
        """
        ...

    async def add_replay(
        self,
        event_id: str,
        *,
        requested_by: str,
        reason: str | None,
        at: datetime,
        bulk_id: str | None = None,
    ) -> ReplayRecord:
        """Put the next replay of an event on record, status ``accepted``.

        Of one bulk replay an event has one replay: asked again, the same one is given back.

        Raises:
            NotFoundError: there is no such event.
        """
        ...

    async def fail_replay(self, event_id: str, number: int) -> None:
        """Note that a replay put on record could not be started."""
        ...

    async def add_rejection(self, rejection: RejectionRecord, *, keep: int) -> None:
        """Note a rejection; of its webhook only the newest *keep* stay."""
        ...

    async def get_rejection(self, rejection_id: str) -> RejectionRecord:
        """One rejection with its body.

        Raises:
            NotFoundError: there is none (any more).
        """
        ...

    async def list_rejections(
        self,
        *,
        namespace: str | None = None,
        webhook: str | None = None,
        cause: str | None = None,
        limit: int,
        cursor: str | None = None,
    ) -> RejectionPage:
        """A page of rejections without their bodies, newest first.

        Raises:
            CursorError: the cursor is not one of ours.
        """
        ...

    async def accept_rejection(
        self, rejection_id: str, *, event_id: str, accepted_by: str, at: datetime
    ) -> None:
        """Note that a rejected request became an event after all.

        Raises:
            NotFoundError: there is no such rejection.
        """
        ...

    async def add_key(self, key: ApiKey) -> None:
        """Store a new API key."""
        ...

    async def find_key(self, key_id: str) -> ApiKey | None:
        """The key with this public id, revoked or not."""
        ...

    async def list_keys(self) -> Sequence[ApiKey]:
        """All keys, oldest first."""
        ...

    async def revoke_key(self, key_id: str, *, at: datetime) -> None:
        """End a key's life.

        Raises:
            NotFoundError: there is none.
        """
        ...

    async def check(self) -> None:
        """Return if the database answers and its schema is the one this code was written for."""
        ...

    async def close(self) -> None:
        """Let go of connections."""
        ...
