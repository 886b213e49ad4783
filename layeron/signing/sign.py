"""Sign a request by a rule: what a sender adds, so that `verify` accepts it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from urllib.parse import urlencode

from layeron.errors import ConfigurationError
from layeron.request import Request, headers_of
from layeron.signing.algorithms import SCHEMES
from layeron.signing.context import VerificationContext
from layeron.signing.encoding import CODECS
from layeron.signing.keys import decode_secret
from layeron.signing.message import message_of
from layeron.signing.rule import Signature
from layeron.signing.search import find_signatures, find_timestamp
from layeron.signing.timestamp import write_timestamp
from layeron.signing.verdict import RefusalError


@dataclass(frozen=True, slots=True)
class Proof:
    """What a sender adds to a request.

    Attributes:
        headers: header fields.
        query: query parameters.
    """

    headers: Mapping[str, str] = MappingProxyType({})
    query: Mapping[str, str] = MappingProxyType({})

    def on(self, request: Request) -> Request:
        """The request with it."""
        ...


def sign(
    rule: Signature, request: Request, secrets: Sequence[str], *, now: datetime
) -> Request:
    ...
