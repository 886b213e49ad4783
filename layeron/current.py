"""Which event is being worked on here: what log lines carry that a handler writes."""

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Current:
    """The event that this task or thread works on.

    Attributes:
        webhook: as ``namespace/name``.
        hidden: texts that no log line may show: values of secrets and of redacted fields.
    """

    event_id: str
    webhook: str
    hidden: Sequence[str] = field(repr=False)


_CURRENT: ContextVar[Current | None] = ContextVar("layeron_current_event", default=None)


@contextmanager
def working_on(event_id: str, webhook: str, hidden: Sequence[str]) -> Generator[None]:
    """Let what is logged until the end of the block carry this event."""
    token = _CURRENT.set(Current(event_id, webhook, hidden))
    try:
        yield
    finally:
        _CURRENT.reset(token)


def current() -> Current | None:
    """The event of this task or thread, if it works on one."""
    return _CURRENT.get()
