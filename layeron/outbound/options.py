"""What may be said of an endpoint, in code and over the API alike, and of an event type."""

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, TypedDict

from pydantic import Field, field_validator

from layeron.errors import ConfigurationError, PayloadError
from layeron.options import AnyOptions, Options, read_options
from layeron.outbound.retry import OutboundRetry, OutboundRetryDict
from layeron.outbound.urls import check_url
from layeron.secrets import Secret
from layeron.signing.rule import Signature, SignatureDict

EVENT_TYPE = re.compile(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*")
"""As the Standard Webhooks specification recommends: words parted by full stops."""

_CONTROL = r"\x00-\x1f\x7f-\x9f\u2028\u2029"
PLAIN_TEXT = f"^[^{_CONTROL}]+$"
"""A text of one line: without control characters, which logs and workflow ids must not hold."""

ENDPOINT_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
LONGEST_EVENT_TYPE = 128
_PATTERN = re.compile(rf"\*|{EVENT_TYPE.pattern}(\.\*)?")
_HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,128}")
_HEADER_VALUE = re.compile(r"(?![\t ])[\t\x20-\x7e]{0,4096}(?<![\t ])")
_OURS = re.compile(
    r"host|connection|content-length|content-type|transfer-encoding|te|trailer|upgrade|expect"
    r"|keep-alive|proxy-.*|webhook-.*|user-agent|x-forwarded-.*|forwarded|via"
)
"""Header fields that say where a request goes and ends, or that we say ourselves."""

_MOST_HEADERS = 32
_LARGEST_METADATA = 16 * 2**10


def check_event_type(event_type: str) -> str:
    """The same text, if it can be the type of an event.

    Raises:
        ValueError: it has another form, or is too long.
    """
    if not EVENT_TYPE.fullmatch(event_type) or len(event_type) > LONGEST_EVENT_TYPE:
        raise ValueError(
            f"{event_type[:40]!r} is no event type; write words parted by full stops, such as"
            f" 'invoice.paid', at most {LONGEST_EVENT_TYPE} characters"
        )
    return event_type


def check_plain(text: str) -> str:
    """The same text, if it is one line that people can read.

    Raises:
        ValueError: it holds a line break or another control character.
    """
    if re.search(f"[{_CONTROL}]", text):
        raise ValueError("it holds a line break, NUL or another control character; leave that out")
    return text


def wants(patterns: Sequence[str], event_type: str) -> bool:
    """Whether a filter of event types lets this one through; an empty one lets all through."""
    return not patterns or any(
        each in {"*", event_type}
        or (each.endswith(".*") and event_type.startswith(each.removesuffix("*")))
        for each in patterns
    )


def check_headers(headers: Mapping[str, str]) -> Mapping[str, str]:
    """The same header fields, if a customer may set them.

    Raises:
        ValueError: one is not allowed, or holds characters that no header has.
    """
    if len(headers) > _MOST_HEADERS:
        raise ValueError(f"{len(headers)} header fields are too many; at most {_MOST_HEADERS}")
    for name, value in headers.items():
        if not _HEADER_NAME.fullmatch(name):
            raise ValueError(f"{name[:40]!r} is no header name; write one such as 'x-tenant'")
        if _OURS.fullmatch(name.lower()):
            raise ValueError(f"header {name!r} is set by the service; leave it out")
        if not _HEADER_VALUE.fullmatch(value):
            raise ValueError(
                f"the value of header {name!r} must be printable ASCII of at most 4096 characters,"
                " without blanks at its ends"
            )
    spellings = Counter(name.lower() for name in headers)
    if twice := [name for name, count in spellings.items() if count > 1]:
        raise ValueError(f"header {twice[0]!r} is there in several spellings; keep one")
    return headers


class EndpointOptions(Options):
    """An endpoint as it can be described anywhere.

    Attributes:
        name: short and stable; shown wherever the endpoint is.
        url: where events are posted to.
        event_types: exact types, groups such as ``invoice.*``, or ``*``; empty means all.
        headers: sent with each request; they are shown to who may read the endpoint, so no place
            for secrets of yours.
        timeout_seconds: for a whole attempt, from name lookup to the end of the answer.
        retry: when a failed delivery is tried again.
        rate_limit: deliveries a second, from 0.001; without it, as many as come.
        fifo: one after the other, each waits for the success of the one before.
        description: for people.
        metadata: of your own, such as ids; kept and given back.
        user_id: the customer it belongs to; only events of this customer are sent to it.
    """

    name: str = Field(pattern=f"^{ENDPOINT_NAME.pattern}$")
    url: str = Field(max_length=2048)
    event_types: tuple[str, ...] = Field(default=(), max_length=200)
    headers: Mapping[str, str] = {}
    timeout_seconds: float = Field(default=20, ge=1, le=60)
    retry: OutboundRetry = OutboundRetry()
    rate_limit: float | None = Field(default=None, ge=0.001, le=10_000)
    fifo: bool = False
    description: str = Field(default="", max_length=500)
    metadata: Mapping[str, Any] = {}
    user_id: str | None = Field(default=None, max_length=200, pattern=PLAIN_TEXT)

    @field_validator("url")
    @classmethod
    def _url_is_usable(cls, value: str) -> str:
        check_url(value)
        return value

    @field_validator("headers")
    @classmethod
    def _headers_are_allowed(cls, value: Mapping[str, str]) -> Mapping[str, str]:
        return check_headers(value)

    @field_validator("metadata")
    @classmethod
    def _metadata_is_json(cls, value: Mapping[str, Any]) -> Mapping[str, Any]:
        try:
            size = len(json.dumps(dict(value), allow_nan=False))
        except (TypeError, ValueError, RecursionError):
            raise ValueError("it holds what JSON cannot; write texts and numbers") from None
        if size > _LARGEST_METADATA:
            raise ValueError(f"{size} characters as JSON are too many; at most {_LARGEST_METADATA}")
        return value

    @field_validator("event_types")
    @classmethod
    def _types_are_patterns(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for each in value:
            if not _PATTERN.fullmatch(each) or len(each) > LONGEST_EVENT_TYPE:
                raise ValueError(
                    f"{each[:40]!r} is no event type; write one such as 'invoice.paid', a group"
                    " such as 'invoice.*', or '*'"
                )
        return value


def read_given(
    model: type[AnyOptions], given: AnyOptions | Mapping[str, Any], *, webhook: str, option: str
) -> AnyOptions:
    """Options that come at run time, typed.

    Raises:
        PayloadError: one is wrong; in one sentence that names the option and the mend.
    """
    try:
        return read_options(model, given, webhook=webhook, option=option)
    except ConfigurationError as error:
        raise PayloadError(str(error)) from None


class DeclaredEndpoint(EndpointOptions):
    """An endpoint in code, which besides may be signed for by any rule.

    Attributes:
        secret: what Standard Webhooks signatures are made with.
        signing: another rule, its secret with it. With neither, a secret is generated.
    """

    secret: Secret | None = None
    signing: Signature | None = None


class EndpointChanges(TypedDict, total=False):
    """The keys of `EndpointOptions` that can be changed."""

    name: str
    url: str
    event_types: list[str]
    headers: Mapping[str, str]
    timeout_seconds: float
    retry: OutboundRetry | OutboundRetryDict
    rate_limit: float | None
    fifo: bool
    description: str
    metadata: Mapping[str, Any]


class NewEndpoint(EndpointChanges, total=False):
    """The keys of `EndpointOptions`."""

    user_id: str | None


class EndpointDict(NewEndpoint, total=False):
    """The keys of `DeclaredEndpoint`."""

    secret: Secret
    signing: Signature | SignatureDict


class EventType(Options):
    """A type of event that is sent.

    Attributes:
        description: for people.
        schema: a JSON Schema (2020-12) that every payload must fit.
        example: a payload that a test ping sends.
    """

    description: str = ""
    json_schema: Mapping[str, Any] | None = Field(default=None, alias="schema")
    example: Any = None


class EventTypeDict(TypedDict, total=False):
    """The keys of `EventType`."""

    description: str
    schema: Mapping[str, Any]
    example: Any
