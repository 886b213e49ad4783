"""Square's own SDK verifies what we sign, and refuses what we refuse."""

import base64
import hashlib
import hmac
from dataclasses import replace
from importlib import import_module
from typing import Any

import pytest

from layeron import secret, webhooks
from layeron.request import Request
from layeron.testing import signed_request
from tests.support.receiving import verdict_of
from tests.support.rules import with_header

SDK: Any = import_module("square.utils.webhooks_helper")
KEY = "asdf1234"
URL = "https://hooks.example.com/webhooks/square/"
WEBHOOK = webhooks.square(url=URL, secret=secret("SQUARE_SIGNATURE_KEY"))
HEADER = "x-square-hmacsha256-signature"


def square_accepts(request: Request, key: str = KEY, url: str = URL) -> bool:
    accepted: bool = SDK.verify_signature(
        request_body=request.body.decode(),
        signature_header=request.headers.get(HEADER, ""),
        signature_key=key,
        notification_url=url,
    )
    return accepted


@pytest.mark.parametrize("event_type", ["payment.updated", "invoice.paid", "new.thing"])
async def test_what_we_sign_is_accepted_by_squares_sdk(event_type: str) -> None:
    request = signed_request(WEBHOOK, event_type=event_type, secrets=KEY)
    assert square_accepts(request)
    assert (await verdict_of(WEBHOOK, request, KEY)).status == "verified"
    for changed in (
        replace(request, body=request.body + b"\n"),
        replace(request, url=URL.rstrip("/")),
        replace(request, url=URL.replace("https", "http")),
        with_header(request, HEADER, request.headers[HEADER][:-4]),
        with_header(request, HEADER),
    ):
        assert not square_accepts(changed, url=changed.url)
        assert not (await verdict_of(WEBHOOK, changed, KEY)).accepted
    assert not square_accepts(request, "another")
    assert not (await verdict_of(WEBHOOK, request, "another")).accepted


async def test_the_signature_covers_the_url_and_the_body() -> None:
    body = '{"note":"Zoë ♥"}'
    mac = hmac.digest(KEY.encode(), f"{URL}{body}".encode(), hashlib.sha256)
    request = signed_request(WEBHOOK, body, secrets="another")
    request = with_header(request, HEADER, base64.b64encode(mac).decode())
    assert square_accepts(request)
    assert (await verdict_of(WEBHOOK, request, KEY)).accepted
