"""Where in a request a value is: ``body.data.id``, ``header.x-event``, ``query.kind``."""

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias, cast

from layeron.payload import Payload
from layeron.request import Request

LocatorFunction: TypeAlias = Callable[[Request, Payload], str | int | None]


@dataclass(frozen=True, slots=True)
class Locator:
    """Finds one string in a request.

    Attributes:
        places: their values are joined with ``:``; if one is absent, so is the whole.
        function: the user's own finder, instead of places.
    """

    places: tuple[str, ...] = ()
    function: LocatorFunction | None = None

    def find(self, request: Request, payload: Payload) -> str | None:
        """The value in this request, or None where the request has none."""
        if self.function is not None:
            return _scalar(self.function(request, payload)) or None
        values = [_look(place, request, payload) for place in self.places]
        found = [value for value in values if value]
        return ":".join(found) if len(found) == len(values) else None


LocatorLike: TypeAlias = str | Sequence[str] | LocatorFunction | Locator


def parse_locator(value: LocatorLike) -> Locator:
    """Read a locator as written in options.

    Raises:
        ValueError: a place has another form.
    """
    if isinstance(value, Locator):
        return value
    if callable(value):
        if inspect.iscoroutinefunction(value):
            raise ValueError("an async function finds nothing in a request; write a plain one")
        return Locator(function=value)
    places = (value,) if isinstance(value, str) else tuple(value)
    for place in places:
        source, dot, name = place.partition(".")
        if place != "body_hash" and not (dot and name and source in {"body", "header", "query"}):
            raise ValueError(
                f"{place!r} is not a place in a request; write 'body.FIELD', 'header.NAME',"
                " 'query.NAME' or 'body_hash'"
            )
    return Locator(places)


def first_of(*places: str) -> Callable[[Request, Payload], str | None]:
    """A finder that takes the first of several places that has a value."""

    def find(request: Request, payload: Payload) -> str | None:
        return next((v for place in places if (v := _look(place, request, payload))), None)

    return find


def dotted(*places: str) -> Callable[[Request, Payload], str | None]:
    """A finder that joins the values of several places with dots, as groups of types have them.

    ``dotted("body.type", "body.action")`` finds ``Issue.create``, which ``Issue.*`` handles.
    """

    def find(request: Request, payload: Payload) -> str | None:
        values = [value for place in places if (value := _look(place, request, payload))]
        return ".".join(values) if len(values) == len(places) else None

    return find


def _look(place: str, request: Request, payload: Payload) -> str | None:
    source, _, name = place.partition(".")
    if source == "header":
        return request.headers.get(name)
    if source == "query":
        return request.query.get(name)
    if source == "body_hash":
        return request.body_sha256
    return _scalar(_walk(payload, name.split(".")))


def _walk(value: object, steps: Sequence[str]) -> object:
    for step in steps:
        if isinstance(value, Mapping):
            value = cast("Mapping[str, object]", value).get(step)
        elif isinstance(value, list) and step.isdecimal():
            items = cast("list[object]", value)
            value = items[int(step)] if int(step) < len(items) else None
        else:
            return None
    return value


def _scalar(value: object) -> str | None:
    """Text of a JSON scalar; containers and absences have none."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int | float):
        return str(value)
    return None
