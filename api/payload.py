"""A stored body as an answer: its exact bytes, or text to look at."""

from starlette.responses import Response

from api.dashboard.preview import indented

_INERT = {
    "content-security-policy": "sandbox; default-src 'none'",
    "x-content-type-options": "nosniff",
    "cache-control": "no-store",
}
"""A sender's bytes are never shown as a page of ours."""


def exact(body: bytes, name: str) -> Response:
    """The bytes, to be kept as a file of this name."""
    named = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(body, media_type="application/octet-stream", headers=_INERT | named)


def pretty(body: bytes) -> Response:
    """UTF-8 text: JSON indented, unless it is large; what is no text has escapes in it."""
    text = body.decode("utf-8", "backslashreplace")
    return Response(indented(text) or text, media_type="text/plain", headers=_INERT)
