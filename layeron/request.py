"""An HTTP request as a verifier sees it: plain values, no web framework."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from multidict import CIMultiDict, CIMultiDictProxy, MultiDict, MultiDictProxy

from layeron.payload import Payload, parse_payload

Headers = CIMultiDictProxy[str]
"""Header fields: case-insensitive, several values a name, in the order received."""


def headers_of(pairs: Iterable[tuple[str, str]]) -> Headers:
    """Make case-insensitive headers from name-value pairs."""
    return CIMultiDictProxy(CIMultiDict(pairs))


@dataclass(frozen=True, slots=True)
class Request:
    """One received request.

    Attributes:
        method: the HTTP method in capitals.
        url: the absolute URL as the sender addressed it.
        path: the path as sent, still percent-encoded.
        query_string: the part after ``?`` as sent, without it.
        headers: every header field.
        body: the exact bytes received.
    """

    method: str
    url: str
    path: str
    query_string: str
    headers: Headers
    body: bytes
    _read: list[Payload] = field(
        default_factory=list["Payload"], init=False, repr=False, compare=False
    )

    @property
    def payload(self) -> Payload:
        """The body as what it is (see `parse_payload`); read once, because that can be large."""
        if not self._read:
            self._read.append(parse_payload(self.body, self.headers.get("content-type", "")))
        return self._read[0]

    @property
    def body_sha256(self) -> str:
        """Hexadecimal SHA-256 of the body."""
        return hashlib.sha256(self.body).hexdigest()

    @property
    def query(self) -> MultiDictProxy[str]:
        """The decoded query parameters."""
        pairs = parse_qsl(self.query_string, keep_blank_values=True)
        return MultiDictProxy(MultiDict(pairs))
