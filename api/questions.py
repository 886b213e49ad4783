"""Read what a caller of the API asks, strictly; a mistake is named with its mend."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar, cast

from annotated_types import GroupedMetadata
from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError, WithJsonSchema
from starlette.datastructures import QueryParams
from starlette.requests import Request

from api.body import BodyUnreadableError, read_body
from api.doc import Doc, Parameter
from api.parameters import PATH
from layeron.records import EventFilter

_BOOLEANS = {"1": True, "true": True, "0": False, "false": False}


class BadRequestError(Exception):
    """The question cannot be answered as it is; the message says what to change."""


class Question(BaseModel):
    """Base of what a body may ask for: an unknown field is a mistake."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Nothing(Question):
    """A body that asks for nothing more."""


@dataclass(frozen=True, slots=True)
class AtMost(GroupedMetadata):
    """Annotates a text of so many characters; they may be any, lone surrogates too."""

    characters: int

    def __iter__(self) -> Iterator[object]:
        """What it means to pydantic, whose own limit takes no surrogates."""
        yield AfterValidator(self._check)
        yield WithJsonSchema({"type": "string", "maxLength": self.characters})

    def _check(self, text: str) -> str:
        if len(text) > self.characters:
            raise ValueError(f"must be text of at most {self.characters} characters")
        return text


AnyQuestion = TypeVar("AnyQuestion", bound=Question)


async def read_request(request: Request, doc: Doc, *, seconds: float) -> None:
    """Read path, query and body by what the reference says of them, for the functions below.

    Raises:
        BadRequestError: one of them is another than that.
        BodyTooLargeError: the body is larger than it may be.
    """
    for name, text in request.path_params.items():
        _check_path(PATH[name], str(text))
    request.state.query = read_query(request.query_params, *doc.query)
    if doc.body is None:
        return
    try:
        body = await read_body(request, largest=doc.largest, seconds=seconds)
    except BodyUnreadableError as bad:
        raise BadRequestError(str(bad)) from bad
    request.state.body = object_in(body) if body or doc.body_required else {}


def query_of(request: Request) -> Mapping[str, Any]:
    """The parameters of the query, each of its type."""
    return cast("Mapping[str, Any]", request.state.query)


def object_of(request: Request) -> Mapping[str, Any]:
    """The JSON object in the body; an empty body is an empty object."""
    return cast("Mapping[str, Any]", request.state.body)


def question_of(request: Request, model: type[AnyQuestion]) -> AnyQuestion:
    """What the body asks for."""
    try:
        return model.model_validate(object_of(request))
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        name = ".".join(str(part) for part in first["loc"])[:80]
        match first["type"]:
            case "extra_forbidden":
                use = ", ".join(sorted(model.model_fields)) or "none"
                message = f"unknown field {name!r}; use {use}"
            case "missing":
                message = f"field {name!r} is missing"
            case _:
                said = first["msg"].removeprefix("Value error, ")
                message = f"{name!r}: {said[0].lower()}{said[1:]}" if name else said
        raise BadRequestError(message) from None


def _check_path(parameter: Parameter, text: str) -> None:
    pattern = parameter.schema.get("pattern")
    if pattern is not None and re.fullmatch(pattern, text) is None:
        looks = pattern.strip("^").partition("_")[0]
        raise BadRequestError(f"an id in this place looks like {looks}_01J…, in its full length")


def filter_of(asked: Mapping[str, Any]) -> EventFilter:
    """The filter that the parameters of `EVENT_FILTER` make."""
    return EventFilter(
        direction=asked.get("direction"),
        namespace=asked.get("namespace"),
        webhook=asked.get("webhook"),
        status=asked.get("status"),
        event_type=asked.get("type"),
        external_event_id=asked.get("external_id"),
        search=asked.get("search"),
        since=asked.get("since"),
        until=asked.get("until"),
        http_status=asked.get("http_status"),
        user_id=asked.get("user_id"),
    )


def read_query(query: QueryParams, *known: Parameter) -> dict[str, Any]:
    """The values of parameters, each by its schema; one that is absent has its default, or none."""
    names = {each.name for each in known}
    values: dict[str, Any] = {}
    for name, text in query.multi_items():
        if name not in names:
            use = ", ".join(sorted(names)) or "none"
            raise BadRequestError(f"unknown parameter {name[:80]!r}; use {use}")
        if name in values:
            raise BadRequestError(f"parameter {name!r} is there twice; give it once")
        values[name] = text
    for each in known:
        if each.name in values:
            values[each.name] = _value_of(each, values[each.name])
        elif "default" in each.schema:
            values[each.name] = each.schema["default"]
    return values


def _value_of(parameter: Parameter, text: str) -> object:
    match parameter.schema:
        case {"enum": choices} if text not in choices:
            raise BadRequestError(f"{parameter.name!r} must be one of {', '.join(choices)}")
        case {"type": "integer", "minimum": least, "maximum": most}:
            return _number(parameter.name, text, least, most)
        case {"type": "boolean"}:
            if text not in _BOOLEANS:
                raise BadRequestError(f"{parameter.name!r} must be 1 or 0")
            return _BOOLEANS[text]
        case {"format": "date-time"}:
            return _time(parameter.name, text)
        case _:
            return text


def _number(name: str, text: str, least: int, most: int) -> int:
    digits = text.isascii() and text.isdigit() and len(text) <= len(str(most))
    if not (digits and least <= int(text) <= most):
        raise BadRequestError(f"{name!r} must be a number from {least} to {most}")
    return int(text)


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


def time_of(text: str) -> datetime:
    """A time as ISO 8601 writes it; of UTC where it names no offset.

    Raises:
        ValueError: it is none.
    """
    try:
        moment = datetime.fromisoformat(text)
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        raise ValueError("must be a time such as 2026-01-31T12:00:00Z") from None


def _time(name: str, text: str) -> datetime:
    try:
        return time_of(text.replace(" ", "+"))  # a '+' not percent-encoded arrives as a space
    except ValueError as bad:
        raise BadRequestError(f"{name!r} {bad}") from None


def _no_constant(name: str) -> float:
    raise ValueError(f"JSON has no {name}")
