"""Twitch EventSub: the challenge, and nothing believed that is not signed."""

import hashlib
import hmac
from dataclasses import replace
from datetime import UTC, datetime

from layeron import secret, webhooks
from layeron.request import Request
from layeron.signing.verdict import Cause
from tests.support.handshakes import handshake, told
from tests.support.receiving import type_and_id, verdict_of
from tests.support.rules import with_header

SECRET = "s3cre77890ab"
WEBHOOK = webhooks.twitch(path="/webhooks/twitch", secret=secret("TWITCH_SECRET"))
PENDING = {"status": "webhook_callback_verification_pending", "type": "stream.online"}


def by_twitch(payload: object, kind: str = "notification") -> Request:
    """As "Verifying the event message" says: the id, the time in nanoseconds and the body."""
    request = told(payload)
    stamp = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f") + "123Z"
    message = f"e76c6bd4-55c9{stamp}".encode() + request.body
    proof = hmac.new(SECRET.encode(), message, hashlib.sha256).hexdigest()
    for name, value in {
        "id": "e76c6bd4-55c9",
        "timestamp": stamp,
        "type": kind,
        "signature": f"sha256={proof}",
    }.items():
        request = with_header(request, f"twitch-eventsub-message-{name}", value)
    return request


async def test_what_is_signed_as_twitch_documents_it_is_accepted() -> None:
    request = by_twitch({"subscription": {"status": "enabled", "type": "channel.follow"}})
    assert (await verdict_of(WEBHOOK, request, SECRET)).status == "verified"
    assert type_and_id(WEBHOOK, request) == ("channel.follow", "e76c6bd4-55c9")
    for changed in (
        replace(request, body=request.body + b" "),
        with_header(request, "twitch-eventsub-message-id", "e76c6bd4-55c8"),
        with_header(request, "twitch-eventsub-message-timestamp", "2026-01-01T00:00:00Z"),
    ):
        assert (await verdict_of(WEBHOOK, changed, SECRET)).cause is Cause.NO_MATCH


async def test_the_challenge_is_answered_as_text_if_it_is_signed() -> None:
    challenge = {"challenge": "pogchamp-kappa-360noscope-vohiyo", "subscription": PENDING}
    request = by_twitch(challenge, "webhook_callback_verification")
    answer = await handshake(WEBHOOK, request, SECRET)
    assert answer is not None
    assert (answer.status, answer.body) == (200, b"pogchamp-kappa-360noscope-vohiyo")
    assert answer.headers["content-type"].startswith("text/plain")
    forged = replace(request, body=request.body.replace(b"kappa", b"other"))
    assert await handshake(WEBHOOK, forged, SECRET) is None


async def test_a_header_that_is_not_signed_makes_no_notification_a_challenge() -> None:
    request = by_twitch({"subscription": {"status": "enabled", "type": "stream.online"}})
    relabelled = with_header(
        request, "twitch-eventsub-message-type", "webhook_callback_verification"
    )
    relabelled = with_header(relabelled, "twitch-eventsub-subscription-type", "channel.ban")
    assert await handshake(WEBHOOK, relabelled, SECRET) is None
    assert type_and_id(WEBHOOK, relabelled)[0] == "stream.online"


def test_the_end_of_a_subscription_is_an_event_of_its_own() -> None:
    for status in ("authorization_revoked", "user_removed", "notification_failures_exceeded"):
        request = by_twitch({"subscription": {"status": status, "type": "channel.follow"}})
        assert type_and_id(WEBHOOK, request)[0] == "revocation"
