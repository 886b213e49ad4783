"""What a handler's result becomes as an HTTP answer, in a form that the engine can carry."""

import base64
import json
import re
from dataclasses import dataclass, field
from typing import Any

from layeron.event import Response

_LARGEST = 256 * 2**10
_WITHOUT_BODY = {204, 304}
_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_VALUE = re.compile(r"[\t\x20-\x7e\x80-\xff]*")
_FRAMING = {"connection", "content-length", "transfer-encoding", "upgrade"}
"""Header fields that say where an answer ends, which is the server's to say."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A ready HTTP answer."""

    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict[str, str])

    def to_json(self) -> dict[str, Any]:
        """As JSON-able values."""
        body = base64.b64encode(self.body).decode()
        return {"status": self.status, "body_base64": body, "headers": self.headers}

    @classmethod
    def from_json(cls, value: Any) -> "Answer":
        """Back from `to_json`."""
        return cls(value["status"], base64.b64decode(value["body_base64"]), value["headers"])


def answer_of(result: Any) -> Answer | None:
    """Make the answer for a handler's result; None for no result.

    Raises:
        ValueError: the result is nothing that can be sent; says what can.
    """
    if result is None:
        return None
    response = result if isinstance(result, Response) else Response(result)
    body, content_type = _encode(response.body)
    if len(body) > _LARGEST:
        raise ValueError(f"the handler's result has {len(body)} bytes; at most {_LARGEST} are sent")
    if response.status not in range(200, 600):  # what a final answer may be, RFC 9110 §15
        raise ValueError(f"the handler's response has status {response.status!r}; use 200 to 599")
    if response.status in _WITHOUT_BODY and body:
        raise ValueError(f"the handler's response has status {response.status}, and a body with it")
    headers = {"content-type": content_type}
    for name, value in response.headers.items():
        if not (_fits(_NAME, name) and _fits(_VALUE, value) and name.lower() not in _FRAMING):
            raise ValueError(f"the handler's response has a header {name!r} that cannot be sent")
        headers[name.lower()] = value
    return Answer(response.status, body, headers)


def _fits(form: re.Pattern[str], text: object) -> bool:
    return isinstance(text, str) and form.fullmatch(text) is not None


def _encode(body: Any) -> tuple[bytes, str]:
    if isinstance(body, bytes):
        return body, "application/octet-stream"
    if isinstance(body, str):
        return body.encode("utf-8", "replace"), "text/plain; charset=utf-8"
    if body is None:
        return b"", "text/plain; charset=utf-8"
    try:
        return json.dumps(body, allow_nan=False).encode(), "application/json"
    except (TypeError, ValueError, RecursionError) as error:
        raise ValueError(
            f"the handler's result, a {type(body).__name__}, cannot be sent: return JSON-able"
            " values, text, bytes, a Response or None"
        ) from error
