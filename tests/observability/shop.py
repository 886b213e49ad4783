"""An application whose handlers trace, log, send and fail: what the traces of a service hold."""

import logging
import os

from flow import (  # type: ignore[import-not-found]  # it lies beside it where it runs
    Fulfil,
    pack,
)
from opentelemetry import trace

from layeron import Context, Event, backend, secret, webhooks

logger = logging.getLogger("shop")
tracer = trace.get_tracer("shop")

app = backend()
billing = webhooks.out(
    "billing",
    endpoints=[{"name": "crm", "url": os.environ["CRM_URL"], "secret": secret("CRM_SECRET")}],
)
vendor = webhooks.custom(
    name="vendor",
    path="/webhooks/vendor",
    signature={"header": "x-signature", "secret": secret("VENDOR_SECRET")},
    delivery={"retry": {"attempts": 1}},
    redact=["body.card"],
)
app.use(billing, vendor, pack)


@vendor.on("order.created")
async def charge(event: Event, ctx: Context) -> None:
    """Trace, log and send."""
    with tracer.start_as_current_span("charge the card"):
        logger.info("charging for %s", event.payload)
        await billing.send("invoice.paid", {"order": 1}, idempotency_key=ctx.idempotency_key)


@vendor.on("order.refused")
def refuse(event: Event) -> None:
    """Fail, with all that is secret in the message."""
    logger.info("refusing")
    raise ValueError(f"{event.payload!r} {os.environ['VENDOR_SECRET']}")


@vendor.on("order.late")
def note(_: Event) -> None:
    """Be content."""


vendor.on("order.packed")(Fulfil)
vendor.on("order.broken")(Fulfil)
