"""A stored body as an answer: its exact bytes, or text to look at."""

from collections.abc import Sequence

from starlette.responses import Response

from api.dashboard.preview import indented
from layeron.application import Backend
from layeron.hiding import without_fields
from layeron.operating_records import ApiKey
from layeron.records import EventRecord, RejectionRecord
from layeron.request import headers_of

_INERT = {
    "content-security-policy": "sandbox; default-src 'none'",
    "x-content-type-options": "nosniff",
    "cache-control": "no-store",
}
"""A sender's bytes are never shown as a page of ours."""

WHOLE_FOR_ADMIN = (
    "its webhook hides fields of the payload; use a key with the scope 'admin' for the exact bytes"
)


def exact(body: bytes, name: str) -> Response:
    """The bytes, to be kept as a file of this name."""
    named = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(body, media_type="application/octet-stream", headers=_INERT | named)


def pretty(body: bytes) -> Response:
    """UTF-8 text: JSON indented, unless it is large; what is no text has escapes in it."""
    text = body.decode("utf-8", "backslashreplace")
    return Response(indented(text) or text, media_type="text/plain", headers=_INERT)


def fields_hidden_in(app: Backend, record: EventRecord | RejectionRecord) -> Sequence[str]:
    """The fields of a record's payload that nobody is shown, by the webhook's declaration."""
    name = (record.namespace, record.webhook)
    webhook = app.webhook(*name) or app.publisher(*name)
    return webhook.redact if webhook else ()


def may_have_whole(app: Backend, record: EventRecord | RejectionRecord, key: ApiKey) -> bool:
    """Whether the holder of a key may have the exact bytes."""
    return key.may("admin") or not fields_hidden_in(app, record)


def to_show(app: Backend, record: EventRecord | RejectionRecord, body: bytes) -> bytes:
    """A record's body as anybody is shown it."""
    kind = headers_of(record.headers).get("content-type", "")
    return without_fields(body, kind, fields_hidden_in(app, record))
