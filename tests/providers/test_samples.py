"""The examples of every preset: well formed, truly signed, and new each time."""

import json

import pytest

from layeron import InboundWebhook, secret, webhooks
from layeron.testing import signed_request
from tests.support.receiving import type_and_id, verdict_of

WHSEC = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
PRESETS: dict[str, tuple[InboundWebhook, list[str]]] = {
    "stripe": (
        webhooks.stripe(path="/stripe", secret=secret("S")),
        [
            "invoice.paid",
            "invoice.payment_failed",
            "customer.subscription.deleted",
            "checkout.session.completed",
            "payment_intent.succeeded",
            "charge.refunded",
            "payout.failed",
            "ping",
            "v2.core.something.new",
        ],
    ),
    "github": (
        webhooks.github(path="/github", secret=secret("S")),
        ["ping", "push", "issues", "issue_comment", "pull_request", "release", "workflow_run", "x"],
    ),
    "standard": (
        webhooks.standard(path="/standard", secret=secret("S")),
        ["user.created", "ping"],
    ),
}
every_type = pytest.mark.parametrize(
    ("webhook", "event_type"),
    [(webhook, each) for webhook, types in PRESETS.values() for each in types],
    ids=[f"{preset} {each}" for preset, (_, types) in PRESETS.items() for each in types],
)


@every_type
async def test_an_example_is_accepted_and_read(webhook: InboundWebhook, event_type: str) -> None:
    request = signed_request(webhook, event_type=event_type, secrets=WHSEC)
    assert (await verdict_of(webhook, request, WHSEC)).status == "verified"
    found_type, found_id = type_and_id(webhook, request)
    assert found_type == event_type
    assert found_id


@every_type
def test_an_example_is_json_with_ids_of_its_own(webhook: InboundWebhook, event_type: str) -> None:
    first, second = (
        signed_request(webhook, event_type=event_type, secrets=WHSEC) for _ in range(2)
    )
    assert isinstance(json.loads(first.body), dict)
    assert first.headers["content-type"].startswith("application/json")
    assert type_and_id(webhook, first) != type_and_id(webhook, second)


def test_the_example_of_a_failure_shows_a_failure() -> None:
    webhook, _ = PRESETS["stripe"]
    paid, failed = (
        json.loads(signed_request(webhook, event_type=each, secrets=WHSEC).body)["data"]["object"]
        for each in ("invoice.paid", "invoice.payment_failed")
    )
    assert (paid["object"], paid["status"], paid["amount_remaining"]) == ("invoice", "paid", 0)
    assert (failed["object"], failed["status"], failed["amount_paid"]) == ("invoice", "open", 0)
    assert paid["id"].startswith("in_")
