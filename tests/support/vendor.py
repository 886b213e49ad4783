"""A made-up provider: an application with one webhook, and correctly signed requests for it."""

import hashlib
import hmac
import json
import uuid
from collections.abc import Callable
from typing import Any

import httpx2

from layeron import Backend, Event, InboundWebhook, backend, webhooks
from layeron.secrets import secret
from tests.support.service import Service

SECRET_NAME = "VENDOR_SECRET"
SECRET = "a-secret-for-tests"
QUICK = {"retry": {"attempts": 3, "initial_delay_seconds": 0.1, "max_delay_seconds": 0.2}}


def vendor(name: str = "vendor", **options: Any) -> tuple[Backend, InboundWebhook]:
    """An application with one webhook, in a namespace that no other test has."""
    app = backend()
    webhook = add_vendor(app, name, **options)
    return app, webhook


def add_vendor(app: Backend, name: str, **options: Any) -> InboundWebhook:
    declared: dict[str, Any] = {
        "name": name,
        "namespace": f"t{uuid.uuid4().hex[:12]}",
        "path": f"/webhooks/{name}",
        "signature": {"header": "x-signature", "secret": secret(SECRET_NAME)},
        "delivery": QUICK,
        **options,
    }
    webhook = webhooks.custom(**declared)
    app.use(webhook)
    return webhook


def ignore(_: Event) -> None:
    """A handler that is content with everything."""


def collect(ids: list[str]) -> Callable[[Event], None]:
    """A handler that notes the id of each event."""

    def handle(event: Event) -> None:
        ids.append(event.id)

    return handle


def sign(body: bytes) -> str:
    return hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()


async def send(
    service: Service,
    payload: object = None,
    *,
    body: bytes | None = None,
    path: str = "/webhooks/vendor",
    **headers: str,
) -> httpx2.Response:
    """Send a signed event to the service."""
    sent = json.dumps(payload).encode() if body is None else body
    return await service.post(path, body=sent, **{"x_signature": sign(sent), **headers})


async def send_new(service: Service, payload: object = None, **options: Any) -> str:
    """Send an event that must be accepted as new; its id."""
    answer = await send(service, payload, **options)
    assert answer.status_code == 202, answer.text
    assert answer.json()["status"] == "accepted"
    return str(answer.json()["event_id"])
