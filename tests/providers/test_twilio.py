"""Twilio's own SDK is the other side, both ways: forms, JSON, ports and SharedKeys."""

import json
from dataclasses import replace
from importlib import import_module
from typing import Any
from urllib.parse import parse_qsl, urlencode

import pytest

from layeron import secret, webhooks
from layeron.request import Request, headers_of
from layeron.signing.verdict import Cause
from layeron.testing import signed_request
from tests.support.receiving import type_and_id, verdict_of
from tests.support.rules import with_header

TOKEN = "12345"
URL = "https://example.com/myapp.php"
WEBHOOK = webhooks.twilio(url=URL, secret=secret("TWILIO_AUTH_TOKEN"))
RequestValidator: Any = import_module("twilio.request_validator").RequestValidator  # untyped
SDK = RequestValidator(TOKEN)
FORM = "application/x-www-form-urlencoded"
CALL = {
    "CallSid": "CA1234567890ABCDE",
    "Caller": "+14158675310",
    "Digits": "1234",
    "From": "+14158675310",
    "To": "+18005551212",
    "Body": "Grüße & ♥",
    "Empty": "",
}


class Repeating(dict[str, str]):
    """Form fields of which some repeat, as the SDK takes them."""

    def __init__(self, pairs: list[tuple[str, str]]) -> None:
        super().__init__(pairs)
        self._pairs = pairs

    def getall(self, name: str) -> list[str]:
        return [value for key, value in self._pairs if key == name]


def posted(
    body: bytes, signature: str, content_type: str = FORM, *, query: str = "", url: str = URL
) -> Request:
    fields = headers_of([("content-type", content_type), ("x-twilio-signature", signature)])
    address = f"{url}?{query}" if query else url
    return Request("POST", address, "/myapp.php", query, fields, body)


def form(fields: dict[str, str] | list[tuple[str, str]]) -> bytes:
    return urlencode(fields).encode()


async def test_a_form_that_twilios_sdk_signs_is_accepted() -> None:
    signature = SDK.compute_signature(URL, CALL)
    request = posted(form(CALL), signature)
    assert (await verdict_of(WEBHOOK, request, TOKEN)).status == "verified"
    for changed in (
        replace(request, body=form({**CALL, "Digits": "1235"})),
        replace(request, body=form({**CALL, "Extra": "1"})),
        replace(request, body=b""),
        replace(request, url="https://example.com/myapp.php/"),
        replace(request, url="http://example.com/myapp.php"),
        with_header(request, "content-type", "application/json"),
        with_header(request, "x-twilio-signature", signature[:-2]),
        with_header(request, "x-twilio-signature"),
    ):
        assert not (await verdict_of(WEBHOOK, changed, TOKEN)).accepted
    assert (await verdict_of(WEBHOOK, request, "another")).cause is Cause.NO_MATCH


async def test_fields_that_repeat_are_signed_sorted_and_once() -> None:
    pairs = [("Media", "b"), ("Media", "a"), ("Media", "b"), ("Body", "x")]
    fields = Repeating(pairs)
    request = posted(form(pairs), SDK.compute_signature(URL, fields))
    assert (await verdict_of(WEBHOOK, request, TOKEN)).accepted


@pytest.mark.parametrize("event_type", ["message.delivered", "call.completed", "onMessageAdded"])
def test_what_we_sign_is_accepted_by_twilios_sdk(event_type: str) -> None:
    request = signed_request(WEBHOOK, event_type=event_type, secrets=TOKEN)
    fields = dict(parse_qsl(request.body.decode(), keep_blank_values=True))
    signature = request.headers["x-twilio-signature"]
    assert SDK.validate(URL, fields, signature)
    assert not SDK.validate(URL, {**fields, "Extra": "1"}, signature)
    assert not RequestValidator("another").validate(URL, fields, signature)


async def test_json_is_covered_by_the_hash_in_the_url() -> None:
    body = json.dumps({"a": "♥"}).encode()
    query = f"a=1&bodySHA256={SDK.compute_hash(body.decode())}&b=2"
    signature = SDK.compute_signature(f"{URL}?{query}", {})
    assert SDK.validate(f"{URL}?{query}", body.decode(), signature)
    request = posted(body, signature, "application/json", query=query)
    assert (await verdict_of(WEBHOOK, request, TOKEN)).accepted
    as_registered = replace(request, url=URL)
    assert (await verdict_of(WEBHOOK, as_registered, TOKEN)).accepted
    altered = replace(request, body=b'{"a": 2}')
    assert not SDK.validate(f"{URL}?{query}", altered.body.decode(), signature)
    assert (await verdict_of(WEBHOOK, altered, TOKEN)).cause is Cause.NO_MATCH


async def test_json_without_a_hash_in_the_url_is_refused_though_its_url_is_signed() -> None:
    request = posted(b'{"a": 1}', SDK.compute_signature(URL, {}), "application/json")
    assert (await verdict_of(WEBHOOK, request, TOKEN)).cause is Cause.NO_MATCH
    assert (await verdict_of(WEBHOOK, replace(request, body=b""), TOKEN)).accepted


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("https://example.com/a", "https://example.com:443/a"),
        ("http://example.com/a", "http://example.com:80/a"),
        ("https://example.com:8443/a", "https://example.com/a"),
    ],
)
async def test_a_url_signed_with_or_without_its_port_is_accepted_by_both(
    ours: str, theirs: str
) -> None:
    signature = SDK.compute_signature(theirs, CALL)
    assert SDK.validate(ours, CALL, signature)
    request = posted(form(CALL), signature, url=ours)
    assert (await verdict_of(WEBHOOK, request, TOKEN)).accepted


async def test_a_sharedkey_signs_with_sha256() -> None:
    signature = SDK.compute_signature(URL, CALL, "HMAC_SHA256")
    request = posted(form(CALL), signature)
    settings = "key=webhooks_sharedkey_1,algorithm=HMAC_SHA256"
    request = with_header(request, "x-twilio-webhooks-signature-settings", settings)
    assert (await verdict_of(WEBHOOK, request, "auth-token", TOKEN)).accepted
    altered = replace(request, body=b"")
    assert not (await verdict_of(WEBHOOK, altered, "auth-token", TOKEN)).accepted


def test_the_type_is_what_the_status_is_of_and_the_id_falls_back_to_the_body() -> None:
    request = posted(form({"CallSid": "CA1", "CallStatus": "ringing"}), "")
    assert type_and_id(WEBHOOK, request) == ("call.ringing", request.body_sha256)
    request = with_header(request, "i-twilio-idempotency-token", "a-token")
    assert type_and_id(WEBHOOK, request)[1] == "a-token"
    assert type_and_id(WEBHOOK, posted(b"Foo=1", ""))[0] is None


def test_twilio_is_answered_with_empty_twiml() -> None:
    answer = WEBHOOK.provider.accepted
    assert answer is not None
    assert (answer.status, answer.body) == (200, "<Response/>")
    assert answer.headers["content-type"] == "text/xml"
