"""Port: the workflow engine, as the receiver and the operators use it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, Protocol, TypeAlias

from layeron.outbound.records import OutboundEvent
from layeron.records import EventStatus, InboundEvent

QueueCommand: TypeAlias = Literal["skip", "retry"]
"""To the lane of a ``fifo`` endpoint: go on without the event it waits for, or try it at once."""


@dataclass(frozen=True, slots=True)
class Started:
    """A new event, which is durable.

    Attributes:
        event: as started; its workflow id may be that of a later generation.
        waits: it is not started yet: it waits in the inbox for the engine.
    """

    event: InboundEvent | OutboundEvent
    waits: bool = False


@dataclass(frozen=True, slots=True)
class Duplicate:
    """The engine knows an event with this key inside its window.

    Attributes:
        event_id: of the first.
        workflow_id: of the first.
        body_sha256: of the first's bytes, or of its content if it is sent (see `OutboundEvent`),
            to tell a repeat from a conflict; None if unknown.
    """

    event_id: str
    workflow_id: str
    body_sha256: str | None


@dataclass(frozen=True, slots=True)
class Handled:
    """What a workflow answered.

    Attributes:
        status: the event's status, or ``duplicate`` when the database remembered an earlier event
            that the engine had forgotten.
        response: the answer of a ``queue=False`` handler (see `layeron.answer`).
        duplicate_of: the earlier event.
    """

    status: EventStatus | Literal["duplicate"]
    response: Any = None
    duplicate_of: str | None = None


@dataclass(frozen=True, slots=True)
class Execution:
    """What is known of an event whose record does not exist yet.

    Attributes:
        event: the input its workflow was started with.
        body: the raw bytes, if they travelled with it.
        run_id: of the workflow; None while the event waits in the inbox.
        status: as far as the engine can tell.
    """

    event: InboundEvent | OutboundEvent
    body: bytes | None
    run_id: str | None
    status: EventStatus


@dataclass(frozen=True, slots=True)
class Backlog:
    """What waits for workers.

    Attributes:
        work: what the workers of this queue do.
        waiting: tasks, about; a workflow that sleeps until its next attempt is none.
        oldest_seconds: how long the oldest of them has waited.
    """

    work: Literal["handling", "sending"]
    waiting: int
    oldest_seconds: float


class Engine(Protocol):
    """Starts one workflow per event.

    Every method raises `EngineUnavailableError` when the engine does not answer in time.
    """

    async def start(
        self, event: InboundEvent | OutboundEvent, body: bytes | None
    ) -> Started | Duplicate:
        """Make an event durable, once per key and window.

        The same event again, which an unanswered call may have started, is `Started` again.

        Args:
            event: its workflow id is that of the first generation.
            body: the raw bytes, or None when they are stored already.
        """
        ...

    async def start_replay(self, event: InboundEvent | OutboundEvent) -> None:
        """Start the workflow of a replay; starting the same one again is fine."""
        ...

    async def enqueue(self, event: OutboundEvent, endpoint_id: str) -> None:
        """Put an event in the lane of a ``fifo`` endpoint; the same one again is fine."""
        ...

    async def tell_lane(self, endpoint_id: str, command: QueueCommand, event_id: str) -> None:
        """Let a lane go on without the event it waits for, or try that one again at once.

        Raises:
            NotFoundError: the endpoint has no lane with work to do.
        """
        ...

    async def run_bulk_replay(self, bulk_id: str) -> None:
        """Run a bulk replay's workflow; one that runs looks at its record again."""
        ...

    async def erase_user(self, user_id: str, *, before: datetime) -> None:
        """Delete the bodies of what was sent for a user before a time; asking again is fine."""
        ...

    async def schedule_retention(self) -> None:
        """Apply retention every hour from now on; if that is so already, it stays as it is."""
        ...

    async def result(self, workflow_id: str, timeout: timedelta) -> Handled | None:  # noqa: ASYNC109  # bounds a long poll of the engine
        """Wait for a workflow's answer; None if it takes longer than *timeout*."""
        ...

    async def find(self, event_id: str) -> Execution | None:
        """Look an event up in the engine, for the moments before its record exists."""
        ...

    async def is_running(self, workflow_id: str) -> bool:
        """Whether a workflow is open."""
        ...

    async def retention(self) -> timedelta:
        """How long the engine remembers workflows that have ended."""
        ...

    async def backlog(self) -> Sequence[Backlog]:
        """How much waits for workers, of each kind of work."""
        ...

    async def decode(self, payloads: bytes) -> bytes:
        """What is in payloads that a tool of the engine's shows; both in that tool's JSON.

        Raises:
            PayloadError: they have another form.
            SecretUnavailableError: they were encrypted with a key that is not here.
        """
        ...

    async def check(self) -> None:
        """Return if the engine takes starts now."""
        ...
