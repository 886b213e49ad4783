"""A captured request, read from a file: as an HTTP message, or as JSON."""

import io
from http.client import HTTPException, parse_headers
from urllib.parse import urlsplit

from pydantic import Base64Bytes, BaseModel

from layeron.errors import ConfigurationError
from layeron.request import Request, headers_of

_FORMS = (
    "give an HTTP message (request line, header lines, an empty line, the body) or a JSON object"
    ' with "method", "url", "headers" and "body" or "body_base64"'
)


def parse_capture(captured: bytes) -> Request:
    """Read a request that somebody wrote down.

    Raises:
        ConfigurationError: it has neither form; says which there are.
    """
    try:
        if captured.lstrip().startswith(b"{"):
            return _from_json(captured)
        return _from_message(captured)
    except (ValueError, HTTPException):
        raise ConfigurationError(f"the captured request cannot be read; {_FORMS}.") from None


class _Written(BaseModel):
    """A request as JSON."""

    url: str
    method: str = "POST"
    headers: dict[str, str] | list[tuple[str, str]]
    body: str = ""
    body_base64: Base64Bytes | None = None


def _from_json(captured: bytes) -> Request:
    written = _Written.model_validate_json(captured)
    headers = written.headers
    pairs = list(headers.items()) if isinstance(headers, dict) else headers
    body = written.body.encode() if written.body_base64 is None else written.body_base64
    return _request(written.method, written.url, pairs, body)


def _from_message(captured: bytes) -> Request:
    message = io.BytesIO(captured)
    method, target, _version = message.readline().decode("latin-1").split()
    headers = list(parse_headers(message).items())
    host = next((text for name, text in headers if name.lower() == "host"), "localhost")
    url = target if "://" in target else f"https://{host}{target}"
    return _request(method, url, headers, message.read())


def _request(method: str, url: str, headers: list[tuple[str, str]], body: bytes) -> Request:
    parts = urlsplit(url)
    if not parts.scheme or not parts.netloc:
        raise ValueError("no absolute address")
    return Request(method.upper(), url, parts.path or "/", parts.query, headers_of(headers), body)
