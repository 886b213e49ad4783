"""``layeron.testing``: requests for a user's own tests, by any webhook and any HTTP client."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request as HTTPRequest
from starlette.responses import JSONResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from layeron import ConfigurationError, InboundWebhook, secret, webhooks
from layeron.request import Request, headers_of
from layeron.secrets import SecretValue
from layeron.signing.rule import SignatureDict
from layeron.testing import signed_request
from tests.support.receiving import type_and_id, verdict_of

KEY = "a-key-of-the-vendor"
SIGNATURE: SignatureDict = {"header": "x-signature", "secret": secret("VENDOR_SECRET")}


def vendor(**options: Any) -> InboundWebhook:
    defaults: dict[str, Any] = {
        "name": "vendor",
        "path": "/webhooks/vendor",
        "signature": SIGNATURE,
    }
    return webhooks.custom(**(defaults | options))


def receiver_of(webhook: InboundWebhook, *secrets: str) -> TestClient:
    """A web application that says what the webhook makes of a request."""

    async def receive(http: HTTPRequest) -> JSONResponse:
        request = Request(
            http.method,
            str(http.url),
            http.url.path,
            http.url.query,
            headers_of(http.headers.items()),
            await http.body(),
        )
        verdict = await verdict_of(webhook, request, *secrets)
        event_type, event_id = type_and_id(webhook, request)
        return JSONResponse({"status": verdict.status, "type": event_type, "id": event_id})

    path = webhook.placement.path
    return TestClient(Starlette(routes=[Route(path, receive, methods=["POST"])]))


def send(client: TestClient, request: Request) -> dict[str, str]:
    answer = client.request(
        request.method, request.url, headers=request.headers, content=request.body
    )
    found: dict[str, str] = answer.json()
    return found


def test_a_signed_request_goes_through_an_http_client_unchanged() -> None:
    webhook = webhooks.stripe(path="/webhooks/stripe", secret=secret("STRIPE_SECRET"))
    request = signed_request(webhook, event_type="invoice.paid", secrets="whsec_test")
    with receiver_of(webhook, "whsec_test") as client:
        answer = send(client, request)
        assert (answer["status"], answer["type"]) == ("verified", "invoice.paid")
        assert send(client, replace(request, body=b"{}"))["status"] == "failed"


def test_a_rule_over_method_path_query_and_registered_url_goes_through_too() -> None:
    webhook = vendor(
        signature={
            **SIGNATURE,
            "timestamp_query_param": "ts",
            "signed_payload": "{method} {path} {query} {url} {body}",
        }
    )
    request = signed_request(webhook, {"a": "ü"}, secrets=KEY, base_url="http://testserver")
    with receiver_of(webhook, KEY) as client:
        assert send(client, request)["status"] == "verified"


def test_a_payload_is_sent_as_it_is_given() -> None:
    for payload, body in (
        ({"id": "evt_1", "name": "Zoë"}, '{"id":"evt_1","name":"Zoë"}'.encode()),
        ([1, None], b"[1,null]"),
        ('{"spaced":  1}', b'{"spaced":  1}'),
        (b"\xff\x00", b"\xff\x00"),
        (b"", b""),
    ):
        assert signed_request(vendor(), payload, secrets=KEY).body == body


def test_a_payload_for_a_preset_comes_with_the_headers_that_it_sends() -> None:
    webhook = webhooks.github(path="/github", secret=secret("GITHUB_SECRET"))
    request = signed_request(webhook, {"action": "opened"}, event_type="issues", secrets=KEY)
    assert request.body == b'{"action":"opened"}'
    assert request.headers["x-github-event"] == "issues"
    chosen = {"X-GitHub-Delivery": "my-id", "x-extra": "1"}
    request = signed_request(webhook, secrets=KEY, headers=chosen)
    assert request.headers.getall("x-github-delivery") == ["my-id"]
    assert request.headers["x-extra"] == "1"


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"event_type": "header.x-event", "event_id": "header.x-request-id"},
        {"event_type": "body.event.kind", "event_id": "body.event.id"},
        {"event_type": "query.kind", "event_id": ["body.shop", "body.number"]},
        {"event_type": ["body.topic", "body.action"], "dedupe": {"key": "body.deep.key"}},
    ],
    ids=["defaults", "headers", "nested", "query and joined", "two places"],
)
async def test_an_example_for_a_custom_webhook_has_type_and_id_where_it_reads_them(
    options: dict[str, Any],
) -> None:
    webhook = vendor(**options)
    request = signed_request(webhook, event_type="order:created", secrets=KEY)
    event_type, event_id = type_and_id(webhook, request)
    assert event_type == "order:created"
    assert event_id or "event_id" not in options
    assert (await verdict_of(webhook, request, KEY)).accepted
    if (key := webhook.dedupe.key) is not None:
        assert key.find(request, json.loads(request.body))


async def test_headers_and_fields_that_are_signed_are_filled_in() -> None:
    template = "{header.x-id}.{query.nonce}.{body.a.b}.{timestamp}.{path}"
    webhook = vendor(
        signature={**SIGNATURE, "timestamp_header": "x-time", "signed_payload": template}
    )
    request = signed_request(webhook, secrets=KEY)
    assert (await verdict_of(webhook, request, KEY)).accepted


def test_without_a_type_the_example_is_of_the_first_type_that_is_handled() -> None:
    def handle(_: object) -> None: ...

    webhook = vendor(on={"order.*": handle, "order.paid": handle}, handler=handle)
    assert type_and_id(webhook, signed_request(webhook, secrets=KEY))[0] == "order.paid"
    assert type_and_id(vendor(), signed_request(vendor(), secrets=KEY))[0] == "test.event"


@pytest.mark.parametrize(
    "secrets",
    [
        KEY,
        [KEY, "the-previous-key"],
        {"VENDOR_SECRET": KEY, "OTHER_SECRET": "x"},
        [
            SecretValue(secret("OTHER_SECRET"), "current", "x"),
            SecretValue(secret("VENDOR_SECRET"), "current", KEY),
        ],
    ],
    ids=["value", "values", "by name", "resolved"],
)
async def test_the_value_to_sign_with_is_given_in_any_handy_form(secrets: Any) -> None:
    request = signed_request(vendor(), secrets=secrets)
    assert (await verdict_of(vendor(), request, KEY)).accepted


async def test_without_a_value_the_environment_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VENDOR_SECRET", KEY)
    assert (await verdict_of(vendor(), signed_request(vendor()), KEY)).accepted


def test_a_value_that_nobody_knows_is_named_with_the_mend(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VENDOR_SECRET", raising=False)
    with pytest.raises(ConfigurationError) as refusal:
        signed_request(vendor())
    assert str(refusal.value) == (
        "webhook 'vendor': the value of secret 'VENDOR_SECRET' is not known here; give"
        " secrets={'VENDOR_SECRET': '…'} or set the environment variable VENDOR_SECRET."
    )


async def test_an_unsigned_webhook_needs_no_secret() -> None:
    webhook = vendor(signature={"algorithm": "none"})
    assert signed_request(webhook).headers.keys() == {"content-type"}


async def test_the_time_of_signing_can_be_chosen() -> None:
    webhook = webhooks.stripe(path="/s", secret=secret("S"))
    late = datetime.now(UTC) - timedelta(minutes=10)
    request = signed_request(webhook, secrets=KEY, now=late)
    assert not (await verdict_of(webhook, request, KEY)).accepted
    assert (await verdict_of(webhook, request, KEY, now=late)).accepted


@pytest.mark.parametrize(
    ("placement", "base_url", "url"),
    [
        ({"path": "/hook"}, None, "http://localhost/hook"),
        ({"path": "/hook"}, "http://127.0.0.1:8000", "http://127.0.0.1:8000/hook"),
        ({"path": "/hook", "host": "hooks.example.com"}, None, "http://hooks.example.com/hook"),
        ({"url": "https://hooks.example.com/hook"}, None, "https://hooks.example.com/hook"),
    ],
)
def test_the_address_is_the_webhooks_own(
    placement: dict[str, str], base_url: str | None, url: str
) -> None:
    webhook = webhooks.custom(name="vendor", signature={"algorithm": "none"}, **placement)  # type: ignore[arg-type]
    request = signed_request(webhook, base_url=base_url)
    assert (request.url, request.path) == (url, "/hook")
