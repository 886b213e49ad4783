"""Razorpay, GoCardless and Coinbase Commerce: their own SDKs verify what we sign."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from importlib import import_module
from typing import Any

import pytest

from layeron import InboundWebhook, secret, webhooks
from layeron.request import Request
from layeron.testing import signed_request
from tests.support.receiving import verdict_of
from tests.support.rules import with_header

KEY = "a-secret-of-the-endpoint"
RAZORPAY: Any = import_module("razorpay")  # untyped, as are the others
GOCARDLESS: Any = import_module("gocardless_pro.webhooks")
COINBASE: Any = import_module("coinbase_commerce.webhook")
S = secret("PROVIDER_SECRET")


@dataclass(frozen=True)
class Case:
    """A preset, its header, and how the provider's SDK verifies."""

    webhook: InboundWebhook
    header: str
    event_type: str
    verify: Callable[[str, str, str], object]
    refusal: type[Exception]


CASES = [
    Case(
        webhooks.razorpay(path="/razorpay", secret=S),
        "x-razorpay-signature",
        "payment.captured",
        RAZORPAY.Utility().verify_webhook_signature,
        RAZORPAY.errors.SignatureVerificationError,
    ),
    Case(
        webhooks.gocardless(path="/gocardless", secret=S),
        "webhook-signature",
        "payments.confirmed",
        lambda body, signature, key: GOCARDLESS.parse(body, key, signature),
        GOCARDLESS.InvalidSignatureError,
    ),
    Case(
        webhooks.coinbase_commerce(path="/coinbase", secret=S),
        "x-cc-webhook-signature",
        "charge:confirmed",
        COINBASE.Webhook.construct_event,
        COINBASE.SignatureVerificationError,
    ),
]
every_sdk = pytest.mark.parametrize("case", CASES, ids=lambda case: case.webhook.name)


def ask(case: Case, request: Request, key: str = KEY) -> object:
    return case.verify(request.body.decode(), request.headers.get(case.header, ""), key)


@every_sdk
async def test_what_we_sign_is_accepted_by_the_sdk(case: Case) -> None:
    request = signed_request(case.webhook, event_type=case.event_type, secrets=KEY)
    assert ask(case, request)
    assert (await verdict_of(case.webhook, request, KEY)).status == "verified"


@every_sdk
async def test_what_the_sdk_refuses_is_refused(case: Case) -> None:
    request = signed_request(case.webhook, event_type=case.event_type, secrets=KEY)
    signature = request.headers[case.header]
    for changed in (
        replace(request, body=request.body.replace(b"e", b"E", 1)),
        replace(request, body=request.body + b" "),
        with_header(request, case.header, signature[:-2]),
        with_header(request, case.header, signature.upper()),
        with_header(request, case.header),
    ):
        with pytest.raises(case.refusal):
            ask(case, changed)
        assert not (await verdict_of(case.webhook, changed, KEY)).accepted
    with pytest.raises(case.refusal):
        ask(case, request, "another")
    assert not (await verdict_of(case.webhook, request, "another")).accepted


def test_the_id_of_a_gocardless_request_is_the_one_its_sdk_reads() -> None:
    webhook = CASES[1].webhook
    request = signed_request(webhook, event_type="payments.confirmed", secrets=KEY)
    parsed = GOCARDLESS.parse_with_meta(request.body, KEY, request.headers["webhook-signature"])
    assert parsed.webhook_id.startswith("WB")
    assert parsed.webhook_id in request.body.decode()
