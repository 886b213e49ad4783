"""Senders on Standard Webhooks under names and with keys of their own; their libraries judge."""

import base64
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import openai
import polar.webhooks
import pytest
import resend
import svix

from layeron import InboundWebhook, secret, webhooks
from layeron.request import Request
from layeron.signing.verdict import Cause
from layeron.testing import signed_request
from tests.support.libraries import Judge, judge_in_node, judge_of
from tests.support.receiving import type_and_id, verdict_of
from tests.support.rules import with_header

WHSEC = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
OTHER = "whsec_" + base64.b64encode(bytes(24)).decode()
OLD_POLAR = "polar_whs_ovyN6cPrTv56AApvzCaJno08SSmGJmgbWilb33N2JuK"
SECRET = secret("S")

SVIX = webhooks.svix(path="/svix", secret=SECRET)
CLERK = webhooks.clerk(path="/clerk", secret=SECRET)
RESEND = webhooks.resend(path="/resend", secret=SECRET)
OPENAI = webhooks.openai(path="/openai", secret=SECRET)
REPLICATE = webhooks.replicate(path="/replicate", secret=SECRET)
POLAR = webhooks.polar(path="/polar", secret=SECRET)


def verify_by_svix(request: Request, key: str) -> None:
    svix.Webhook(key).verify(request.body, dict(request.headers))


def verify_by_resend(request: Request, key: str) -> None:
    names = ("id", "timestamp", "signature")
    headers = {name: request.headers.get(f"svix-{name}", "") for name in names}
    options: Any = {"payload": request.body.decode(), "headers": headers, "webhook_secret": key}
    resend.Webhooks.verify(options)


def verify_by_openai(request: Request, key: str) -> None:
    client = openai.OpenAI(api_key="unused", webhook_secret=key)
    client.webhooks.verify_signature(request.body, dict(request.headers))


def verify_by_polar(request: Request, key: str) -> None:
    types = frozenset({"order.paid"})
    polar.webhooks.validate_event(
        request.body, dict(request.headers), key, types, lambda data: data
    )


@dataclass(frozen=True)
class Sender:
    """A sender, its library, and a type of event and a secret such as it has.

    Attributes:
        prefix: how the names of its headers begin.
        checks_time: whether its library refuses what is old.
    """

    webhook: InboundWebhook
    judge: Judge
    event_type: str
    key: str = WHSEC
    prefix: str = "webhook-"
    checks_time: bool = True

    def signed(self, now: datetime | None = None) -> Request:
        return signed_request(self.webhook, event_type=self.event_type, secrets=self.key, now=now)


BY_SVIX = judge_of(verify_by_svix)
BY_POLAR = judge_of(verify_by_polar)
BY_OPENAI = judge_of(verify_by_openai)
BY_REPLICATE = judge_in_node(
    "replicate.mjs",
    id="webhook-id",
    timestamp="webhook-timestamp",
    signature="webhook-signature",
)
SENDERS = {
    "svix": Sender(SVIX, BY_SVIX, "invoice.paid", prefix="svix-"),
    "clerk": Sender(CLERK, BY_SVIX, "user.created", prefix="svix-"),
    "resend": Sender(RESEND, judge_of(verify_by_resend), "email.bounced", prefix="svix-"),
    "openai": Sender(OPENAI, BY_OPENAI, "response.completed"),
    "openai, text": Sender(OPENAI, BY_OPENAI, "batch.failed", "a secret that is no base64"),
    "replicate": Sender(REPLICATE, BY_REPLICATE, "succeeded", checks_time=False),
    "polar": Sender(POLAR, BY_POLAR, "order.paid"),
    "polar, text": Sender(POLAR, BY_POLAR, "order.paid", OLD_POLAR),
}
every_sender = pytest.mark.parametrize("sender", SENDERS.values(), ids=SENDERS)


@every_sender
async def test_what_we_sign_is_accepted_by_the_senders_own_library(sender: Sender) -> None:
    request = sender.signed()
    assert sender.judge([request], sender.key) == [True]
    assert sender.judge([request], OTHER) == [False]
    assert (await verdict_of(sender.webhook, request, sender.key)).status == "verified"
    assert (await verdict_of(sender.webhook, request, OTHER)).cause is Cause.NO_MATCH
    message_id = request.headers[f"{sender.prefix}id"]
    assert type_and_id(sender.webhook, request) == (sender.event_type, message_id)


@every_sender
async def test_what_the_senders_own_library_refuses_is_refused(sender: Sender) -> None:
    request, names = sender.signed(), sender.prefix
    signature = request.headers[f"{names}signature"]
    earlier = str(int(request.headers[f"{names}timestamp"]) - 1)
    refused = [
        replace(request, body=request.body + b" "),
        with_header(request, f"{names}id", "msg_2"),
        with_header(request, f"{names}timestamp", earlier),
        with_header(request, f"{names}timestamp"),
        with_header(request, f"{names}signature", signature[:-4]),
        with_header(request, f"{names}signature"),
    ]
    for changed in refused:
        assert not (await verdict_of(sender.webhook, changed, sender.key)).accepted
    assert sender.judge(refused, sender.key) == [False] * len(refused)


@every_sender
async def test_what_is_six_minutes_old_is_refused(sender: Sender) -> None:
    stale = sender.signed(datetime.now(UTC) - timedelta(minutes=6))
    assert (await verdict_of(sender.webhook, stale, sender.key)).cause is Cause.STALE_TIMESTAMP
    assert sender.judge([stale], sender.key) == [not sender.checks_time]


@every_sender
async def test_one_right_signature_among_several_is_enough(sender: Sender) -> None:
    request, name = sender.signed(), f"{sender.prefix}signature"
    right = request.headers[name]
    rotated = with_header(request, name, f"v1,{'A' * 43}= {right}")
    assert (await verdict_of(sender.webhook, rotated, sender.key)).accepted
    assert sender.judge([rotated], sender.key) == [True]
    other_scheme = with_header(request, name, right.replace("v1,", "v2,"))
    verdict = await verdict_of(sender.webhook, other_scheme, sender.key)
    assert verdict.cause is Cause.MALFORMED_SIGNATURE


@pytest.mark.parametrize("webhook", [SVIX, CLERK, RESEND], ids=["svix", "clerk", "resend"])
async def test_what_svix_signs_is_accepted(webhook: InboundWebhook) -> None:
    now = datetime.now(UTC)
    body = '{"type":"user.created","data":{"name":"Zoë"}}'
    request = signed_request(webhook, body, secrets=OTHER, headers={"svix-id": "msg_1"}, now=now)
    signature = svix.Webhook(WHSEC).sign("msg_1", now, body)
    request = with_header(request, "svix-signature", signature)
    assert (await verdict_of(webhook, request, WHSEC)).status == "verified"
    assert type_and_id(webhook, request) == ("user.created", "msg_1")


async def test_the_neutral_names_of_a_request_do_not_count_for_svix() -> None:
    """Else a captured request could be sent again under another id."""
    neutral = SENDERS["svix"].signed()
    for name in ("id", "timestamp", "signature"):
        neutral = with_header(neutral, f"webhook-{name}", neutral.headers[f"svix-{name}"])
    neutral = with_header(neutral, "svix-signature")
    assert (await verdict_of(SVIX, neutral, WHSEC)).cause is Cause.MISSING_SIGNATURE
    standard = webhooks.standard(path="/standard", secret=SECRET)
    assert (await verdict_of(standard, neutral, WHSEC)).accepted


async def test_polars_older_endpoints_sign_with_any_secret_as_it_stands() -> None:
    """By when the secret was made, not by how it looks; so do its libraries."""
    as_text = base64.b64encode(WHSEC.encode()).decode()
    request = signed_request(POLAR, event_type="order.paid", secrets=as_text)
    assert (await verdict_of(POLAR, request, WHSEC)).accepted
    assert BY_POLAR([request], WHSEC) == [True]
