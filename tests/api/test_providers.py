"""Requests as the providers' own tools sign them, through the whole receiver."""

import json
import time

import httpx2
import pytest
import stripe

from layeron.testing import signed_request
from tests.api import declared
from tests.api.sending import UNAUTHORIZED, fresh
from tests.support.service import Service

STRIPE_SECRET = declared.SECRETS["STRIPE_SECRET"]


def stripe_headers(body: str, at: int, key: str = STRIPE_SECRET) -> dict[str, str]:
    # The package has no other way to sign, and its own tests sign so.
    proof = stripe.WebhookSignature._compute_signature(f"{at}.{body}", key)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
    return {"stripe-signature": f"t={at},v1={proof},v0={'0' * 64}"}


async def test_an_event_signed_by_stripes_package_is_handled(
    service: Service, http: httpx2.AsyncClient
) -> None:
    body = json.dumps({**fresh(), "object": "event", "type": "invoice.paid"}, indent=2)
    now = int(time.time())
    headers = stripe_headers(body, now)
    answer = await http.post("/webhooks/stripe", content=body, headers=headers)
    assert answer.status_code == 202
    record = await service.settled(answer.json()["event_id"])
    assert (record.provider, record.event_type) == ("stripe", "invoice.paid")
    assert record.signature_status == "verified"
    assert record.external_event_id == json.loads(body)["id"]
    assert declared.handled[record.id][0].raw_body == body.encode()


async def test_an_event_of_stripe_that_was_changed_or_kept_back_is_refused(
    http: httpx2.AsyncClient,
) -> None:
    body = json.dumps(fresh())
    now = int(time.time())
    for sent, headers in (
        (body.replace("order", "0rder"), stripe_headers(body, now)),
        (body, stripe_headers(body, now - 400)),
        (body, stripe_headers(body, now + 400)),
        (body, stripe_headers(body, now, "whsec_of_another")),
        (body, {"stripe-signature": stripe_headers(body, now)["stripe-signature"].upper()}),
        (json.dumps(json.loads(body), indent=1), stripe_headers(body, now)),
    ):
        answer = await http.post("/webhooks/stripe", content=sent, headers=headers)
        assert answer.status_code == 401
        assert answer.json() == UNAUTHORIZED


PUBLISHED = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
"""GitHub's example for the secret and the body below."""


async def test_the_example_that_github_publishes_is_accepted(
    service: Service, http: httpx2.AsyncClient
) -> None:
    headers = {
        "x-hub-signature-256": PUBLISHED,
        "x-github-event": "push",
        "x-github-delivery": fresh()["id"],
    }
    answer = await http.post("/webhooks/github", content=b"Hello, World!", headers=headers)
    assert answer.status_code == 202
    record = await service.settled(answer.json()["event_id"])
    assert (record.event_type, record.external_event_id) == ("push", headers["x-github-delivery"])
    assert declared.handled[record.id][0].payload == "Hello, World!"
    for body, proof in (
        (b"Hello, World?", PUBLISHED),
        (b"Hello, World!", PUBLISHED.replace("256=7", "256=8")),
        (b"Hello, World!", PUBLISHED.replace("sha256", "sha1")),
    ):
        headers["x-hub-signature-256"] = proof
        answer = await http.post("/webhooks/github", content=body, headers=headers)
        assert answer.status_code == 401


@pytest.mark.parametrize("name", ["vendor", "stamped", "token", "stripe", "github"])
async def test_what_the_packages_own_testing_module_signs_is_accepted(
    service: Service, http: httpx2.AsyncClient, name: str
) -> None:
    webhook = service.app.webhook(declared.NAMESPACE, name)
    assert webhook is not None
    request = signed_request(webhook, secrets=declared.SECRETS)
    answer = await http.post(
        request.path, content=request.body, headers=list(request.headers.items())
    )
    assert answer.status_code == 202
