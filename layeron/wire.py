"""Records as JSON and back, the same for the API, its clients and the command line.

The JSON is plain ASCII: what strangers call their events may hold lone surrogates, which JSON can
escape and UTF-8 cannot carry.
"""

import json
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any, TypeVar, cast

from pydantic import TypeAdapter

T = TypeVar("T")


def to_json(value: object, *, indent: int | None = None) -> bytes:
    """The JSON of a record, or of plain values that hold records."""
    return json.dumps(value, indent=indent, default=_plain).encode("ascii")


def from_json(kind: type[T], text: bytes) -> T:
    """Read a record back.

    Raises:
        ValueError: the text is no JSON, or not that of such a record.
    """
    try:
        value: T = _adapter(cast("Any", kind)).validate_python(json.loads(text))
    except RecursionError as error:
        raise ValueError("the JSON is nested too deep") from error
    return value


@cache
def _adapter(kind: type[Any]) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def _plain(value: object) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: getattr(value, field.name) for field in fields(value)}
    raise TypeError(f"{type(value).__name__} has no JSON")
