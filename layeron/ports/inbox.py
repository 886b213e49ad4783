"""Port: the inbox, where events that the engine does not take now are durable until it does."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from layeron.outbound.records import OutboundEvent
from layeron.ports.engine import Duplicate
from layeron.records import InboundEvent


@dataclass(frozen=True, slots=True)
class Pending:
    """An event that waits to be started.

    Attributes:
        number: its place in the order in which they came.
        event: the input of its workflow.
        body: the raw bytes, or None when they are in the store of bodies.
        refusals: how often the engine did not take it although it took others.
    """

    number: int
    event: InboundEvent | OutboundEvent
    body: bytes | None = field(repr=False)
    refusals: int = 0


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of an event that waited.

    Attributes:
        repeats: the event that it turned out to repeat; None when it was started.
    """

    pending: Pending
    repeats: Duplicate | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits in the inbox.

    Attributes:
        events: how many.
        size: of all of them, in bytes.
        oldest_seconds: how long ago the oldest was received; 0 when there is none.
    """

    events: int = 0
    size: int = 0
    oldest_seconds: float = 0.0


class Inbox(Protocol):
    """Keeps events in the order in which they came, one for each key and window.

    Every method raises `DatabaseUnavailableError` when the inbox does not answer.
    """

    async def add(
        self, event: InboundEvent | OutboundEvent, body: bytes | None
    ) -> Duplicate | None:
        """Make an event durable, unless its key waits already; a value tells of that one."""
        ...

    async def find_first(self, event: InboundEvent | OutboundEvent) -> Duplicate | None:
        """The event with the same key that waits, if its window is not over for this one."""
        ...

    async def find(self, event_id: str) -> Pending | None:
        """One that waits, by its id."""
        ...

    async def claim(
        self, owner: str, *, limit: int, at: datetime, until: datetime
    ) -> Sequence[Pending]:
        """Take the oldest that are due, to start them; they stay until they are settled.

        Only one owner has any at a time, so that they are started in their order; when its time is
        over another one may have them. What goes to queues is held up by one before it that was
        postponed, so that it overtakes none, for about a quarter of an hour.

        Args:
            owner: who starts them.
            limit: at most so many.
            at: now.
            until: when another one may have them.
        """
        ...

    async def settle(self, settled: Sequence[Settled], *, at: datetime) -> None:
        """Remove what was started, and what repeats another event, whose id it leads to then.

        However often one is settled, its repeat is counted once.
        """
        ...

    async def postpone(self, numbers: Sequence[int], *, until: datetime) -> None:
        """Let others go first, as the engine takes them and not these; nobody owns these now."""
        ...

    async def release(self, owner: str, *, at: datetime) -> None:
        """Let go of what an owner took and did not settle, as far as it is not postponed."""
        ...

    async def waits_for(self, user_id: str, *, before: datetime) -> bool:
        """Whether something waits that was sent for a user before a time."""
        ...

    async def waiting(self) -> Waiting:
        """How much waits, and for how long."""
        ...
