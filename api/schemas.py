"""JSON Schemas of what the API takes and answers, described by the docstrings of the types."""

import inspect
import re
from collections.abc import Iterable, Mapping
from typing import Any, Literal, TypeAlias

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

Mode: TypeAlias = Literal["validation", "serialization"]

REFERENCE = "#/components/schemas/{model}"
_ATTRIBUTE = re.compile(r"(\w+): (.*)")


class _Described(GenerateJsonSchema):
    """Takes descriptions from docstrings; of what is answered, every field is there."""

    def field_is_required(
        self,
        field: core_schema.ModelField | core_schema.DataclassField | core_schema.TypedDictField,
        total: bool,  # noqa: FBT001  # as pydantic calls it
    ) -> bool:
        """Whether a field is always there; `layeron.wire.to_json` leaves none out."""
        if self.mode == "serialization" and field["type"] == "dataclass-field":
            return True
        return super().field_is_required(field, total)

    def tuple_schema(self, schema: core_schema.TupleSchema) -> JsonSchemaValue:
        """The schema of a tuple; as a list, where all items are alike, as more tools know that."""
        made = super().tuple_schema(schema)
        items = made.get("prefixItems", [])
        if items and all(each == items[0] for each in items):
            del made["prefixItems"]
            made["items"] = items[0]
        return made

    def dataclass_schema(self, schema: core_schema.DataclassSchema) -> JsonSchemaValue:
        """The schema of a record."""
        made = super().dataclass_schema(schema)
        if self.mode == "serialization":
            for each in made.get("properties", {}).values():
                each.pop("default", None)  # it is never left to the reader
        return _described(made, schema["cls"])

    def typed_dict_schema(self, schema: core_schema.TypedDictSchema) -> JsonSchemaValue:
        """The schema of an answer that is no record."""
        return _described(super().typed_dict_schema(schema), schema.get("cls"))

    def model_schema(self, schema: core_schema.ModelSchema) -> JsonSchemaValue:
        """The schema of a question."""
        return _described(super().model_schema(schema), schema["cls"])


def schemas_of(
    types: Iterable[tuple[Any, Mode]],
) -> tuple[Mapping[tuple[Any, Mode], JsonSchemaValue], dict[str, Any]]:
    """The schema of each type, and the definitions that these refer to."""
    wanted = dict.fromkeys(types)
    inputs: list[tuple[int, Mode, TypeAdapter[Any]]] = [
        (number, mode, TypeAdapter(each)) for number, (each, mode) in enumerate(wanted)
    ]
    made, whole = TypeAdapter.json_schemas(
        inputs, ref_template=REFERENCE, schema_generator=_Described
    )
    found = {key: made[number, key[1]] for number, key in enumerate(wanted)}
    return found, whole.get("$defs", {})


def _described(schema: JsonSchemaValue, cls: type[Any] | None) -> JsonSchemaValue:
    summary, attributes = "", dict[str, str]()
    for each in reversed(cls.__mro__ if cls else ()):  # what a class says wins over its bases
        summary, more = _read(inspect.cleandoc(each.__doc__ or ""))
        attributes |= more
    schema = {name: value for name, value in schema.items() if name not in {"description", "title"}}
    if summary:
        schema["description"] = summary
    properties: dict[str, Any] = schema.get("properties", {})
    for name, value in properties.items():
        value.pop("title", None)
        if about := attributes.get(name):
            value["description"] = about
    return schema


def _read(doc: str) -> tuple[str, Mapping[str, str]]:
    """What a docstring says of a type and of its attributes."""
    before, _, after = doc.partition("Attributes:\n")
    attributes: dict[str, str] = {}
    name = ""
    for line in inspect.cleandoc(after).splitlines():
        if match := _ATTRIBUTE.match(line):
            name = match[1]
            attributes[name] = match[2]
        elif name and line.startswith(" "):
            attributes[name] += f" {line.strip()}"
    return _markdown(before), {name: _markdown(text) for name, text in attributes.items()}


def _markdown(text: str) -> str:
    plain = " ".join(text.replace("``", "`").split())
    return f"{plain[:1].upper()}{plain[1:]}"
