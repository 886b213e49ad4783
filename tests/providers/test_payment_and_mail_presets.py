"""What the presets of payments, mail and support have in common: examples, names, answers."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace

import pytest

from layeron import InboundWebhook, secret, webhooks
from layeron.payload import Json
from layeron.request import Headers, Request, headers_of
from layeron.testing import signed_request
from tests.support.receiving import type_and_id, verdict_of
from tests.support.rules import P256_PRIVATE, P256_PUBLIC

URL = "https://hooks.example.com/vendor"
HEX = "44782def547aaa06c910c43932b1eb0c71fc68d9d0c057550c48ec2acf6ba056"


@dataclass(frozen=True)
class Case:
    """A preset, types of its events, and a key that signs, verifies, or belongs to a stranger."""

    webhook: InboundWebhook
    types: Sequence[str]
    key: str = "a-key-of-the-provider"
    public_key: str | None = None
    stranger: str = "a-key-of-somebody-else"
    covers_body: bool = True


S = secret("PROVIDER_SECRET")
CASES = [
    Case(webhooks.adyen(url=URL, secret=S), ["AUTHORISATION", "REFUND"], HEX, stranger="00ff" * 16),
    Case(
        webhooks.chargebee(url=URL, secret=S),
        ["subscription_created", "payment_succeeded", "x"],
        "user:password",
        stranger="user:other",
        covers_body=False,
    ),
    Case(webhooks.coinbase_commerce(url=URL, secret=S), ["charge:confirmed", "charge:failed"]),
    Case(webhooks.flutterwave(url=URL, secret=S), ["charge.completed", "transfer.disburse"]),
    Case(
        webhooks.gocardless(url=URL, secret=S),
        ["payments.confirmed", "mandates.cancelled", "subscriptions.created"],
    ),
    Case(webhooks.hubspot(url=URL, secret=S), ["contact.creation", "deal.propertyChange"]),
    Case(webhooks.intercom(url=URL, secret=S), ["conversation.user.created", "ping", "contact.x"]),
    Case(webhooks.lemonsqueezy(url=URL, secret=S), ["order_created", "subscription_updated"]),
    Case(
        webhooks.mailgun(url=URL, secret=S),
        ["delivered", "failed", "opened", "unsubscribed"],
        covers_body=False,
    ),
    Case(webhooks.mollie(url=URL, secret=S), ["payment-link.paid", "profile.blocked"]),
    Case(webhooks.paddle(url=URL, secret=S), ["transaction.completed", "subscription.created"]),
    Case(webhooks.paystack(url=URL, secret=S), ["charge.success", "transfer.success"]),
    Case(
        webhooks.postmark(url=URL, secret=S),
        ["Bounce", "Delivery", "Open", "Inbound"],
        "user:password",
        stranger="user:other",
        covers_body=False,
    ),
    Case(webhooks.razorpay(url=URL, secret=S), ["payment.captured", "order.paid", "payout.x"]),
    Case(
        webhooks.sendgrid(url=URL, secret=S),
        ["delivered", "bounce", "click", "dropped"],
        P256_PRIVATE,
        P256_PUBLIC,
        "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE83T4O/n84iotIvIW4mdBgQ/7dAfSmpqIM8kF9mN1flpVKS3GRqe6"
        "2gw+2fNNRaINXvVpiglSI8eNEc6wEA3F+g==",
    ),
    Case(webhooks.shopify(url=URL, secret=S), ["orders/create", "products/update", "app/x"]),
    Case(webhooks.square(url=URL, secret=S), ["payment.updated", "invoice.paid", "catalog.x"]),
    Case(
        webhooks.twilio(url=URL, secret=S),
        ["message.delivered", "call.completed", "recording.completed", "onMessageAdded"],
    ),
    Case(
        webhooks.zendesk(url=URL, secret=S),
        ["zen:event-type:ticket.created", "zen:event-type:user.deleted"],
    ),
]
every_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.webhook.name)
every_type = pytest.mark.parametrize(
    ("case", "event_type"),
    [(case, each) for case in CASES for each in case.types],
    ids=[f"{case.webhook.name} {each}" for case in CASES for each in case.types],
)


@every_type
async def test_an_example_is_accepted_and_read(case: Case, event_type: str) -> None:
    request = signed_request(case.webhook, event_type=event_type, secrets=case.key)
    verdict = await verdict_of(case.webhook, request, case.public_key or case.key)
    assert verdict.status == "verified", verdict.detail
    found_type, found_id = type_and_id(case.webhook, request)
    assert found_type == event_type
    assert found_id
    other = signed_request(case.webhook, event_type=event_type, secrets=case.key)
    assert type_and_id(case.webhook, other)[1] != found_id


@every_case
async def test_an_altered_example_or_another_key_is_refused(case: Case) -> None:
    request = signed_request(case.webhook, event_type=case.types[0], secrets=case.key)
    key = case.public_key or case.key
    assert not (await verdict_of(case.webhook, request, case.stranger)).accepted
    unsigned = replace(request, body=b"{}" if case.covers_body else b"", headers=_bare())
    assert not (await verdict_of(case.webhook, unsigned, key)).accepted
    if case.covers_body:
        for body in (request.body.swapcase(), request.body[:-1], b""):
            altered = replace(request, body=body)
            assert body != request.body
            assert not (await verdict_of(case.webhook, altered, key)).accepted


def _bare() -> Headers:
    return headers_of([("content-type", "application/json")])


@every_case
async def test_both_keys_of_a_rotation_are_accepted(case: Case) -> None:
    request = signed_request(case.webhook, event_type=case.types[0], secrets=case.key)
    key = case.public_key or case.key
    assert (await verdict_of(case.webhook, request, case.stranger, key)).accepted


@every_case
def test_a_verb_says_what_it_reads_and_how_long_a_repeat_counts(case: Case) -> None:
    said = getattr(webhooks, case.webhook.name).__doc__
    assert "https://" in said
    assert "duplicate" in said
    assert case.webhook.dedupe == case.webhook.provider.dedupe


def hubspot_event(kind: str) -> Json:
    return {"subscriptionType": kind, "eventId": 1, "subscriptionId": 2, "occurredAt": 3}


def adyen_item(reference: str) -> Json:
    item: Json = {"pspReference": reference, "eventCode": "CAPTURE", "success": "true"}
    return {"NotificationRequestItem": item}


BATCHES: dict[str, tuple[InboundWebhook, list[Json], str]] = {
    "sendgrid": (
        webhooks.sendgrid(url=URL, secret=S),
        [{"event": "open", "sg_event_id": each} for each in "ab"],
        "open",
    ),
    "hubspot": (
        webhooks.hubspot(url=URL, secret=S),
        [hubspot_event("contact.creation"), hubspot_event("deal.creation")],
        "batch",
    ),
    "adyen": (
        webhooks.adyen(url=URL, secret=S),
        [adyen_item("a"), adyen_item("b")],
        "CAPTURE",
    ),
}


@pytest.mark.parametrize("provider", BATCHES)
def test_several_events_in_one_request_have_one_type_and_one_id(provider: str) -> None:
    webhook, events, event_type = BATCHES[provider]

    def read(several: list[Json]) -> tuple[str | None, str | None]:
        payload: Json = {"notificationItems": several} if provider == "adyen" else several
        body = json.dumps(payload).encode()
        return type_and_id(webhook, Request("POST", URL, "/vendor", "", _bare(), body))

    found_type, found_id = read(events)
    assert found_type == event_type
    assert found_id == read(events)[1]
    assert found_id not in {None, read(events[:1])[1], read(events[::-1] + events)[1]}


def test_events_without_an_id_are_never_taken_for_a_repeat() -> None:
    webhook = webhooks.sendgrid(url=URL, secret=S)
    for payload in ([], [{"event": "open"}], [{"sg_event_id": "a"}, {"event": "open"}], {"a": 1}):
        request = signed_request(webhook, payload, secrets=P256_PRIVATE)
        assert type_and_id(webhook, request)[1] is None
