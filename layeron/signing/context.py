"""What the functions a user puts into a rule get, and what they are."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TypeAlias

from multidict import MultiDictProxy

from layeron.ports.documents import Documents, NoDocuments
from layeron.request import Headers, Request


@dataclass(frozen=True, slots=True)
class VerificationContext:
    """What a custom verifier, extractor or payload function gets.

    Attributes:
        request: method, URL, path, query, headers and raw body.
        timestamp: as sent; None where the rule names none.
        signature: as extracted from the request; None where the rule names no place, or it is
            not there.
        secret: the value to verify with; a rotation calls a verifier once for each.
        documents: fetches certificates and key sets; a verifier that needs one is async.
        now: the time to judge by.
    """

    request: Request
    timestamp: str | None = None
    signature: str | None = None
    secret: str = field(default="", repr=False)
    documents: Documents = field(default=NoDocuments(), repr=False)
    now: datetime = field(default_factory=lambda: datetime.now(UTC))

    @property
    def raw_body(self) -> bytes:
        """The exact bytes received."""
        return self.request.body

    @property
    def headers(self) -> Headers:
        """Every header field."""
        return self.request.headers

    @property
    def method(self) -> str:
        """The HTTP method in capitals."""
        return self.request.method

    @property
    def path(self) -> str:
        """The path as sent, still percent-encoded."""
        return self.request.path

    @property
    def query(self) -> MultiDictProxy[str]:
        """The decoded query parameters."""
        return self.request.query


Extractor: TypeAlias = Callable[[VerificationContext], str | Sequence[str] | None]
SignedPayload: TypeAlias = Callable[[VerificationContext], bytes | str]
Signer: TypeAlias = Callable[[Request, str, datetime], Request]
"""Signs a request with a secret (or a private key) at a time: the sender's half of a verifier."""

Verifier: TypeAlias = (
    Callable[[VerificationContext], bool] | Callable[[VerificationContext], Awaitable[bool]]
)
