"""Port: the database of deliveries: which attempt is due, how it ended."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from layeron.outbound.records import (
    DeliveryPage,
    DeliveryReport,
    DisabledReason,
    EndpointRecord,
    OutboundEvent,
)
from layeron.records import DeliveryStatus


@dataclass(frozen=True, slots=True)
class Due:
    """The attempt is on record as running: send.

    Attributes:
        endpoint: as it is now.
        number: of the attempt, from 1.
    """

    endpoint: EndpointRecord
    number: int


@dataclass(frozen=True, slots=True)
class Later:
    """Nothing is sent now, and no attempt is used up.

    Attributes:
        at: ask again then.
        why: for the operator's eyes.
    """

    endpoint_id: str
    at: datetime
    why: str


@dataclass(frozen=True, slots=True)
class Ended:
    """This delivery has ended: nothing is left to do.

    Attributes:
        status: one of `ENDED`.
        disabled: its last attempt disabled the endpoint, for this reason.
    """

    endpoint_id: str
    status: DeliveryStatus
    disabled: DisabledReason | None = None


BeginResult = Due | Later | Ended


@dataclass(frozen=True, slots=True)
class Waiting:
    """A delivery that has not ended.

    Attributes:
        replay: the number of the sending.
        workflow_id: of that sending.
    """

    event_id: str
    replay: int
    workflow_id: str


@dataclass(frozen=True, slots=True)
class Finished:
    """A delivery after its attempt was written down.

    Attributes:
        disabled: this attempt disabled the endpoint, for this reason.
        recovered: the endpoint had failed before and took this one.
    """

    endpoint_id: str
    status: DeliveryStatus
    disabled: DisabledReason | None = None
    recovered: bool = False


class DeliveryStore(Protocol):
    """Keeps what happens on the way to endpoints; raises as `RecordStore` does."""

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
        """Write in one transaction that attempts to deliver an event start.

        No record of the event yet: insert it with a ``queued`` delivery to each of
        ``event.endpoints``. A replay puts the deliveries it is about back to ``queued``. Then, of
        each of *endpoints*:

        * The delivery has ended, in this sending or a later one: `Ended`.
        * The endpoint is disabled, or unknown (deleted): the delivery becomes ``held`` and says
          which, `Ended`.
        * The next attempt is not due, the endpoint is throttled, or its rate limit is used up:
          `Later`.
        * Otherwise attempts still ``running``, of this sending or an earlier one, become
          ``interrupted`` (their worker died), one more is inserted as ``running``, and the event
          becomes ``processing``: `Due`.

        Args:
            event: what is sent.
            endpoints: ids, among ``event.endpoints``.
            declared: those of them that are declared; their state is looked up.
            run_id: of the workflow that sends.
            at: the engine's time.
            force: an operator wants an attempt now: due or not, throttled or not, given up or not.
        """
        ...

    async def finish(
        self, event: OutboundEvent, reports: Sequence[DeliveryReport]
    ) -> Sequence[Finished]:
        """Write in one transaction how attempts ended, and what follows for endpoints and event.

        The event's status is ``retrying`` while a delivery has not ended; then ``dead_letter`` if
        any is, else ``held`` if any is, else ``succeeded``. An endpoint that answered 410, or
        for `layeron.outbound.health.PATIENCE` has only failed, is disabled, and the delivery
        is ``held``. Of an attempt that was ``unsent`` nothing stays but when the next one is due.
        Idempotent.
        """
        ...

    async def sent(self, event_id: str, endpoint_id: str, *, replay: int) -> OutboundEvent | None:
        """What is sent to one endpoint, by the record; None while it is not on record.

        Args:
            event_id: of the event.
            endpoint_id: the only one of the event that comes back.
            replay: the number of the sending.
        """
        ...

    async def waiting(self, endpoint_id: str, *, after: str, limit: int) -> Sequence[Waiting]:
        """Deliveries to an endpoint that have not ended, the oldest event first.

        Args:
            endpoint_id: where to.
            after: id of an event: those of later ones; empty for all.
            limit: how many.
        """
        ...

    async def settle(
        self,
        event: OutboundEvent,
        endpoint_ids: Sequence[str],
        status: DeliveryStatus,
        *,
        note: str,
        at: datetime,
    ) -> None:
        """End deliveries without an attempt: they were skipped, or given up in the engine.

        Attempts still ``running``, of this sending or an earlier one, become ``interrupted``.
        """
        ...

    async def list(
        self,
        endpoint_id: str,
        *,
        status: DeliveryStatus | None = None,
        limit: int,
        cursor: str | None = None,
    ) -> DeliveryPage:
        """A page of an endpoint's deliveries, newest event first.

        Raises:
            CursorError: the cursor is not one of ours.
        """
        ...
