"""An application that is trusted with a secret of every kind, and whose handlers tell them all."""

import logging
import os

from layeron import Context, Event, backend, secret, webhooks

logger = logging.getLogger("shop")

NOWHERE = "http://127.0.0.1:9"  # the outbound proxy answers for it
TOLD = (
    "VENDOR_SECRET",
    "VENDOR_SECRET_PREVIOUS",
    "VENDOR_TOKEN",
    "CRM_SECRET",
    "LAYERON_API_KEY",
    "LAYERON_DATABASE_URL",
    "LAYERON_ENCRYPTION_KEY",
    "LAYERON_OUTBOUND_PROXY",
)

app = backend()
billing = webhooks.out(
    "billing",
    endpoints=[
        {
            "name": "crm",
            "url": f"{NOWHERE}/crm",
            "secret": secret("CRM_SECRET"),
            "headers": {"x-api-key": os.environ["CRM_TOKEN"]},
            "retry": {"attempts": 1},
        }
    ],
)
vendor = webhooks.custom(
    name="vendor",
    path="/webhooks/vendor",
    signature={"header": "x-signature", "secret": secret("VENDOR_SECRET")},
    delivery={"retry": {"attempts": 1}},
)
token = webhooks.custom(
    name="token",
    path="/webhooks/token",
    signature={"header": "x-token", "algorithm": "token", "secret": secret("VENDOR_TOKEN")},
)
app.use(billing, vendor, token)


@vendor.on("order.created")
async def charge(event: Event, ctx: Context) -> None:
    """Log what nobody should, and send with a credential of the caller's."""
    assert isinstance(event.payload, dict)
    marker = event.payload["marker"]
    told = " ".join(os.environ[each] for each in TOLD)
    await ctx.log(f"charging {marker} {told}", secret=told)
    logger.info("charging %s %s", marker, told, extra={"fields": {"secret": told}})
    headers = {"authorization": f"Bearer {os.environ['CALLER_TOKEN']}"}
    await billing.send("invoice.paid", {"marker": marker}, headers=headers)


@token.handler
def note(_: Event) -> None:
    """Be content."""


@vendor.on("order.refused")
def refuse(event: Event) -> None:
    """Fail, with all of it in the message and in its cause."""
    told = " ".join(os.environ[each] for each in TOLD)
    assert isinstance(event.payload, dict)
    try:
        _ = dict[str, str]()[told]  # a KeyError that repeats it
    except KeyError as error:
        marker = event.payload["marker"]
        message = f"{marker} {told} Authorization: Bearer {os.environ['CALLER_TOKEN']}"
        raise ValueError(message) from error
