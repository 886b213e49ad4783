"""Hear of payments from Stripe, and tell your customers by webhooks of your own."""

import json
from typing import Any

from layeron import Context, Event, backend, secret, webhooks

app = backend()

stripe = webhooks.stripe(path="/webhooks/stripe", secret=secret("STRIPE_WEBHOOK_SECRET"))
customers = webhooks.out(
    "customers",
    event_types={
        "invoice.paid": {
            "description": "An invoice was paid.",
            "schema": {
                "type": "object",
                "required": ["invoice_id"],
                "properties": {"invoice_id": {"type": "string"}},
            },
            "example": {"invoice_id": "in_1"},
        }
    },
)
app.use(stripe, customers)


@stripe.on("invoice.paid")
async def tell_customers(event: Event, ctx: Context) -> None:
    """Send once, however often this runs: the key stays the same over retries and replays."""
    invoice: dict[str, Any] = json.loads(event.raw_body)["data"]["object"]
    await customers.send(
        "invoice.paid",
        {"invoice_id": invoice["id"]},
        user_id=invoice["customer"],
        idempotency_key=ctx.idempotency_key,
    )
