"""The bytes a signature covers, as a template: ``v0:{timestamp}:{body}``."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache, partial
from string import Formatter
from typing import TypeAlias

from layeron.locator import Locator
from layeron.payload import MOST_FIELDS
from layeron.request import Request
from layeron.signing.verdict import Cause, RefusalError
from layeron.signing.wire import is_form, parameters, wire_bytes, wire_text

_Part: TypeAlias = Callable[[Request, str], bytes]

PRESETS: Mapping[str, str] = {
    "raw_body": "{body}",
    "timestamp.raw_body": "{timestamp}.{body}",
    "method.path.raw_body": "{method}.{path}.{body}",
}


@dataclass(frozen=True, slots=True)
class Template:
    """What is signed.

    Attributes:
        placeholders: those that occur, such as ``body`` or ``header.x-request-id``.
    """

    placeholders: frozenset[str]
    _parts: tuple[bytes | _Part, ...]

    def render(self, request: Request, timestamp: str) -> bytes:
        """The signed bytes of one request.

        Raises:
            RefusalError: the request lacks a header or field that is signed.
        """
        return b"".join(
            [part if isinstance(part, bytes) else part(request, timestamp) for part in self._parts]
        )

    @property
    def headers(self) -> frozenset[str]:
        """The names of the signed header fields."""
        return frozenset(
            name.removeprefix("header.") for name in self.placeholders if name.startswith("header.")
        )


@lru_cache(maxsize=1024)
def parse_template(text: str) -> Template:
    """Read a template, or the name of one of `PRESETS`.

    Raises:
        ValueError: in one clause that names the mistake and the mend.
    """
    text = PRESETS.get(text, text)
    parts: list[bytes | _Part] = []
    placeholders: set[str] = set()
    try:
        pieces = list(Formatter().parse(text))
    except ValueError:
        raise ValueError(f"{text!r} has a lone brace; write '{{{{' or '}}}}' for one") from None
    for literal, name, form, conversion in pieces:
        if literal:
            parts.append(literal.encode())
        if name is not None:
            if form or conversion:
                raise ValueError(f"'{{{name}}}' takes no format; leave out '!' and ':' after it")
            parts.append(_reader(name))
            placeholders.add(name)
    if not placeholders:
        raise ValueError(
            f"{text!r} signs nothing of the request; write {', '.join(map(repr, PRESETS))}, or a"
            " template such as '{timestamp}.{body}'"
        )
    return Template(frozenset(placeholders), tuple(parts))


def _reader(name: str) -> _Part:
    source, dot, rest = name.partition(".")
    if dot and rest and source in _FIELDS:
        return partial(_FIELDS[source], rest)
    if name in _WHOLES:
        return _WHOLES[name]
    known = [*_WHOLES, *(f"{source}.NAME" for source in _FIELDS)]
    raise ValueError(f"'{{{name}}}' is no placeholder; choose from {', '.join(known)}")


def _header(name: str, request: Request, _timestamp: str) -> bytes:
    return wire_bytes(_one(request.headers.getall(name, []), "header", name))


def _query_parameter(name: str, request: Request, _timestamp: str) -> bytes:
    pairs = parameters(wire_bytes(request.query_string))
    values = [value for each, value in pairs if each == wire_text(name)]
    return _one(values, "query parameter", name).encode("latin-1")


def _body_field(name: str, request: Request, _timestamp: str) -> bytes:
    value = Locator((f"body.{name}",)).find(request, request.payload)
    found = [] if value is None else [value]
    return _one(found, "body field", name).encode("utf-8", "surrogatepass")


def _one(values: list[str], kind: str, name: str) -> str:
    """The only value: with several, what was signed and what is read later could differ."""
    if len(values) != 1:
        found = "is missing" if not values else f"is there {len(values)} times"
        raise RefusalError(Cause.MISSING_SIGNED_FIELD, f"the signed {kind} {name!r} {found}")
    return values[0]


def _form(request: Request, _timestamp: str) -> bytes:
    """Form fields as name and value run together, by name; equal pairs count once."""
    if not is_form(request.headers.get("content-type", "")):
        return b""
    if request.body.count(b"&") >= MOST_FIELDS:
        raise RefusalError(
            Cause.MISSING_SIGNED_FIELD, f"the signed form has more than {MOST_FIELDS} fields"
        )
    fields = sorted(set(parameters(request.body)))
    return "".join(name + value for name, value in fields).encode("latin-1")


_WHOLES: Mapping[str, _Part] = {
    "body": lambda request, _: request.body,
    "body_sha256": lambda request, _: hashlib.sha256(request.body).hexdigest().encode(),
    "form": _form,
    "method": lambda request, _: wire_bytes(request.method),
    "path": lambda request, _: wire_bytes(request.path),
    "query": lambda request, _: wire_bytes(request.query_string),
    "timestamp": lambda _, timestamp: wire_bytes(timestamp),
    "url": lambda request, _: wire_bytes(request.url),
}

_FIELDS: Mapping[str, Callable[[str, Request, str], bytes]] = {
    "header": _header,
    "query": _query_parameter,
    "body": _body_field,
}
