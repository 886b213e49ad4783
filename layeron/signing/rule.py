"""The signature rule: how a request is signed, as data; one model for both directions."""

import re
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, Literal, Self, TypeAlias, TypedDict, cast

from pydantic import Field, field_validator, model_validator

from layeron.options import Options
from layeron.secrets import Secret
from layeron.signing.context import (
    Extractor,
    SignedPayload,
    Signer,
    VerificationContext,
    Verifier,
)
from layeron.signing.encoding import Encoding
from layeron.signing.keys import SECRET_ENCODINGS, SecretEncoding
from layeron.signing.mistakes import mistakes_of
from layeron.signing.template import Template, parse_template
from layeron.signing.timestamp import TimestampFormat

__all__ = ["Algorithm", "Signature", "SignatureDict", "VerificationContext"]

Algorithm: TypeAlias = Literal[
    "hmac-sha256",
    "hmac-sha1",
    "hmac-sha512",
    "ed25519",
    "ecdsa-p256-sha256",
    "rsa-sha256",
    "rsa-sha1",
    "token",
    "basic",
    "none",
]


TIMESTAMP_PLACES = (
    "timestamp_header",
    "timestamp_query_param",
    "timestamp_body_field",
    "timestamp_prefix",
    "timestamp_extract",
)
"""The options that say where the time of signing is; a rule has at most one of them."""

_HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_LAYOUT = re.compile(
    r"[^{}]*({timestamp}[^{}]*)?{signature}[^{}]*|[^{}]*{signature}[^{}]*{timestamp}[^{}]*"
)
_IMPLIED: Mapping[str, Mapping[str, str]] = {
    "token": {"encoding": "text"},
    "basic": {"encoding": "base64", "header": "authorization", "prefix": "Basic "},
}


class Signature(Options):
    """How requests are signed.

    Attributes:
        secret: one secret, or several that are all live (during a rotation). For ``ed25519``,
            ``ecdsa-p256-sha256`` and ``rsa-…`` it is the sender's public key, for ``basic`` it is
            ``user:password``.
        secret_encoding: how the secret's text stands for the key: ``text`` as it is, ``base64``,
            ``hex``, ``whsec`` or ``whpk`` (Standard Webhooks); with several, each is tried.
        algorithm: of the signature; ``token`` compares a shared token, ``none`` accepts unsigned
            requests.
        header: the header field that carries the signature.
        headers: several fields, any of which may carry it.
        query_param: the query parameter that carries it.
        body_field: the field of the body that carries it, such as ``signature.value``.
        separator: each of these characters parts the values of a header that holds several.
        prefix: text before the signature, such as ``sha256=``; what lacks it is no signature.
        extract: a regular expression whose first group is a signature (each match is tried), or a
            function that gets the context and returns a signature or several.
        encoding: of the signature's text.
        timestamp_header: the header field with the time of signing.
        timestamp_query_param: the query parameter with it.
        timestamp_body_field: the field of the body with it.
        timestamp_prefix: text before it, among the separated values of the signature's header.
        timestamp_extract: a regular expression that finds it in the signature's header.
        timestamp_format: seconds (``unix``), milliseconds (``unix-ms``) or ``iso8601``.
        tolerance_seconds: how far the time may be from ours, in both directions; None checks
            nothing.
        signed_payload: the bytes that are signed: ``raw_body``, ``timestamp.raw_body``,
            ``method.path.raw_body``, a template such as ``v0:{timestamp}:{body}``, or a function.
        layout: how a sender writes a header that is read by ``extract``, such as
            ``t={timestamp},v1={signature}``; only signing needs it.
        verify: a function that decides about the signature, instead of algorithm and payload; a
            plain one runs in a thread.
        sign: with ``verify``, a function that signs a request; only senders and tests need it.
        also: other rules; a request that satisfies any one of them is accepted.
    """

    secret: Secret | tuple[Secret, ...] = ()
    secret_encoding: SecretEncoding | tuple[SecretEncoding, ...] = "text"  # noqa: S105  # a form
    algorithm: Algorithm = "hmac-sha256"
    header: str | None = None
    headers: tuple[str, ...] = ()
    query_param: str | None = None
    body_field: str | None = None
    separator: str = ""
    prefix: str = ""
    extract: str | Extractor | None = None
    encoding: Encoding = "hex"
    timestamp_header: str | None = None
    timestamp_query_param: str | None = None
    timestamp_body_field: str | None = None
    timestamp_prefix: str | None = None
    timestamp_extract: str | None = None
    timestamp_format: TimestampFormat = "unix"
    tolerance_seconds: float | None = Field(default=300, gt=0)
    signed_payload: str | SignedPayload = "raw_body"
    layout: str | None = None
    verify: Verifier | None = None
    sign: Signer | None = None
    also: "tuple[Signature, ...]" = ()

    @cached_property
    def own_secrets(self) -> tuple[Secret, ...]:
        """The secrets of this rule alone."""
        return (self.secret,) if isinstance(self.secret, Secret) else self.secret

    @cached_property
    def secrets(self) -> tuple[Secret, ...]:
        """Every secret a request may be signed with, those of ``also`` included, each once."""
        others = (each for rule in self.also for each in rule.secrets)
        return tuple(dict.fromkeys([*self.own_secrets, *others]))

    @cached_property
    def header_names(self) -> tuple[str, ...]:
        """The header fields that may carry the signature."""
        return self.headers if self.header is None else (self.header, *self.headers)

    @cached_property
    def secret_encodings(self) -> tuple[SecretEncoding, ...]:
        """The ways to read a secret."""
        one = self.secret_encoding
        return (one,) if isinstance(one, str) else one

    @cached_property
    def template(self) -> Template | None:
        """What is signed; None where a function says it."""
        return parse_template(self.signed_payload) if isinstance(self.signed_payload, str) else None

    @cached_property
    def timestamp_places(self) -> tuple[str, ...]:
        """Which options name the place of the time of signing; at most one, once checked."""
        return tuple(option for option in TIMESTAMP_PLACES if getattr(self, option) is not None)

    @model_validator(mode="before")
    @classmethod
    def _imply(cls, data: Any) -> Any:
        """Fill in what an algorithm says by its name."""
        if not isinstance(data, Mapping):
            return data
        written = cast("Mapping[str, object]", data)
        return {**_IMPLIED.get(str(written.get("algorithm")), {}), **written}

    @field_validator("secret", mode="before")
    @classmethod
    def _secrets_are_names(cls, value: object) -> object:
        several = cast("Sequence[object]", value) if isinstance(value, list | tuple) else [value]
        if not all(isinstance(each, Secret) for each in several):
            raise ValueError("write secret('NAME') and keep the value in the secret store")
        return value if isinstance(value, Secret) else tuple(several)

    @field_validator("secret_encoding", mode="before")
    @classmethod
    def _secrets_are_written_in_known_ways(cls, value: object) -> object:
        several = cast("Sequence[object]", value) if isinstance(value, list | tuple) else [value]
        known = list(SECRET_ENCODINGS)
        for each in several:
            if each not in known:
                raise ValueError(
                    f"{each!r} is no way to write a secret; choose from {', '.join(known)}"
                )
        return value if isinstance(value, str) else tuple(several)

    @field_validator("extract", "timestamp_extract")
    @classmethod
    def _patterns_have_a_group(cls, value: object) -> object:
        if isinstance(value, str):
            try:
                groups = re.compile(value).groups
            except re.error as error:
                raise ValueError(f"{value!r} is no regular expression ({error}); mend it") from None
            if groups == 0:
                raise ValueError(f"{value!r} has no group; put '(' and ')' around what it finds")
        return value

    @field_validator("header", "headers", "timestamp_header")
    @classmethod
    def _headers_have_names(cls, value: str | tuple[str, ...] | None) -> object:
        for name in (value,) if isinstance(value, str) else value or ():
            if not _HEADER_NAME.fullmatch(name):
                raise ValueError(f"{name!r} is no header name; write one such as 'x-signature'")
        return value

    @field_validator("signed_payload")
    @classmethod
    def _payload_is_a_template(cls, value: str | SignedPayload) -> str | SignedPayload:
        if isinstance(value, str):
            parse_template(value)
        return value

    @field_validator("layout")
    @classmethod
    def _layout_holds_the_signature(cls, value: str | None) -> str | None:
        if value is not None and not _LAYOUT.fullmatch(value):
            raise ValueError(
                f"{value!r} must hold {{signature}} once, and at most {{timestamp}} besides; write"
                " one such as 't={timestamp},v1={signature}'"
            )
        return value

    @model_validator(mode="after")
    def _has_no_mistake(self) -> Self:
        for mistake in mistakes_of(self):
            raise ValueError(mistake)
        return self


class SignatureDict(TypedDict, total=False):
    """The keys of `Signature`."""

    secret: Secret | Sequence[Secret]
    secret_encoding: SecretEncoding | Sequence[SecretEncoding]
    algorithm: Algorithm
    header: str
    headers: Sequence[str]
    query_param: str
    body_field: str
    separator: str
    prefix: str
    extract: str | Extractor
    encoding: Encoding
    timestamp_header: str
    timestamp_query_param: str
    timestamp_body_field: str
    timestamp_prefix: str
    timestamp_extract: str
    timestamp_format: TimestampFormat
    tolerance_seconds: float | None
    signed_payload: str | SignedPayload
    layout: str
    verify: Verifier
    sign: Signer
    also: "Sequence[Signature | SignatureDict]"
