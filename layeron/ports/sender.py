"""Port: sending one HTTP request to a stranger's address, safely."""

from dataclasses import dataclass, field
from typing import Protocol

from layeron.outbound.records import FailureKind

LARGEST_EXCERPT = 20_000
"""Bytes of a response that are read and kept; the rest is not even read."""


@dataclass(frozen=True, slots=True)
class Answered:
    """The other side answered, with any status.

    Attributes:
        excerpt: the first bytes of the body.
        truncated: there was more of it.
        address: the one that was connected to, or the proxy's.
        connect_seconds: until the connection stood; None where it stood before.
    """

    status: int
    headers: list[tuple[str, str]]
    excerpt: bytes = field(repr=False)
    truncated: bool
    address: str | None
    connect_seconds: float | None


@dataclass(frozen=True, slots=True)
class Unanswered:
    """There was no answer.

    Attributes:
        detail: in words; names no secret.
    """

    kind: FailureKind
    detail: str
    address: str | None = None


class Sender(Protocol):
    """Posts to addresses that customers chose.

    Only public addresses are connected to, unless the deployment allows others; the address that
    was checked is the one that is connected to. Redirects are not followed. No method raises for
    what the other side does.
    """

    async def post(
        self, url: str, *, headers: list[tuple[str, str]], body: bytes, seconds: float
    ) -> Answered | Unanswered:
        """Send; the whole exchange, name lookup included, takes at most *seconds*."""
        ...

    async def check(self, url: str) -> str | None:
        """Why nothing would be sent there, in one sentence with the mend; None if it would."""
        ...

    async def close(self) -> None:
        """Let go of connections and threads."""
        ...
