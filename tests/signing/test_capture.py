"""Captured requests, as people have them."""

import base64
import json

import pytest

from layeron.capture import parse_capture
from layeron.errors import ConfigurationError

MESSAGE = (
    b"POST /hooks?a=1 HTTP/1.1\r\nHost: hooks.example.com\r\nX-Signature: abc\r\n"
    b'Content-Length: 7\r\n\r\n{"a":1}'
)


def test_an_http_message_keeps_its_bytes() -> None:
    request = parse_capture(MESSAGE)
    assert (request.method, request.url) == ("POST", "https://hooks.example.com/hooks?a=1")
    assert (request.path, request.query_string) == ("/hooks", "a=1")
    assert request.headers["x-signature"] == "abc"
    assert request.body == b'{"a":1}'


@pytest.mark.parametrize(
    ("written", "body"),
    [
        ({"body": "naïve"}, "naïve".encode()),
        ({"body_base64": base64.b64encode(b"\x00\xff").decode()}, b"\x00\xff"),
        ({}, b""),
    ],
)
def test_a_json_object_may_hold_text_or_bytes(written: dict[str, str], body: bytes) -> None:
    known = {"method": "post", "url": "https://a.example/b", "headers": {"X-A": "1"}}
    request = parse_capture(json.dumps({**known, **written}).encode())
    assert request.method == "POST"
    assert request.headers["x-a"] == "1"
    assert request.body == body


@pytest.mark.parametrize(
    "captured",
    [b"", b"hello", b"{}", b'{"url": "/no/host", "headers": {}}', b"GET\r\n\r\n", b"{" * 100_000],
)
def test_anything_else_is_refused_with_both_forms_named(captured: bytes) -> None:
    with pytest.raises(ConfigurationError, match=r"an HTTP message .* or a JSON object"):
        parse_capture(captured)
