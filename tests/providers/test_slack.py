"""Slack's own SDK is the other side, both ways; forms and the check of the address."""

import json
import time
from dataclasses import replace
from urllib.parse import urlencode

from slack_sdk.signature import SignatureVerifier

from layeron import secret, webhooks
from layeron.answer import answer_of
from layeron.request import Request, headers_of
from layeron.signing.verdict import Cause
from layeron.testing import signed_request
from tests.support.handshakes import handshake
from tests.support.receiving import type_and_id, verdict_of
from tests.support.rules import with_header

SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
WEBHOOK = webhooks.slack(path="/webhooks/slack", secret=secret("SLACK_SIGNING_SECRET"))
FORM = "application/x-www-form-urlencoded"


def by_slack(body: str, content_type: str = "application/json", at: int | None = None) -> Request:
    stamp = str(at or int(time.time()))
    signature = SignatureVerifier(SECRET).generate_signature(timestamp=stamp, body=body)
    assert signature is not None
    fields = [
        ("content-type", content_type),
        ("x-slack-request-timestamp", stamp),
        ("x-slack-signature", signature),
    ]
    return Request(
        "POST", "https://x.example/slack", "/slack", "", headers_of(fields), body.encode()
    )


async def test_what_slacks_sdk_signs_is_accepted() -> None:
    body = '{"type": "event_callback", "event_id": "Ev1", "event": {"type": "message"}, "t": "é"}'
    request = by_slack(body)
    assert (await verdict_of(WEBHOOK, request, SECRET)).status == "verified"
    assert type_and_id(WEBHOOK, request) == ("message", "Ev1")


def test_what_we_sign_is_accepted_by_slacks_sdk() -> None:
    for body in (None, "token=x&command=%2Fweather&text=94070", ""):
        request = signed_request(WEBHOOK, body, secrets=SECRET)
        assert SignatureVerifier(SECRET).is_valid_request(request.body, dict(request.headers))


async def test_what_slacks_sdk_refuses_is_refused() -> None:
    request = by_slack('{"type":"event_callback"}')
    signature = request.headers["x-slack-signature"]
    now = int(time.time())
    for changed in (
        replace(request, body=b'{"type": "event_callback"}'),
        with_header(request, "x-slack-signature", signature.replace("v0=", "v1=")),
        with_header(request, "x-slack-signature", signature.removeprefix("v0=")),
        with_header(request, "x-slack-signature", signature[:-1]),
        with_header(request, "x-slack-signature"),
        with_header(request, "x-slack-request-timestamp", str(now - 1)),
        with_header(request, "x-slack-request-timestamp"),
        by_slack("{}", at=now - 310),
        by_slack("{}", at=now + 310),
    ):
        assert not (await verdict_of(WEBHOOK, changed, SECRET)).accepted
        assert not SignatureVerifier(SECRET).is_valid_request(changed.body, dict(changed.headers))
    assert (await verdict_of(WEBHOOK, request, "another")).cause is Cause.NO_MATCH


async def test_slacks_published_example_matches() -> None:
    # "Verifying requests from Slack", the example of the page.
    body = (
        "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow"
        "&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner"
        "&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands"
        "%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN"
        "&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
    )
    request = by_slack(body, FORM, at=1531420618)
    assert request.headers["x-slack-signature"] == (
        "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"
    )
    assert type_and_id(WEBHOOK, request) == (
        "/webhook-collect",
        "398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c",
    )


def test_an_interaction_is_read_from_its_form() -> None:
    payload = json.dumps({"type": "block_actions", "trigger_id": "13345224609.738474920"})
    request = by_slack(urlencode({"payload": payload}), FORM)
    assert type_and_id(WEBHOOK, request) == ("block_actions", "13345224609.738474920")
    for odd in ("", "[]", "{", '{"type":5}', '"text"'):
        request = by_slack(urlencode({"payload": odd}), FORM)
        assert type_and_id(WEBHOOK, request) == (None, None)


async def test_the_check_of_the_address_is_answered_if_it_is_signed() -> None:
    request = by_slack('{"token":"t","challenge":"3eZbrw1aBm2r","type":"url_verification"}')
    answer = await handshake(WEBHOOK, request, SECRET)
    assert answer is not None
    assert (answer.status, answer.body) == (200, b'{"challenge": "3eZbrw1aBm2r"}')
    unsigned = with_header(request, "x-slack-signature")
    assert await handshake(WEBHOOK, unsigned, SECRET) is None
    assert await handshake(WEBHOOK, by_slack('{"type":"event_callback"}'), SECRET) is None


def test_an_event_is_acknowledged_without_a_body_that_slack_would_show() -> None:
    answer = answer_of(WEBHOOK.provider.accepted)
    assert answer is not None
    assert (answer.status, answer.body) == (200, b"")


def test_no_content_type_hides_the_id_of_a_form() -> None:
    """It is not signed: with another, a command sent again would be handled again."""
    body = urlencode({"command": "/deploy", "trigger_id": "T1.2"})
    for content_type in (FORM, "application/json", "text/plain"):
        assert type_and_id(WEBHOOK, by_slack(body, content_type)) == ("/deploy", "T1.2")
