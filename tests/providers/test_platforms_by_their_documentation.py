"""Platforms without a library that verifies: what their pages say is written out here, by hand."""

import base64
import hashlib
import hmac
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest

from layeron import InboundWebhook, secret, webhooks
from layeron.request import Request, headers_of
from layeron.signing.verdict import Cause
from layeron.testing import signed_request
from tests.support.handshakes import handshake
from tests.support.receiving import type_and_id, verdict_of
from tests.support.rules import with_header

SECRET = secret("S")
KEY = "It's a Secret to Everybody"
BODY = '{"greeting":"Zoë","escaped":"\\u00e9"}'


def digest(message: bytes, algorithm: str = "sha256", key: str = KEY) -> bytes:
    return hmac.digest(key.encode(), message, algorithm)


def in_base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def with_time(body: bytes, now: int) -> str:
    return f"t={now},v1={digest(f'{now}.'.encode() + body).hex()}"


@dataclass(frozen=True)
class Documented:
    """What a platform's page says.

    Attributes:
        event_type: a type of event that it lists.
        header: the header field with the signature.
        value: its value, of a body and a time in seconds since 1970.
    """

    webhook: InboundWebhook
    event_type: str
    header: str
    value: Callable[[bytes, int], str]


DOCUMENTED = {
    "bitbucket": Documented(
        webhooks.bitbucket(path="/b", secret=SECRET),
        "repo:push",
        "x-hub-signature",
        lambda body, _: f"sha256={digest(body).hex()}",
    ),
    "calcom": Documented(
        webhooks.calcom(path="/c", secret=SECRET),
        "BOOKING_CANCELLED",
        "x-cal-signature-256",
        lambda body, _: digest(body).hex(),
    ),
    "calendly": Documented(
        webhooks.calendly(path="/c", secret=SECRET),
        "invitee.canceled",
        "calendly-webhook-signature",
        with_time,
    ),
    "docusign": Documented(
        webhooks.docusign(path="/d", secret=SECRET),
        "envelope-completed",
        "x-docusign-signature-1",
        lambda body, _: in_base64(digest(body)),
    ),
    "heroku": Documented(
        webhooks.heroku(path="/h", secret=SECRET),
        "release.create",
        "heroku-webhook-hmac-sha256",
        lambda body, _: in_base64(digest(body)),
    ),
    "jira": Documented(
        webhooks.jira(path="/j", secret=SECRET),
        "jira:issue_updated",
        "x-hub-signature",
        lambda body, _: f"sha256={digest(body).hex()}",
    ),
    "pagerduty": Documented(
        webhooks.pagerduty(path="/p", secret=SECRET),
        "incident.triggered",
        "x-pagerduty-signature",
        lambda body, _: f"v1={digest(body).hex()}",
    ),
    "persona": Documented(
        webhooks.persona(path="/p", secret=SECRET),
        "inquiry.completed",
        "persona-signature",
        with_time,
    ),
    "sentry": Documented(
        webhooks.sentry(path="/s", secret=SECRET),
        "issue.created",
        "sentry-hook-signature",
        lambda body, _: digest(body).hex(),
    ),
    "typeform": Documented(
        webhooks.typeform(path="/t", secret=SECRET),
        "form_response",
        "typeform-signature",
        lambda body, _: f"sha256={in_base64(digest(body))}",
    ),
    "vercel": Documented(
        webhooks.vercel(path="/v", secret=SECRET),
        "deployment.succeeded",
        "x-vercel-signature",
        lambda body, _: digest(body, "sha1").hex(),
    ),
    "woocommerce": Documented(
        webhooks.woocommerce(path="/w", secret=SECRET),
        "order.created",
        "x-wc-webhook-signature",
        lambda body, _: in_base64(digest(body)),
    ),
}
every_platform = pytest.mark.parametrize("platform", DOCUMENTED.values(), ids=DOCUMENTED)


@every_platform
async def test_what_is_signed_as_documented_is_accepted_and_nothing_else(
    platform: Documented,
) -> None:
    webhook, name, body = platform.webhook, platform.header, BODY.encode()
    value = platform.value(body, int(time.time()))
    request = with_header(signed_request(webhook, body, secrets="another"), name, value)
    assert (await verdict_of(webhook, request, KEY)).status == "verified"
    assert (await verdict_of(webhook, request, "another")).cause is Cause.NO_MATCH
    for changed in (
        replace(request, body=body.replace("ë".encode(), b"\\u00eb")),
        replace(request, body=body + b"\n"),
        with_header(request, name, value[:-4]),
        with_header(request, name, value.replace("=", "9=", 1).upper()),
        with_header(request, name, "no-secret-provided"),
        with_header(request, name, ""),
        with_header(request, name),
    ):
        assert not (await verdict_of(webhook, changed, KEY)).accepted


@every_platform
async def test_an_example_is_signed_as_documented_and_read(platform: Documented) -> None:
    now = datetime.now(UTC)
    request = signed_request(platform.webhook, event_type=platform.event_type, secrets=KEY, now=now)
    expected = platform.value(request.body, int(now.timestamp()))
    assert request.headers[platform.header] == expected
    event_type, event_id = type_and_id(platform.webhook, request)
    assert event_type == platform.event_type
    assert event_id
    again = signed_request(platform.webhook, event_type=platform.event_type, secrets=KEY)
    assert type_and_id(platform.webhook, again)[1] != event_id


async def test_bitbuckets_published_example_is_accepted() -> None:
    # "Manage webhooks" of Bitbucket Cloud's documentation, section "Test the validation".
    webhook = DOCUMENTED["bitbucket"].webhook
    signature = "sha256=a4771c39fbe90f317c7824e83ddef3caae9cb3d976c214ace1f2937e133263c9"
    request = signed_request(webhook, "Hello World!", event_type="repo:push", secrets=KEY)
    assert request.headers["x-hub-signature"] == signature


@pytest.mark.parametrize("preset", ["bitbucket", "jira"])
async def test_github_s_sha1_under_the_same_header_is_refused(preset: str) -> None:
    webhook, body = DOCUMENTED[preset].webhook, BODY.encode()
    sha1 = f"sha1={hmac.new(KEY.encode(), body, hashlib.sha1).hexdigest()}"
    request = with_header(signed_request(webhook, body, secrets=KEY), "x-hub-signature", sha1)
    assert (await verdict_of(webhook, request, KEY)).cause is Cause.MALFORMED_SIGNATURE


ROTATED: dict[str, Callable[[str, str], dict[str, str]]] = {
    "pagerduty": lambda old, new: {"x-pagerduty-signature": f"{old},{new}"},
    "persona": lambda old, new: {"persona-signature": f"{old} {new}"},
    "docusign": lambda old, new: {
        "x-docusign-signature-1": old,
        "x-docusign-signature-2": new,
    },
}


@pytest.mark.parametrize("preset", ROTATED)
async def test_while_a_key_is_rotated_a_signature_by_either_is_enough(preset: str) -> None:
    platform, now = DOCUMENTED[preset], datetime.now(UTC)
    body = BODY.encode()
    old, new = (
        signed_request(platform.webhook, body, secrets=key, now=now).headers[platform.header]
        for key in ("old", "new")
    )
    request = signed_request(platform.webhook, body, secrets="unknown", now=now)
    for name, value in ROTATED[preset](old, new).items():
        request = with_header(request, name, value)
    for keys in (("old",), ("new",), ("new", "old")):
        assert (await verdict_of(platform.webhook, request, *keys)).accepted
    assert (await verdict_of(platform.webhook, request, "unknown")).cause is Cause.NO_MATCH


@pytest.mark.parametrize(("preset", "seconds"), [("calendly", 180), ("persona", 300)])
async def test_what_is_too_old_is_refused(preset: str, seconds: int) -> None:
    webhook = DOCUMENTED[preset].webhook
    for more, cause in ((-30, None), (30, Cause.STALE_TIMESTAMP)):
        at = datetime.now(UTC) - timedelta(seconds=seconds + more)
        request = signed_request(webhook, BODY, secrets=KEY, now=at)
        assert (await verdict_of(webhook, request, KEY)).cause is cause


def ping(body: bytes, **headers: str) -> Request:
    pairs = [("content-type", "application/x-www-form-urlencoded")]
    pairs += [(name.replace("_", "-"), value) for name, value in headers.items()]
    return Request("POST", "https://shop.example.com/w", "/w", "", headers_of(pairs), body)


async def test_woocommerces_unsigned_ping_is_answered_and_nothing_else_is() -> None:
    webhook = DOCUMENTED["woocommerce"].webhook
    answer = await handshake(webhook, ping(b"webhook_id=42"), KEY)
    assert answer
    assert answer.status == 200
    for request in (
        ping(b"webhook_id=42", x_wc_webhook_topic="order.created"),
        ping(b"webhook_id=42&order=1"),
        ping(b"webhook_id=x"),
        ping(b"webhook_id=42\n"),
        ping(b'{"id":1}'),
        ping(b""),
    ):
        assert await handshake(webhook, request, KEY) is None


RETRIES = {
    "svix": (webhooks.svix, timedelta(hours=28)),
    "clerk": (webhooks.clerk, timedelta(hours=28)),
    "resend": (webhooks.resend, timedelta(hours=28)),
    "openai": (webhooks.openai, timedelta(hours=72)),
    "pagerduty": (webhooks.pagerduty, timedelta(hours=48)),
    "docusign": (webhooks.docusign, timedelta(days=15)),
    "workos": (webhooks.workos, timedelta(days=3)),
    "sanity": (webhooks.sanity, timedelta(minutes=1)),
}


@pytest.mark.parametrize(("verb", "schedule"), RETRIES.values(), ids=RETRIES)
def test_a_repeat_counts_as_a_duplicate_for_longer_than_the_platform_retries(
    verb: Callable[..., InboundWebhook], schedule: timedelta
) -> None:
    assert verb(path="/hook", secret=SECRET).dedupe.ttl > schedule
