"""Read what a caller of the API asks, strictly; a mistake is named with its mend."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, cast, get_args

from starlette.datastructures import QueryParams
from starlette.requests import Request

from api.body import BodyTooLargeError, BodyUnreadableError, read_body
from layeron.identity import is_event_id
from layeron.records import Direction, EventFilter, EventStatus

_MOST_EVENTS = 200
_LARGEST_BODY = 64 * 2**10
_PARAMETERS = (
    "cursor", "direction", "external_id", "limit", "namespace", "search", "since", "status",
    "type", "until", "webhook",
)  # fmt: skip


class BadRequestError(Exception):
    """The question cannot be answered as it is; the message says what to change."""


def event_id_of(request: Request) -> str:
    """The event id in the path."""
    text = str(request.path_params["event_id"])
    if not is_event_id(text):
        raise BadRequestError("an event id looks like whevt_01J…, 32 characters long")
    return text


def filter_of(query: QueryParams) -> EventFilter:
    """The filter of a listing."""
    only(query, *_PARAMETERS)
    return EventFilter(
        direction=cast("Direction | None", choice_of(query, "direction", get_args(Direction))),
        namespace=query.get("namespace"),
        webhook=query.get("webhook"),
        status=cast("EventStatus | None", choice_of(query, "status", get_args(EventStatus))),
        event_type=query.get("type"),
        external_event_id=query.get("external_id"),
        search=query.get("search"),
        since=_time(query, "since"),
        until=_time(query, "until"),
    )


def only(query: QueryParams, *known: str) -> QueryParams:
    """The parameters, if each of them is known."""
    if unknown := sorted(set(query) - set(known)):
        raise BadRequestError(f"unknown parameter {unknown[0]!r}; use {', '.join(sorted(known))}")
    return query


def limit_of(query: QueryParams) -> int:
    """How many events a page shall have."""
    text = query.get("limit", "25")
    if not (text.isascii() and text.isdigit() and len(text) < 5 and 1 <= int(text) <= _MOST_EVENTS):  # noqa: PLR2004  # digits enough for any valid limit
        raise BadRequestError(f"'limit' must be a number from 1 to {_MOST_EVENTS}")
    return int(text)


async def object_of(request: Request) -> Mapping[str, Any]:
    """The JSON object in the body; an empty body is an empty object."""
    try:
        body = await read_body(request, largest=_LARGEST_BODY, seconds=10)
    except (BodyTooLargeError, BodyUnreadableError) as bad:
        raise BadRequestError("the body must be a JSON object of at most 64 KiB") from bad
    return object_in(body) if body else {}


def object_in(body: bytes) -> Mapping[str, Any]:
    """The JSON object that a body is."""
    try:
        value: object = json.loads(body, parse_constant=_no_constant)
    except (ValueError, RecursionError) as bad:
        raise BadRequestError("the body must be a JSON object") from bad
    if not isinstance(value, dict):
        raise BadRequestError("the body must be a JSON object")
    return cast("dict[str, Any]", value)


def fields_of(asked: Mapping[str, Any], *known: str) -> Mapping[str, Any]:
    """The same object, if each of its fields is known."""
    if unknown := sorted(set(asked) - set(known)):
        raise BadRequestError(
            f"unknown field {unknown[0][:80]!r}; use {', '.join(sorted(known)) or 'none'}"
        )
    return asked


def texts_in(asked: Mapping[str, Any], name: str) -> list[str] | None:
    """An optional list of texts in a JSON object."""
    value = asked.get(name)
    if value is None:
        return None
    several = cast("list[object]", value) if isinstance(value, list) else []
    texts = [each for each in several if isinstance(each, str)]
    if not texts or len(texts) < len(several):
        raise BadRequestError(f"{name!r} must be a list of texts that is not empty")
    return texts


def text_in(asked: Mapping[str, Any], name: str, longest: int = 500) -> str | None:
    """An optional text in a JSON object."""
    value = asked.get(name)
    if value is not None and not (isinstance(value, str) and len(value) <= longest):
        raise BadRequestError(f"{name!r} must be text of at most {longest} characters")
    return value


def choice_of(query: QueryParams, name: str, choices: tuple[str, ...]) -> str | None:
    """One of several values, if the parameter is there."""
    text = query.get(name)
    if text is not None and text not in choices:
        raise BadRequestError(f"{name!r} must be one of {', '.join(choices)}")
    return text


def _time(query: QueryParams, name: str) -> datetime | None:
    text = query.get(name)
    if text is None:
        return None
    try:
        # A '+' that was not percent-encoded arrives as a space.
        moment = datetime.fromisoformat(text.replace(" ", "+"))
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        raise BadRequestError(f"{name!r} must be a time such as 2026-01-31T12:00:00Z") from None


def _no_constant(name: str) -> float:
    raise ValueError(f"JSON has no {name}")
