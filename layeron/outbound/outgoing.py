"""An event as it is handed to `send`, and what is wrong with it."""

import json
import math
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Annotated, Any, ClassVar, cast

from pydantic import AfterValidator, ConfigDict, Field, TypeAdapter, ValidationError

from layeron.errors import PayloadError
from layeron.outbound.options import check_event_type, check_headers, check_plain

MOST_EVENTS = 100
"""In one call of `send_many`."""

_DEEPEST = 500
_LONGEST = 120

_PLAIN = AfterValidator(lambda given: given if given is None else check_plain(given))


def _new_key() -> str:
    return f"auto_{uuid.uuid4().hex}"


@dataclass(frozen=True, slots=True)
class OutgoingEvent:
    """One event for `send_many`.

    Attributes:
        event_type: such as ``invoice.paid``.
        payload: what can be written as JSON.
        idempotency_key: a second sending with the same key sends nothing. Without one, each object
            gets its own, so that sending the same object again is safe; None sends it anew.
        endpoints: names or ids of those it goes to; without it, all whose filter matches.
        user_id: the customer it is for.
        headers: more header fields for this event.
    """

    event_type: Annotated[str, AfterValidator(check_event_type)]
    payload: Any = field(repr=False)
    idempotency_key: Annotated[str | None, Field(min_length=1, max_length=255), _PLAIN] = field(
        default_factory=_new_key
    )
    endpoints: Sequence[str] | None = None
    user_id: Annotated[str | None, Field(min_length=1, max_length=200), _PLAIN] = None
    headers: Annotated[
        Mapping[str, str] | None,
        AfterValidator(lambda given: given if given is None else check_headers(given)),
    ] = None

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(
        strict=True, extra="forbid", revalidate_instances="always"
    )


_ADAPTER = TypeAdapter(OutgoingEvent)


def check_outgoing(event: OutgoingEvent) -> bytes:
    """The payload as compact JSON, if the event can be sent.

    Raises:
        PayloadError: a part of it cannot; says which and why.
    """
    try:
        _ADAPTER.validate_python(event)
    except ValidationError as error:
        first = error.errors(include_input=False)[0]
        message = first["msg"].removeprefix("Value error, ")
        place = ".".join(str(each) for each in first["loc"])
        raise PayloadError(f"{place}: {message[0].lower()}{message[1:]}") from None
    return encode_payload(event.payload)


def encode_payload(payload: object) -> bytes:
    """A payload as compact JSON in UTF-8.

    Raises:
        PayloadError: JSON cannot hold it; says what, where and the mend.
    """
    try:
        text = json.dumps(payload, allow_nan=False, ensure_ascii=False, separators=(",", ":"))
        return text.encode()
    except (TypeError, ValueError, RecursionError):
        raise PayloadError(_mistake_in(payload)) from None


def enveloped(event_type: str, payload: bytes, at: datetime) -> bytes:
    """The body as the Standard Webhooks specification recommends it."""
    stamp = at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return b'{"type":"%b","timestamp":"%b","data":%b}' % (
        event_type.encode(),
        stamp.encode(),
        payload,
    )


def _mistake_in(payload: object) -> str:
    """Depth first, so that what holds itself ends at the limit."""
    todo: list[tuple[str, object, int]] = [("payload", payload, 0)]
    while todo:
        where, value, depth = todo.pop()
        if depth > _DEEPEST:
            return "payload: it is nested too deep, or holds itself; send it flatter"
        if mistake := _mistake_at(value):
            return f"{where}: {mistake}"
        inside = ((f"{where}{step}"[:_LONGEST], each, depth + 1) for step, each in _within(value))
        todo += reversed(list(inside))
    return "payload: it cannot be written as JSON"


def _within(value: object) -> Iterator[tuple[str, object]]:
    if isinstance(value, dict):
        for key, each in cast("dict[object, object]", value).items():
            yield f".{key}", each
    elif isinstance(value, list | tuple):
        for number, each in enumerate(cast("Sequence[object]", value)):
            yield f"[{number}]", each


def _mistake_at(value: object) -> str | None:
    """What JSON cannot hold of a value, apart from what is within."""
    if isinstance(value, dict):
        keys = cast("dict[object, object]", value).keys()
        if odd := [each for each in keys if not isinstance(each, str | int | float | None)]:
            return f"a key is a {type(odd[0]).__name__}; JSON has only text as keys"
        return next(filter(None, (_mistake_at(each) for each in keys)), None)
    if isinstance(value, str):
        try:
            value.encode()
        except UnicodeEncodeError:
            return "a text holds half a character (a lone surrogate); leave it out"
    elif isinstance(value, float) and not math.isfinite(value):
        return f"JSON has no {value}; send null or leave it out"
    elif not isinstance(value, list | tuple | float | int | None):
        return f"JSON has no {type(value).__name__}; send it as text or as a number"
    return None
