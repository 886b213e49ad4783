"""Publishers that tests declare."""

import uuid
from typing import Any, cast

from layeron import Backend, backend, secret, webhooks
from layeron.outbound.declaration import OutboundWebhook
from layeron.outbound.options import EndpointDict

SECRET_NAME = "CRM_SIGNING_SECRET"
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

QUICK: list[str | float] = [0.05, 0.05]
"""Delays of three attempts that a test can wait for."""


def publisher(
    *urls: str, operational: OutboundWebhook | None = None, **options: Any
) -> tuple[Backend, OutboundWebhook]:
    """A publisher whose endpoints, called a, b and so on, have these addresses and options."""
    said = {"secret": secret(SECRET_NAME), "retry": {"schedule": QUICK}, **options}
    endpoints = [
        cast("EndpointDict", {"name": name, "url": url, **said})
        for name, url in zip("abcdefgh", urls, strict=False)
    ]
    app = backend()
    # Tests share an engine, whose ids of workflows and lanes hold the namespace.
    namespace = f"n{uuid.uuid4().hex[:12]}"
    out = webhooks.out("billing", namespace=namespace, endpoints=endpoints, operational=operational)
    app.use(out)
    return app, out


async def send(out: OutboundWebhook, number: int) -> list[str]:
    """Ids of so many new events, in the order in which they were sent."""
    return [(await out.send("invoice.paid", {"n": n})).event_id for n in range(number)]
