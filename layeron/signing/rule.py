"""The signature rule: how a request is signed, as data; one model for both directions."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias, TypedDict

from pydantic import Field

from layeron.options import Options
from layeron.request import Request
from layeron.secrets import Secret

Algorithm: TypeAlias = Literal["hmac-sha256", "hmac-sha1", "hmac-sha512", "none"]
Encoding: TypeAlias = Literal["hex", "base64", "base64url"]


@dataclass(frozen=True, slots=True)
class VerificationContext:
    """What a custom verifier, extractor or payload function gets.

    Attributes:
        request: method, URL, path, query, headers and raw body.
        timestamp: as sent, before any check; None where the rule names none.
        signature: as extracted from the request; None where the rule names no place.
        secret: the value to verify with; a rotation calls a verifier once for each.
    """

    request: Request
    timestamp: str | None
    signature: str | None
    secret: str


Extractor: TypeAlias = Callable[[Request], str | Sequence[str] | None]
SignedPayload: TypeAlias = Callable[[VerificationContext], bytes | str]
Verifier: TypeAlias = (
    Callable[[VerificationContext], bool] | Callable[[VerificationContext], Awaitable[bool]]
)


class Signature(Options):
    """How requests are signed.

    Attributes:
        secret: one secret, or several that are all live (during a rotation).
        algorithm: of the signature; ``none`` accepts unsigned requests.
        header: the header field that carries the signature.
        headers: several fields, any of which may carry it.
        query_param: the query parameter that carries it.
        extract: a regular expression whose first group is a signature (each match is tried), or a
            function of the request.
        encoding: of the signature's text.
        prefix: text before it, such as ``sha256=``.
        timestamp_header: the header field with the time of signing.
        timestamp_query_param: the query parameter with it.
        timestamp_extract: a regular expression that finds it inside the signature header.
        tolerance_seconds: how far the time may be from ours, in both directions; None checks nothing.
        signed_payload: the bytes that are signed: ``raw_body``, ``timestamp.raw_body``,
            ``method.path.raw_body``, a template such as ``v0:{timestamp}:{body}``, or a function.
        verify: a function that decides alone, instead of all of the above.
    """

    secret: Secret | tuple[Secret, ...] = ()
    algorithm: Algorithm = "hmac-sha256"
    header: str | None = None
    headers: tuple[str, ...] = ()
    query_param: str | None = None
    extract: str | Extractor | None = None
    encoding: Encoding = "hex"
    prefix: str = ""
    timestamp_header: str | None = None
    timestamp_query_param: str | None = None
    timestamp_extract: str | None = None
    tolerance_seconds: float | None = Field(default=None, gt=0)
    signed_payload: str | SignedPayload = "raw_body"
    verify: Verifier | None = None


class SignatureDict(TypedDict, total=False):
    """The keys of `Signature`."""

    secret: Secret | Sequence[Secret]
    algorithm: Algorithm
    header: str
    headers: Sequence[str]
    query_param: str
    extract: str | Extractor
    encoding: Encoding
    prefix: str
    timestamp_header: str
    timestamp_query_param: str
    timestamp_extract: str
    tolerance_seconds: float | None
    signed_payload: str | SignedPayload
    verify: Verifier
