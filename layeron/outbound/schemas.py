"""JSON Schemas of event types."""

from collections.abc import Mapping, Sequence
from typing import Any

from jsonschema_rs import (
    Draft202012Validator,
    FancyRegexOptions,
    ValidationError,
    ValidationErrorKind,
)

_LONGEST = 200
_PATTERNS = FancyRegexOptions(backtrack_limit=100_000)
"""Most patterns are matched in linear time; what only backtracking can match gives up after some
milliseconds, and does not fit: payloads are judged where all else waits for it."""


class PayloadSchema:
    """A JSON Schema (2020-12, https://json-schema.org) that payloads must fit.

    Nothing is fetched: a ``$ref`` must lead into the schema itself.

    Raises:
        ValueError: it is no schema, or a reference leads nowhere; says where.
    """

    def __init__(self, schema: Mapping[str, Any]) -> None:
        try:
            self._validator = Draft202012Validator(
                dict(schema), pattern_options=_PATTERNS, validate_formats=False, offline=True
            )
        except ValidationError as error:
            said, where = error.message[:_LONGEST], _path(error.instance_path)
            is_lost = isinstance(error.kind, ValidationErrorKind.Referencing)
            raise ValueError(
                f"a reference leads nowhere ({said}); put what it names into $defs"
                if is_lost
                else f"no JSON Schema, at {where}: {said}"
            ) from None

    def mistake_in(self, payload: Any) -> str | None:
        """What does not fit, and where; None if all does."""
        error = next(self._validator.iter_errors(payload), None)
        if error is None:
            return None
        return f"at {_path(error.instance_path)}: {error.message[:_LONGEST]}"


def _path(steps: Sequence[str | int]) -> str:
    return "$" + "".join(f"[{each}]" if isinstance(each, int) else f".{each}" for each in steps)
