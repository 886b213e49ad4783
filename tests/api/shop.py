"""A shop that sends events, and what its tests look at."""

import json
from typing import Any

from layeron import Backend, OutboundWebhook, SendResult, backend, webhooks
from layeron.outbound.records import OutboundEvent
from layeron.ports.engine import Execution
from tests.api.publishers import URL, Caller
from tests.support.service import eventually

INVOICE = {
    "type": "object",
    "required": ["amount"],
    "properties": {"amount": {"type": "integer"}, "lines": {"type": "array"}},
}


def declare() -> Backend:
    """One publisher with endpoints of each kind, and one of each other kind."""
    app = backend()
    app.use(
        webhooks.out(
            "shop",
            endpoints=[
                {"name": "all", "url": URL},
                {"name": "invoices", "url": URL, "event_types": ["invoice.*"]},
                {"name": "paid", "url": URL, "event_types": ["invoice.paid", "order.paid"]},
                {"name": "ninas", "url": URL, "user_id": "nina", "event_types": ["*"]},
                {"name": "inturn", "url": URL, "event_types": ["turn.*"], "fifo": True},
            ],
        ),
        webhooks.out(
            "typed",
            event_types={
                "invoice.paid": {"schema": INVOICE, "example": {"amount": 1}},
                "invoice.sent": {},
            },
        ),
        webhooks.out("bare", envelope=False),
    )
    return app


def publisher(api: Caller, name: str = "shop") -> OutboundWebhook:
    found = api.service.app.publisher("default", name)
    assert found is not None
    return found


async def started(api: Caller, result: SendResult) -> Execution:
    """What the engine knows of an event."""
    return await eventually(lambda: api.service.tools.engine.find(result.event_id))


async def sent(api: Caller, result: SendResult) -> OutboundEvent:
    event = (await started(api, result)).event
    assert isinstance(event, OutboundEvent)
    return event


def names_of(result: SendResult) -> list[str]:
    return [each.endpoint for each in result.deliveries]


async def post(api: Caller, body: object, *, webhook: str = "default/shop", **headers: str) -> Any:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return await api("POST", "/events", webhook=webhook, content=content, headers=named)
