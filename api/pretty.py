"""A raw body as text to look at."""

from api.dashboard.preview import indented


def pretty(body: bytes) -> bytes:
    """UTF-8 text: JSON indented, unless it is large; what is no text has escapes in it."""
    text = body.decode("utf-8", "backslashreplace")
    return (indented(text) or text).encode()
