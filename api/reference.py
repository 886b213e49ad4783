"""The page of the API, made of its document: ``python -m api.reference > docs/api.md``."""

import json
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import Any, cast

from api.openapi import document
from api.routes import api_routes
from layeron.application import Backend
from layeron.ports.toolbox import Toolbox
from layeron.services import connect_services
from layeron.settings import Settings

_METHODS = ("get", "post", "patch", "delete")
_USUAL = {"400", "401", "403", "413", "429", "503"}
_NOTHING = {"$ref": "#/components/schemas/Nothing"}
_NOT_IN_AN_ANCHOR = re.compile(r"[^a-z0-9 _-]")


def reference() -> dict[str, Any]:
    """The document of the API, without a service: nothing is opened."""
    nothing = cast("Any", None)
    app, settings = Backend(), Settings()
    tools = Toolbox(**{each.name: nothing for each in fields(Toolbox)})
    services = connect_services(app, tools, settings)
    return document(api_routes(app, tools, services, nothing, settings), "")


def page_of(described: Mapping[str, Any]) -> str:
    """The document as a page of Markdown."""
    return "\n".join(_lines(described)).strip() + "\n"


def _lines(described: Mapping[str, Any]) -> Iterator[str]:
    yield "# API reference"
    yield ""
    yield described["info"]["description"]
    yield ""
    yield "The same for programs, as OpenAPI 3.1: `/api/v1/openapi.json`, which needs no key."
    yield ""
    chapters: dict[str, list[tuple[str, str, Mapping[str, Any]]]] = {}
    for path, methods in described["paths"].items():
        for method in _METHODS:
            if operation := methods.get(method):
                chapters.setdefault(operation["tags"][0], []).append((method, path, operation))
    yield from _table(
        ("", "", "scope"),
        (
            (
                f"[{method.upper()} {path}](#{_anchor(f'{method} {path}')})",
                each["summary"],
                _scope(each),
            )
            for chapter in chapters.values()
            for method, path, each in chapter
        ),
    )
    for chapter, operations in chapters.items():
        yield f"## {chapter.replace('-', ' ').capitalize()}"
        yield ""
        for method, path, operation in operations:
            yield from _operation(method, path, operation)
    yield "## Errors"
    yield ""
    yield (
        'Every error is `{"error": {"code": "…", "message": "…"}}`. Any request may be answered'
        " 400, 401, 403, 413, 429 or 503; others are named where they may be."
    )
    yield ""
    yield from _table(("status", "codes"), _errors(described))
    yield "## Types"
    yield ""
    for name, schema in described["components"]["schemas"].items():
        if name not in {"Error", "Nothing"}:
            yield from _type(name, schema)


def _operation(method: str, path: str, operation: Mapping[str, Any]) -> Iterator[str]:
    yield f"### {method.upper()} {path}"
    yield ""
    yield f"{operation['summary']}."
    yield ""
    if about := operation.get("description"):
        yield about
        yield ""
    if parameters := operation.get("parameters"):
        yield from _table(
            ("parameter", "in", "type", ""),
            (
                (f"`{each['name']}`", each["in"], _kind(each["schema"]), each["description"])
                for each in parameters
            ),
        )
    if body := operation.get("requestBody"):
        schema = body["content"]["application/json"]["schema"]
        if schema != _NOTHING:
            yield f"Takes {_kind(schema)}{'' if body['required'] else ', or nothing'}."
            yield ""
    refused: list[str] = []
    for status, answer in operation["responses"].items():
        if "$ref" in answer:
            if status not in _USUAL:
                refused.append(f"`{status}`")
            continue
        content = answer.get("content", {})
        kinds = [
            _kind(each["schema"]) if media == "application/json" else f"`{media}`"
            for media, each in content.items()
        ]
        yield f"Answers `{status}` with {' or '.join(kinds) or 'nothing'}."
        yield ""
    if refused:
        yield f"May be refused with {', '.join(refused)}."
        yield ""


def _type(name: str, schema: Mapping[str, Any]) -> Iterator[str]:
    yield f"### Type {name}"
    yield ""
    if about := schema.get("description"):
        yield about
        yield ""
    needed = schema.get("required", ())
    yield from _table(
        ("field", "type", ""),
        (
            (
                f"`{field}`",
                _kind(each),
                " ".join(
                    filter(
                        None,
                        [each.get("description"), _default(field, each, needed)],
                    )
                ),
            )
            for field, each in schema.get("properties", {}).items()
        ),
    )


def _errors(described: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    seen: dict[str, str] = {}
    for methods in described["paths"].values():
        for operation in methods.values():
            for status, answer in operation["responses"].items():
                if "$ref" in answer:
                    name = answer["$ref"].rpartition("/")[2]
                    seen[status] = described["components"]["responses"][name]["description"]
    yield from sorted(seen.items())


def _default(field: str, schema: Mapping[str, Any], needed: Any) -> str:
    default = schema.get("default")
    if field in needed or default is None or isinstance(default, dict | list):
        return ""
    return f"Default: `{json.dumps(default)}`."


def _scope(operation: Mapping[str, Any]) -> str:
    return f"`{operation['x-scope']}`" if "x-scope" in operation else ""


def _kind(schema: Mapping[str, Any]) -> str:
    match schema:
        case {"$ref": place}:
            name = str(place).rpartition("/")[2]
            return f"[{name}](#{_anchor(f'type {name}')})"
        case {"anyOf": choices} | {"oneOf": choices}:
            return " or ".join(map(_kind, choices))
        case {"enum": values}:
            return ", ".join(f"`{each}`" for each in values)
        case {"const": value}:
            return f"`{value}`"
        case {"format": "date-time"}:
            return "time"
        case _:
            return _plain_kind(schema)


def _plain_kind(schema: Mapping[str, Any]) -> str:
    kind, inner = schema.get("type", "any"), schema.get("additionalProperties")
    if kind == "array":
        return f"list of {_kind(schema['items'])}"
    if kind == "object" and isinstance(inner, dict):
        return f"object of {_kind(cast('Mapping[str, Any]', inner))}"
    if isinstance(kind, list):
        return " or ".join(cast("list[str]", kind))
    return f"{kind}{_bounds(schema)}"


def _bounds(schema: Mapping[str, Any]) -> str:
    match schema:
        case {"minimum": least, "maximum": most}:
            return f" from {least} to {most}"
        case {"exclusiveMinimum": least, "maximum": most}:
            return f" above {least}, to {most}"
        case {"maxLength": most}:
            return f" of at most {most} characters"
        case _:
            return ""


def _table(heads: tuple[str, ...], rows: Any) -> Iterator[str]:
    several = list(rows)
    if not several:
        return
    yield f"| {' | '.join(heads)} |"
    yield f"| {' | '.join('---' for _ in heads)} |"
    for row in several:
        yield f"| {' | '.join(each.replace('|', chr(92) + '|') for each in row)} |"
    yield ""


def _anchor(heading: str) -> str:
    return _NOT_IN_AN_ANCHOR.sub("", heading.lower()).replace(" ", "-")


if __name__ == "__main__":
    sys.stdout.write(page_of(reference()))
