"""An application of which everything happens that is counted."""

import os

from layeron import Event, backend, secret, webhooks

app = backend()
billing = webhooks.out(
    "billing",
    endpoints=[
        {"name": "crm", "url": os.environ["CRM_URL"], "secret": secret("CRM_SECRET")},
        {
            "name": "gone",
            "url": os.environ["GONE_URL"],
            "secret": secret("CRM_SECRET"),
        },
        {
            "name": "down",
            "url": os.environ["DOWN_URL"],
            "secret": secret("CRM_SECRET"),
            "retry": {"attempts": 1},
        },
    ],
)
vendor = webhooks.custom(
    name="vendor",
    path="/webhooks/vendor",
    signature={"header": "x-signature", "secret": secret("VENDOR_SECRET")},
    delivery={"retry": {"attempts": 1}},
)
quiet = webhooks.custom(
    name="quiet",
    path="/webhooks/quiet",
    signature={"header": "x-signature", "secret": secret("VENDOR_SECRET")},
    observability={"metrics": False},
)
app.use(billing, vendor, quiet)


@vendor.on("order.created")
async def charge(_: Event) -> None:
    """Send."""
    await billing.send("invoice.paid", {"order": 1})


@vendor.on("order.refused")
def refuse(_: Event) -> None:
    """Fail."""
    raise ValueError("no")


@quiet.handler
def note(_: Event) -> None:
    """Be content."""
