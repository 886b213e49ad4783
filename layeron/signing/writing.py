"""A request with one more header field, query parameter or body field: how a sender writes."""

import json
from collections.abc import Iterable
from dataclasses import replace
from urllib.parse import urlencode

from layeron.payload import parse_payload
from layeron.request import Request, headers_of
from layeron.signing.wire import is_form, parameters, wire_text


def with_headers(request: Request, fields: Iterable[tuple[str, str]]) -> Request:
    """The request with these header fields; they replace those of the same name."""
    fields = list(fields)
    names = {name.lower() for name, _ in fields}
    kept = [pair for pair in request.headers.items() if pair[0].lower() not in names]
    return replace(request, headers=headers_of([*kept, *fields]))


def with_query_parameter(request: Request, name: str, value: str) -> Request:
    """The request with a query parameter behind the others; *value* is a wire text."""
    added = urlencode([(wire_text(name), value)], encoding="latin-1")
    query_string = f"{request.query_string}&{added}" if request.query_string else added
    address = request.url.partition("?")[0]
    return replace(request, url=f"{address}?{query_string}", query_string=query_string)


def with_body_field(request: Request, field: str, value: str) -> Request:
    """The request with a field of its JSON or form body set; *value* is a wire text.

    What was a number stays one.

    Raises:
        ValueError: the body has no fields.
    """
    content_type = request.headers.get("content-type", "")
    if is_form(content_type):
        kept = [pair for pair in parameters(request.body) if pair[0] != wire_text(field)]
        body = urlencode([*kept, (wire_text(field), value)], encoding="latin-1")
        return replace(request, body=body.encode())
    root = inner = parse_payload(request.body, content_type)
    *parents, last = field.split(".")
    for parent in parents:
        inner = inner.setdefault(parent, {}) if isinstance(inner, dict) else None
    if not isinstance(inner, dict):
        raise ValueError(f"the body has no place for the field {field!r}")  # noqa: TRY004  # bytes, with wrong content
    text = value.encode("latin-1").decode("utf-8", "surrogateescape")
    inner[last] = int(text) if isinstance(inner.get(last), int) and text.isdecimal() else text
    return replace(request, body=json_bytes(root))


def json_bytes(value: object) -> bytes:
    """A value as providers write JSON: compact, in UTF-8."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode(
        "utf-8", "surrogatepass"
    )
