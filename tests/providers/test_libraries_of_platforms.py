"""Platforms with a library of their own, which is the other side; both ways where it can sign."""

import base64
import json
import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import elevenlabs
import pyairtable.models
import pytest
import telnyx
import workos
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from layeron import InboundWebhook, secret, webhooks
from layeron.request import Request
from layeron.signing.verdict import Cause
from layeron.testing import signed_request
from tests.support.libraries import Judge, judge_in_node, judge_of
from tests.support.node import ask_node
from tests.support.receiving import type_and_id, verdict_of
from tests.support.rules import with_header

SECRET = secret("S")
KEY = "0f9c6ad5f1e24b7c8f7d5a1e9b3c2d4e"
MAC_SECRET = base64.b64encode(b"a mac secret of airtable").decode()
OTHER_MAC_SECRET = base64.b64encode(b"another").decode()
_ED25519 = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PRIVATE = base64.b64encode(bytes(range(32))).decode()
PUBLIC = base64.b64encode(_ED25519.public_key().public_bytes_raw()).decode()
OTHER_PUBLIC = base64.b64encode(
    Ed25519PrivateKey.from_private_bytes(bytes(32)).public_key().public_bytes_raw()
).decode()

AIRTABLE = webhooks.airtable(path="/airtable", secret=SECRET)
ELEVENLABS = webhooks.elevenlabs(path="/elevenlabs", secret=SECRET)
LINEAR = webhooks.linear(path="/linear", secret=SECRET)
MUX = webhooks.mux(path="/mux", secret=SECRET)
SANITY = webhooks.sanity(path="/sanity", secret=SECRET)
TELNYX = webhooks.telnyx(path="/telnyx", secret=SECRET)
WORKOS = webhooks.workos(path="/workos", secret=SECRET)


def verify_by_pyairtable(request: Request, key: str) -> None:
    notification = pyairtable.models.WebhookNotification
    mac = request.headers.get("x-airtable-content-mac", "")
    notification.from_request(request.body.decode(), mac, key)


def verify_by_elevenlabs(request: Request, key: str) -> None:
    signature = request.headers.get("elevenlabs-signature", "")
    client: Any = elevenlabs.ElevenLabs(api_key="unused")  # partly untyped
    client.webhooks.construct_event(request.body.decode(), signature, key)


def verify_by_telnyx(request: Request, key: str) -> None:
    client = telnyx.Telnyx(api_key="unused")
    client.webhooks.unwrap(request.body.decode(), headers=dict(request.headers), key=key)


def verify_by_workos(request: Request, key: str) -> None:
    client = workos.WorkOSClient(api_key="unused", client_id="unused")
    signature = request.headers.get("workos-signature", "")
    client.webhooks.verify_header(event_body=request.body, event_signature=signature, secret=key)


BY_MUX = judge_in_node("mux.mjs", signature="mux-signature")
BY_TELNYX = judge_of(verify_by_telnyx)


@dataclass(frozen=True)
class Platform:
    """A platform, its library, and a type of event and secrets such as it has.

    Attributes:
        signing: what the platform holds.
        verifying: what we hold: the same, or the public half.
        stranger: a key of the same kind that belongs to somebody else.
        tolerance: how many seconds the library allows; None where it checks no time.
    """

    webhook: InboundWebhook
    judge: Judge
    event_type: str
    tolerance: int | None = None
    signing: str = KEY
    verifying: str = KEY
    stranger: str = "another-key"

    def signed(self, now: datetime | None = None) -> Request:
        return signed_request(
            self.webhook, event_type=self.event_type, secrets=self.signing, now=now
        )


PLATFORMS = {
    "airtable": Platform(
        AIRTABLE,
        judge_of(verify_by_pyairtable),
        "notification",
        None,
        MAC_SECRET,
        MAC_SECRET,
        OTHER_MAC_SECRET,
    ),
    "elevenlabs": Platform(
        ELEVENLABS, judge_of(verify_by_elevenlabs), "post_call_transcription", 1800
    ),
    "linear": Platform(
        LINEAR, judge_in_node("linear.mjs", signature="linear-signature"), "Issue.update", 60
    ),
    "mux": Platform(MUX, BY_MUX, "video.asset.ready", 300),
    "sanity": Platform(
        SANITY, judge_in_node("sanity.mjs", signature="sanity-webhook-signature"), "update"
    ),
    "telnyx": Platform(TELNYX, BY_TELNYX, "message.received", 300, PRIVATE, PUBLIC, OTHER_PUBLIC),
    "workos": Platform(WORKOS, judge_of(verify_by_workos), "dsync.user.created", 180),
}
every_platform = pytest.mark.parametrize("platform", PLATFORMS.values(), ids=PLATFORMS)
every_careful_platform = pytest.mark.parametrize(
    ("platform", "tolerance"),
    [(each, each.tolerance) for each in PLATFORMS.values() if each.tolerance],
    ids=[name for name, each in PLATFORMS.items() if each.tolerance],
)


@every_platform
async def test_what_we_sign_is_accepted_by_the_platforms_own_library(platform: Platform) -> None:
    request = platform.signed()
    assert platform.judge([request], platform.verifying) == [True]
    assert platform.judge([request], platform.stranger) == [False]
    verdict = await verdict_of(platform.webhook, request, platform.verifying)
    assert verdict.status == "verified"
    verdict = await verdict_of(platform.webhook, request, platform.stranger)
    assert verdict.cause is Cause.NO_MATCH
    assert type_and_id(platform.webhook, request)[0] == platform.event_type


@every_platform
async def test_what_the_platforms_own_library_refuses_is_refused(platform: Platform) -> None:
    request, name = platform.signed(), platform.webhook.signature.header or ""
    text = request.headers[name]
    turned = text[:-4] + ("A" if text[-4] != "A" else "B") + text[-3:]
    refused = [
        replace(request, body=request.body.replace(b"{", b"{ ", 1)),
        *(with_header(request, name, each) for each in (text[:-4], turned, "junk", "t=1,v9=0")),
        with_header(request, name),
    ]
    for changed in refused:
        assert not (await verdict_of(platform.webhook, changed, platform.verifying)).accepted
    assert platform.judge(refused, platform.verifying) == [False] * len(refused)


@every_careful_platform
async def test_what_is_older_than_the_platform_allows_is_refused_by_both(
    platform: Platform, tolerance: int
) -> None:
    now = datetime.now(UTC)
    fresh, stale = (
        platform.signed(now - timedelta(seconds=tolerance + more)) for more in (-30, 30)
    )
    assert (await verdict_of(platform.webhook, fresh, platform.verifying)).accepted
    verdict = await verdict_of(platform.webhook, stale, platform.verifying)
    assert verdict.cause is Cause.STALE_TIMESTAMP
    assert platform.judge([fresh, stale], platform.verifying) == [True, False]


async def test_what_sanity_signs_is_accepted() -> None:
    body, now = '{"_id":"1","title":"Zoë"}', time.time_ns() // 1_000_000
    case = {"secret": KEY, "body": body, "timestamp": str(now)}
    [signature] = ask_node("sanity.mjs", [case])
    request = signed_request(SANITY, body, event_type="create", secrets="another-key")
    request = with_header(request, "sanity-webhook-signature", signature)
    assert (await verdict_of(SANITY, request, KEY)).accepted
    assert type_and_id(SANITY, request) == ("create", request.headers["idempotency-key"])


async def test_what_telnyxs_key_signs_is_accepted() -> None:
    body, now = b'{"data":{"id":"e1","event_type":"call.initiated"}}', str(int(time.time()))
    signature = base64.b64encode(_ED25519.sign(now.encode() + b"|" + body)).decode()
    request = signed_request(TELNYX, body, secrets=PRIVATE)
    request = with_header(request, "telnyx-timestamp", now)
    request = with_header(request, "telnyx-signature-ed25519", signature)
    assert BY_TELNYX([request], PUBLIC) == [True]
    assert (await verdict_of(TELNYX, request, PUBLIC)).accepted
    assert type_and_id(TELNYX, request) == ("call.initiated", "e1")


async def test_one_right_signature_of_mux_among_several_is_enough() -> None:
    request = signed_request(MUX, event_type="video.asset.ready", secrets=KEY)
    time_part, right = request.headers["mux-signature"].split(",")
    several = with_header(request, "mux-signature", f"{time_part},v1={'0' * 64},{right}")
    assert (await verdict_of(MUX, several, KEY)).accepted
    assert BY_MUX([several], KEY) == [True]


async def test_linears_unsigned_time_changes_nothing() -> None:
    now = datetime.now(UTC)
    stale = signed_request(
        LINEAR, event_type="Issue.create", secrets=KEY, now=now - timedelta(minutes=2)
    )
    renewed = with_header(stale, "linear-timestamp", str(int(now.timestamp() * 1000)))
    assert (await verdict_of(LINEAR, renewed, KEY)).cause is Cause.STALE_TIMESTAMP
    timeless = signed_request(LINEAR, secrets=KEY)
    payload = json.loads(timeless.body)
    assert isinstance(payload["webhookTimestamp"], int)


async def test_a_workos_signature_is_read_with_and_without_the_blank() -> None:
    request = signed_request(WORKOS, event_type="user.created", secrets=KEY)
    text = request.headers["workos-signature"]
    assert ", v1=" in text
    tight = with_header(request, "workos-signature", text.replace(", ", ","))
    assert (await verdict_of(WORKOS, tight, KEY)).accepted


CONTENTFUL = webhooks.contentful(path="/webhooks/contentful", secret=SECRET)
CONTENTFUL_KEY = "p0K9j8H7g6F5d4S3a2Q1w0E9r8T7y6U5i4O3p2L1k0J9h8G7f6D5s4A3z2X1c0V9"
CONTENTFUL_TIME = datetime.fromtimestamp(1_690_000_000, UTC)


def from_contentful(signature: str, body: str, query: str, **headers: str) -> Request:
    """A request with what signRequest of @contentful/node-apps-toolkit 3.16.1 answered for it."""
    request = signed_request(CONTENTFUL, body, secrets=CONTENTFUL_KEY, now=CONTENTFUL_TIME)
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    listed = sorted([*names, "x-contentful-signed-headers", "x-contentful-timestamp"])
    for name, value in names.items():
        request = with_header(request, name, value)
    request = with_header(request, "x-contentful-signed-headers", ",".join(listed))
    request = with_header(request, "x-contentful-signature", signature)
    return replace(request, query_string=query, url=f"{request.url}?{query}")


WITH_BODY = from_contentful(
    "1e0393eacea93acd6ec5e159b3c5e191dbfe5c7f18e8e02d5d737635dbd11426",
    '{"sys":{"id":"1"},"fields":{"title":{"en-US":"Zoë"}}}',
    "",
    content_type="application/json",
    x_contentful_topic=" ContentManagement.Entry.publish ",
)
WITH_QUERY = from_contentful(
    "9e5c6b22dcfe91fecb8d1f08fcd290595287630d999e77721629db326e4e73ec",
    "",
    "space=a%20b&name=x/y",
)


@pytest.mark.parametrize("request_", [WITH_BODY, WITH_QUERY], ids=["body", "query"])
async def test_what_contentfuls_library_signs_is_accepted(request_: Request) -> None:
    verdict = await verdict_of(CONTENTFUL, request_, CONTENTFUL_KEY, now=CONTENTFUL_TIME)
    assert verdict.status == "verified", verdict.detail
    for changed in (
        replace(request_, body=request_.body + b" "),
        replace(request_, path="/webhooks/other"),
        replace(request_, query_string="space=b"),
        replace(request_, method="PUT"),
        with_header(request_, "x-contentful-timestamp", "1690000000001"),
        with_header(request_, "x-contentful-signature", "0" * 64),
    ):
        refused = await verdict_of(CONTENTFUL, changed, CONTENTFUL_KEY, now=CONTENTFUL_TIME)
        assert not refused.accepted
    late = CONTENTFUL_TIME + timedelta(seconds=40)
    stale = await verdict_of(CONTENTFUL, request_, CONTENTFUL_KEY, now=late)
    assert stale.cause is Cause.STALE_TIMESTAMP


async def test_contentfuls_signed_headers_cannot_be_left_out_or_changed() -> None:
    request = signed_request(CONTENTFUL, event_type="a.Entry.publish", secrets=CONTENTFUL_KEY)
    assert (await verdict_of(CONTENTFUL, request, CONTENTFUL_KEY)).accepted
    listed = request.headers["x-contentful-signed-headers"]
    for name, value in (
        ("x-contentful-topic", "a.Entry.delete"),
        ("x-contentful-idempotency-key", "another"),
        ("x-contentful-signed-headers", listed.replace(",x-contentful-topic", "")),
        ("x-contentful-signed-headers", "x-contentful-topic"),
        ("x-contentful-signed-headers", ""),
    ):
        changed = with_header(request, name, value)
        assert not (await verdict_of(CONTENTFUL, changed, CONTENTFUL_KEY)).accepted


async def test_what_webflows_library_accepts_is_accepted() -> None:
    # verifySignature of webflow-api 3.3.4 accepts this request, and not one with a longer body.
    webflow = webhooks.webflow(path="/webflow", secret=SECRET)
    key = "1687a4ea2e5d7f2f7e3d4b7e5bfa5c1e9e2d6d3f"
    body = '{"triggerType":"form_submission","payload":{"name":"Zoë"}}'
    at = datetime.fromtimestamp(1_690_000_000, UTC)
    request = signed_request(webflow, body, secrets=key, now=at)
    expected = "5b13b8f5148967c503ce04739d3444829fe9be7683b6c534db332bf6f10e169f"
    assert request.headers["x-webflow-timestamp"] == "1690000000000"
    assert request.headers["x-webflow-signature"] == expected
    assert (await verdict_of(webflow, request, key, now=at)).accepted
    longer = replace(request, body=request.body + b" ")
    assert (await verdict_of(webflow, longer, key, now=at)).cause is Cause.NO_MATCH
    assert type_and_id(webflow, request) == ("form_submission", request.body_sha256)
