"""Records as JSON and back, the same for the API, its clients and the command line.

The JSON is plain ASCII: what strangers call their events may hold lone surrogates, which JSON can
escape and UTF-8 cannot carry.
"""

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

from pydantic import TypeAdapter

from layeron.records import EventPage, EventRecord, ReplayRecord

_ADAPTERS: Mapping[type, TypeAdapter[Any]] = {
    kind: TypeAdapter(kind) for kind in (EventPage, EventRecord, ReplayRecord)
}

T = TypeVar("T", EventPage, EventRecord, ReplayRecord)


def to_json(value: object, *, indent: int | None = None) -> bytes:
    """The JSON of a record, or of plain values that hold records."""
    return json.dumps(value, indent=indent, default=_plain).encode("ascii")


def from_json(kind: type[T], text: bytes) -> T:
    """Read a record back.

    Raises:
        ValueError: the text is no JSON, or not that of such a record.
    """
    try:
        value: T = _ADAPTERS[kind].validate_python(json.loads(text))
    except RecursionError as error:
        raise ValueError("the JSON is nested too deep") from error
    return value


def _plain(value: object) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: getattr(value, field.name) for field in fields(value)}
    raise TypeError(f"{type(value).__name__} has no JSON")
