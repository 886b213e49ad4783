"""GitHub's published example, and GitHub's own library for Node as the other side."""

from dataclasses import replace

from layeron import secret, webhooks
from layeron.request import Request
from layeron.signing.verdict import Cause
from layeron.testing import signed_request
from tests.support.node import ask_node
from tests.support.receiving import type_and_id, verdict_of
from tests.support.rules import with_header

SECRET = "It's a Secret to Everybody"
WEBHOOK = webhooks.github(path="/webhooks/github", secret=secret("GITHUB_WEBHOOK_SECRET"))
PAYLOADS = ['{"zen":"Keep it logically awesome."}', '{"heart":"♥","escape":"\\u001b"}', "x" * 9_000]


def delivery(body: str, signature: str) -> Request:
    request = signed_request(WEBHOOK, body, event_type="push", secrets=SECRET)
    return with_header(request, "x-hub-signature-256", signature)


async def test_githubs_published_example_is_accepted() -> None:
    # "Validating webhook deliveries", section "Testing the webhook payload validation".
    signature = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
    request = delivery("Hello, World!", signature)
    assert (await verdict_of(WEBHOOK, request, SECRET)).status == "verified"
    for changed in (
        replace(request, body=b"Hello, World?"),
        with_header(request, "x-hub-signature-256", signature.replace("757", "758")),
        with_header(request, "x-hub-signature-256", signature.removeprefix("sha256=")),
        with_header(request, "x-hub-signature-256", signature.upper()),
        with_header(request, "x-hub-signature-256"),
    ):
        assert not (await verdict_of(WEBHOOK, changed, SECRET)).accepted
    assert (await verdict_of(WEBHOOK, request, "another")).cause is Cause.NO_MATCH


async def test_what_octokit_signs_is_accepted() -> None:
    signatures = ask_node(
        "octokit.mjs", [{"secret": SECRET, "payload": payload} for payload in PAYLOADS]
    )
    for payload, signature in zip(PAYLOADS, signatures, strict=True):
        assert (await verdict_of(WEBHOOK, delivery(payload, signature), SECRET)).accepted
        other = delivery(payload + " ", signature)
        assert (await verdict_of(WEBHOOK, other, SECRET)).cause is Cause.NO_MATCH


def test_what_we_sign_is_accepted_by_octokit() -> None:
    requests = [signed_request(WEBHOOK, payload, secrets=SECRET) for payload in PAYLOADS]
    cases = [
        {
            "secret": key,
            "payload": request.body.decode(),
            "signature": request.headers["x-hub-signature-256"],
        }
        for key in (SECRET, "another")
        for request in requests
    ]
    accepted = len(requests)
    assert ask_node("octokit.mjs", cases) == [True] * accepted + [False] * accepted


async def test_the_older_sha1_signature_alone_is_not_enough() -> None:
    request = with_header(signed_request(WEBHOOK, secrets=SECRET), "x-hub-signature-256")
    request = with_header(request, "x-hub-signature", "sha1=" + "0" * 40)
    assert (await verdict_of(WEBHOOK, request, SECRET)).cause is Cause.MISSING_SIGNATURE


def test_the_event_and_the_delivery_are_in_headers() -> None:
    request = signed_request(WEBHOOK, event_type="issues", secrets=SECRET)
    delivery_id = request.headers["x-github-delivery"]
    assert type_and_id(WEBHOOK, request) == ("issues", delivery_id)
