"""SendGrid's own SDK verifies what we sign, and both take its published example."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from importlib import import_module
from typing import Any

from layeron import secret, webhooks
from layeron.signing.verdict import Cause
from layeron.testing import signed_request
from tests.support.receiving import verdict_of
from tests.support.rules import P256_PRIVATE, P256_PUBLIC, with_header

WEBHOOK = webhooks.sendgrid(path="/webhooks/sendgrid", secret=secret("SENDGRID_PUBLIC_KEY"))
SIGNATURE = "x-twilio-email-event-webhook-signature"
TIMESTAMP = "x-twilio-email-event-webhook-timestamp"
EventWebhook: Any = import_module("sendgrid.helpers.eventwebhook").EventWebhook  # untyped
SDK = EventWebhook(P256_PUBLIC)
BODY = '[{"event":"open","sg_event_id":"a","email":"jö@example.com"}]\r\n'


def test_what_we_sign_is_accepted_by_sendgrids_sdk() -> None:
    request = signed_request(WEBHOOK, BODY, secrets=P256_PRIVATE)
    signature, timestamp = request.headers[SIGNATURE], request.headers[TIMESTAMP]
    assert SDK.verify_signature(BODY, signature, timestamp)
    assert not SDK.verify_signature(BODY.rstrip(), signature, timestamp)
    assert not SDK.verify_signature(BODY, signature, f"{timestamp}0")


async def test_what_the_sdk_refuses_is_refused_and_so_is_what_makes_it_raise() -> None:
    request = signed_request(WEBHOOK, BODY, secrets=P256_PRIVATE)
    assert (await verdict_of(WEBHOOK, request, P256_PUBLIC)).status == "verified"
    signature = request.headers[SIGNATURE]
    for changed, cause in (
        (replace(request, body=request.body.rstrip()), Cause.NO_MATCH),
        (with_header(request, TIMESTAMP, "1600112502"), Cause.NO_MATCH),
        (with_header(request, TIMESTAMP), Cause.MISSING_TIMESTAMP),
        (with_header(request, SIGNATURE, "MEUC"), Cause.NO_MATCH),
        (with_header(request, SIGNATURE, "not base64!"), Cause.MALFORMED_SIGNATURE),
        (with_header(request, SIGNATURE, signature[:-4]), Cause.NO_MATCH),
        (with_header(request, SIGNATURE), Cause.MISSING_SIGNATURE),
    ):
        assert (await verdict_of(WEBHOOK, changed, P256_PUBLIC)).cause is cause


async def test_sendgrids_published_example_is_accepted() -> None:
    # Of the tests of SendGrid's SDKs; the body ends with CR and LF.
    key = (
        "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE83T4O/n84iotIvIW4mdBgQ/7dAfSmpqIM8kF9mN1flpVKS3GRqe6"
        "2gw+2fNNRaINXvVpiglSI8eNEc6wEA3F+g=="
    )
    body = (
        '[{"email":"hello@world.com","event":"dropped","reason":"Bounced Address",'
        '"sg_event_id":"ZHJvcC0xMDk5NDkxOS1MUnpYbF9OSFN0T0doUTRrb2ZTbV9BLTA",'
        '"sg_message_id":"LRzXl_NHStOGhQ4kofSm_A.filterdrecv-p3mdw1-756b745b58-kmzbl-18-5F5FC76C-9.0",'
        '"smtp-id":"<LRzXl_NHStOGhQ4kofSm_A@ismtpd0039p1iad1.sendgrid.net>","timestamp":1600112492}]\r\n'
    )
    signature = (
        "MEUCIGHQVtGj+Y3LkG9fLcxf3qfI10QysgDWmMOVmxG0u6ZUAiEAyBiXDWzM+uOe5W0JuG+luQAbPIqHh89M15Tl"
        "uLtEZtM="
    )
    assert EventWebhook(key).verify_signature(body, signature, "1600112502")
    request = signed_request(WEBHOOK, body, secrets=P256_PRIVATE)
    request = with_header(request, SIGNATURE, signature)
    request = with_header(request, TIMESTAMP, "1600112502")
    then = datetime.fromtimestamp(1600112502, UTC)
    assert (await verdict_of(WEBHOOK, request, key, now=then)).accepted
    late = then + timedelta(days=1, seconds=1)
    assert (await verdict_of(WEBHOOK, request, key, now=late)).cause is Cause.STALE_TIMESTAMP


def test_no_replay_outlasts_the_window_of_duplicates() -> None:
    tolerance = WEBHOOK.signature.tolerance_seconds
    assert tolerance is not None
    assert timedelta(seconds=tolerance) < WEBHOOK.dedupe.ttl
