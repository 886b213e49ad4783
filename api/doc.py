"""What the reference says of a route: data from which requests are read, too."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a query or a path.

    Attributes:
        name: as it is written.
        about: what it means, in one sentence.
        schema: a JSON Schema of its values; `api.questions.read_query` reads it by this schema.
    """

    name: str
    about: str
    schema: Mapping[str, Any] = field(default_factory=lambda: {"type": "string"})


@dataclass(frozen=True, slots=True)
class Doc:
    """What the reference says of a route; `api.openapi` makes the document of it.

    Attributes:
        summary: what it does, as an imperative sentence.
        answer: the type whose JSON is answered, such as `EventPage`; None for no body.
        status: of success.
        also: other answers of success, by their status, such as that of a dry run.
        media: other media types that may be answered, each with its JSON Schema.
        query: the parameters of its query.
        body: the type whose JSON is taken; None if none is.
        body_required: whether there must be one.
        largest: bytes a body has at most.
        noted: fields of the body that the audit log keeps; no secret is in them.
        headers: header fields that are read.
        errors: statuses of errors beside those that each route may answer.
        about: more, in Markdown.
        group: the chapter it belongs to; without it, the first word of its path.
    """

    summary: str
    answer: Any = None
    status: int = 200
    also: Mapping[int, Any] = field(default_factory=dict[int, Any])
    media: Mapping[str, Mapping[str, Any]] = field(default_factory=dict[str, Mapping[str, Any]])
    query: tuple[Parameter, ...] = ()
    body: Any = None
    body_required: bool = False
    largest: int = 64 * 2**10
    noted: tuple[str, ...] = ()
    headers: tuple[Parameter, ...] = ()
    errors: tuple[int, ...] = ()
    about: str = ""
    group: str = ""
