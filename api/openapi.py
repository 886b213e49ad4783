"""``/api/v1/openapi.json``: the API described by what its routes are made of."""

import re
from collections.abc import Iterable, Mapping, Sequence
from http import HTTPStatus
from typing import Any

from api.doc import Doc, Parameter
from api.door import Operation
from api.errors import CODES
from api.parameters import PATH
from api.schemas import Mode, schemas_of

PATH_OF_DOCUMENT = "/api/v1/openapi.json"
_BRACES = re.compile(r"{(\w+)}")
_JSON = "application/json"
_ABOUT = """\
Everything an operator does with webhooks. Send a key as `Authorization: Bearer lyr_…`; make one
with `layeron keys create NAME`. A key has scopes: `read` (every GET), `replay` (that, and replays),
`send` (only sending events) or `admin` (all), for every webhook in every namespace. Whatever is not
a GET is written to the audit log before it is done, but for a dry run, which does nothing.

Lists come in pages, newest first: give `next_cursor` back as `cursor`, until it is null. Events
that arrive meanwhile move nothing. Errors have one shape; their `code` is for programs, their
`message` for people."""


def document(operations: Sequence[Operation], version: str) -> dict[str, Any]:
    """The OpenAPI 3.1 document of these routes."""
    schemas, definitions = schemas_of(_types(each.doc for each in operations))
    paths: dict[str, dict[str, Any]] = {}
    for each in operations:
        at_path = paths.setdefault(each.path_format, {})
        at_path[each.method.lower()] = _operation(each, schemas)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Layeron Webhooks", "version": version, "description": _ABOUT},
        "paths": paths,
        "components": {
            "schemas": {**dict(sorted(definitions.items())), "Error": _ERROR},
            "responses": {_name_of(status): _error(status) for status, _ in CODES.values()},
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
        },
    }


def _types(docs: Iterable[Doc]) -> Iterable[tuple[Any, Mode]]:
    for doc in docs:
        for answer in (doc.answer, *doc.also.values()):
            if answer is not None:
                yield answer, "serialization"
        if doc.body is not None:
            yield doc.body, "validation"


def _operation(
    operation: Operation, schemas: Mapping[tuple[Any, Mode], Mapping[str, Any]]
) -> dict[str, Any]:
    doc, needs = operation.doc, operation.needs
    path = operation.path_format
    first = path.removeprefix("/api/v1/").partition("/")[0]
    parameters = [_parameter(PATH[name], "path") for name in _BRACES.findall(path)]
    parameters += [_parameter(each, "query") for each in doc.query]
    parameters += [_parameter(each, "header") for each in doc.headers]
    said: dict[str, Any] = {
        "operationId": _id_of(operation),
        "tags": [doc.group or first],
        "summary": doc.summary,
        "description": doc.about,
        "parameters": parameters,
        "responses": _responses(operation, schemas),
        "security": [{"key": []}] if needs else [],
        "x-scope": needs,
    }
    if doc.body is not None:
        content = {_JSON: {"schema": schemas[doc.body, "validation"]}}
        said["requestBody"] = {"required": doc.body_required, "content": content}
    return {name: value for name, value in said.items() if value or name == "security"}


def _responses(
    operation: Operation, schemas: Mapping[tuple[Any, Mode], Mapping[str, Any]]
) -> dict[str, Any]:
    doc = operation.doc
    answers: dict[str, Any] = {}
    for status, kind in ((doc.status, doc.answer), *doc.also.items()):
        content = {media: {"schema": schema} for media, schema in doc.media.items()}
        if kind is not None:
            content[_JSON] = {"schema": schemas[kind, "serialization"]}
        answers[str(status)] = {"description": HTTPStatus(status).phrase}
        if content:
            answers[str(status)]["content"] = content
    usual = {400, 401, 403, 429, 503} if operation.needs else set[int]()
    if doc.body is not None:
        usual.add(413)
    for status in sorted(usual | set(doc.errors)):
        answers[str(status)] = {"$ref": f"#/components/responses/{_name_of(status)}"}
    return answers


def _parameter(parameter: Parameter, within: str) -> dict[str, Any]:
    return {
        "name": parameter.name,
        "in": within,
        "description": parameter.about,
        "required": within == "path",
        "schema": dict(parameter.schema),
    }


def _id_of(operation: Operation) -> str:
    """Such as ``post_events_event_id_replay``."""
    words = re.findall(r"\w+", operation.path_format.removeprefix("/api/v1/"))
    return "_".join([operation.method.lower(), *words])


def _name_of(status: int) -> str:
    return "".join(HTTPStatus(status).phrase.title().split())


def _error(status: int) -> dict[str, Any]:
    said: dict[str, Any] = {
        "description": " ".join(
            f"`{code}`: {about}" for code, (each, about) in CODES.items() if each == status
        ),
        "content": {_JSON: {"schema": {"$ref": "#/components/schemas/Error"}}},
    }
    if status in _HEADERS:
        said["headers"] = _HEADERS[status]
    return said


_HEADERS: dict[int, dict[str, Any]] = {
    401: {"WWW-Authenticate": {"schema": {"type": "string", "const": "Bearer"}, "required": True}},
    429: {
        "Retry-After": {
            "description": "After so many seconds a request will be taken.",
            "schema": {"type": "integer", "minimum": 1},
            "required": True,
        }
    },
}
_ERROR: dict[str, Any] = {
    "type": "object",
    "description": "What every error is answered with.",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["code", "message"],
            "properties": {
                "code": {
                    "type": "string",
                    "enum": list(CODES),
                    "description": "For programs.",
                },
                "message": {"type": "string", "description": "For people."},
            },
        }
    },
}
