"""JSON Schemas of event types."""

from collections.abc import Mapping
from typing import Any, cast

from jsonschema import Draft202012Validator
from jsonschema.exceptions import (
    SchemaError,
    ValidationError,
    best_match,  # pyright: ignore[reportUnknownVariableType]  # its stub leaves the answer open
)
from referencing.exceptions import Unresolvable
from referencing.jsonschema import DRAFT202012, EMPTY_REGISTRY

_LONGEST = 200
_REFERENCES = frozenset({"$ref", "$dynamicRef"})


class PayloadSchema:
    """A JSON Schema (2020-12, https://json-schema.org) that payloads must fit.

    Nothing is fetched: a ``$ref`` must lead into the schema itself.

    Raises:
        ValueError: it is no schema, or a reference leads nowhere; says where.
    """

    def __init__(self, schema: Mapping[str, Any]) -> None:
        try:
            Draft202012Validator.check_schema(schema)
        except SchemaError as error:
            raise ValueError(f"no JSON Schema, at {error.json_path}: {error.message}") from None
        root = DRAFT202012.create_resource(schema)
        # The validator's own registry would fetch what a reference names from the network.
        registry = EMPTY_REGISTRY.with_resource("", root)
        todo = [(root, registry.resolver_with_root(root))]
        for resource, resolver in todo:
            contents = resource.contents
            is_object = isinstance(contents, Mapping)  # True and False are schemas, too
            said = cast("Mapping[str, Any]", contents if is_object else {})
            for keyword in _REFERENCES & said.keys():
                try:
                    resolver.lookup(said[keyword])
                except Unresolvable as lost:
                    raise ValueError(
                        f"{keyword} {lost.ref!r} leads nowhere; put what it names into $defs"
                    ) from None
            todo += [(each, resolver.in_subresource(each)) for each in resource.subresources()]
        # The stub of its methods has types that it does not tell.
        self._validator: Any = Draft202012Validator(schema, registry=registry)

    def mistake_in(self, payload: Any) -> str | None:
        """What does not fit, and where; None if all does."""
        try:
            error = cast("ValidationError | None", best_match(self._validator.iter_errors(payload)))
        except RecursionError:
            return "it is nested too deep"
        except OverflowError:  # of a number whose multiples are asked for
            return "it holds a number that is too large"
        if error is None:
            return None
        return f"at {error.json_path}: {error.message[:_LONGEST]}"
