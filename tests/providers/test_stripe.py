"""Stripe's own SDK is the other side, both ways."""

import time
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import stripe

from layeron import secret, webhooks
from layeron.request import Request
from layeron.signing.verdict import Cause
from layeron.testing import signed_request
from tests.support.receiving import type_and_id, verdict_of
from tests.support.rules import with_header

SDK: Any = stripe.WebhookSignature  # partly untyped
SECRET = "whsec_test_31ad1b0e"
WEBHOOK = webhooks.stripe(path="/webhooks/stripe", secret=secret("STRIPE_WEBHOOK_SECRET"))
BODY = '{"id": "evt_1", "object": "event", "type": "invoice.paid", "amount": "5 €"}'


def signed_by_stripe(body: str = BODY, key: str = SECRET, at: float | None = None) -> Request:
    header = SDK.generate_signature_header(
        body, key, timestamp=int(time.time() if at is None else at)
    )
    request = signed_request(WEBHOOK, body.encode(), secrets=SECRET)
    return with_header(request, "stripe-signature", header)


async def test_what_stripes_sdk_signs_is_accepted() -> None:
    request = signed_by_stripe()
    assert (await verdict_of(WEBHOOK, request, SECRET)).status == "verified"
    assert type_and_id(WEBHOOK, request) == ("invoice.paid", "evt_1")


@pytest.mark.parametrize("event_type", ["invoice.paid", "charge.failed", "radar.something_new"])
def test_what_we_sign_is_accepted_by_stripes_sdk(event_type: str) -> None:
    request = signed_request(WEBHOOK, event_type=event_type, secrets=SECRET)
    event = stripe.Webhook.construct_event(
        request.body, request.headers["stripe-signature"], SECRET
    )
    assert (event.type, event.id) == type_and_id(WEBHOOK, request)
    assert event.data.object["object"] == event_type.rpartition(".")[0]


async def test_other_bytes_another_key_and_another_scheme_are_refused_by_both() -> None:
    request = signed_by_stripe()
    header = request.headers["stripe-signature"]
    for changed, key, cause in (
        (replace(request, body=request.body + b"\n"), SECRET, Cause.NO_MATCH),
        (request, "whsec_another", Cause.NO_MATCH),
        (
            with_header(request, "stripe-signature", header.replace("v1=", "v0=")),
            SECRET,
            Cause.MALFORMED_SIGNATURE,
        ),
        (with_header(request, "stripe-signature", header[:-1]), SECRET, Cause.MALFORMED_SIGNATURE),
        (
            with_header(request, "stripe-signature", header.replace("t=", "t=1")),
            SECRET,
            Cause.NO_MATCH,
        ),
        (with_header(request, "stripe-signature", "junk"), SECRET, Cause.MALFORMED_SIGNATURE),
    ):
        assert (await verdict_of(WEBHOOK, changed, key)).cause is cause
        with pytest.raises(stripe.SignatureVerificationError):
            SDK.verify_header(changed.body, changed.headers["stripe-signature"], key, 300)


async def test_a_signature_of_six_minutes_ago_is_refused_by_both() -> None:
    request = signed_by_stripe(at=time.time() - 360)
    verdict = await verdict_of(WEBHOOK, request, SECRET)
    assert verdict.cause is Cause.STALE_TIMESTAMP
    with pytest.raises(stripe.SignatureVerificationError, match="tolerance"):
        SDK.verify_header(request.body, request.headers["stripe-signature"], SECRET, 300)


async def test_a_signature_of_the_future_is_refused_though_stripes_sdk_lets_it_pass() -> None:
    request = signed_by_stripe(at=time.time() + 360)
    assert (await verdict_of(WEBHOOK, request, SECRET)).cause is Cause.FUTURE_TIMESTAMP


async def test_the_tolerance_can_be_chosen() -> None:
    patient = webhooks.stripe(path="/s", secret=secret("S"), tolerance_seconds=3600)
    request = signed_by_stripe(at=time.time() - 360)
    assert (await verdict_of(patient, request, SECRET)).accepted


async def test_while_a_secret_is_rolled_stripe_signs_with_both_and_either_is_accepted() -> None:
    now = time.time()
    old, new = (
        signed_by_stripe(key=key, at=now).headers["stripe-signature"] for key in ("old", "new")
    )
    both = with_header(signed_by_stripe(), "stripe-signature", f"{old},{new.partition(',')[2]}")
    for secrets in (("old",), ("new",), ("new", "old")):
        assert (await verdict_of(WEBHOOK, both, *secrets)).accepted
    SDK.verify_header(both.body, both.headers["stripe-signature"], "new", 300)


def test_a_repeat_counts_as_a_duplicate_for_longer_than_stripe_retries() -> None:
    assert WEBHOOK.dedupe.ttl > timedelta(days=3)
