"""JSON Schemas of event types."""

from collections.abc import Mapping
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError, best_match
from referencing.exceptions import Unresolvable

_LONGEST = 200


class PayloadSchema:
    """A JSON Schema (2020-12, https://json-schema.org) that payloads must fit.

    Nothing is fetched: a ``$ref`` must lead into the schema itself.

    Raises:
        ValueError: it is no schema; says where.
    """

    def __init__(self, schema: Mapping[str, Any]) -> None:
        try:
            Draft202012Validator.check_schema(schema)
        except SchemaError as error:
            raise ValueError(f"no JSON Schema, at {error.json_path}: {error.message}") from None
        self._validator = Draft202012Validator(schema)

    def mistake_in(self, payload: object) -> str | None:
        """What does not fit, and where; None if all does.

        Raises:
            ValueError: a ``$ref`` of the schema leads nowhere.
        """
        try:
            error = best_match(self._validator.iter_errors(payload))
        except Unresolvable as lost:
            raise ValueError(f"its $ref leads nowhere: {lost.ref}") from None
        if error is None:
            return None
        return f"at {error.json_path}: {error.message[:_LONGEST]}"
