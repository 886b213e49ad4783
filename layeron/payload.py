"""A raw body read as what it is: JSON, form fields, text, or the bytes themselves."""

import json
from contextlib import suppress
from typing import TypeAlias
from urllib.parse import parse_qsl

Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | float | bool | None"
Payload: TypeAlias = "Json | bytes"

MOST_FIELDS = 20_000
"""Of a form; reading millions would hold up everybody else."""

_FORM = "application/x-www-form-urlencoded"


def parse_payload(body: bytes, content_type: str) -> Payload:
    """Read a body; a body that is not what it says it is stays text, or bytes if it is no text.

    Never raises: whatever a sender sends was already received, and stays readable as it is. A JSON
    object or list is one under any content type: that is not signed, so whoever sends a signed
    request again could hide the event's id with another.
    """
    is_form = content_type.partition(";")[0].strip().lower() == _FORM
    if not is_form or body.lstrip()[:1] in {b"{", b"["}:
        # RecursionError: nested too deep. ValueError covers bad JSON, bad UTF-8 and huge numbers.
        with suppress(ValueError, RecursionError):
            return json.loads(body)  # type: ignore[no-any-return]  # json.loads yields Json
    return _form(body) if is_form else text_of(body)


def text_of(body: bytes) -> str | bytes:
    """The body as text if it is UTF-8, else unchanged."""
    try:
        return body.decode()
    except UnicodeDecodeError:
        return body


def _form(body: bytes) -> Payload:
    text = text_of(body)
    if isinstance(text, bytes):
        return text
    try:
        pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError:
        return text
    fields: dict[str, Json] = {}
    for name, value in pairs:
        earlier = fields.get(name)
        if earlier is None:
            fields[name] = value
        elif isinstance(earlier, list):
            earlier.append(value)
        else:
            fields[name] = [earlier, value]
    return fields
