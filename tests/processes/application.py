"""The application that these tests run: it writes into a file what it was asked to handle."""

import json
import os
import time
from pathlib import Path

from layeron import Context, Event, backend, secret, webhooks

HERE = Path(__file__).parent

app = backend()
vendor = webhooks.custom(
    name="vendor",
    path="/webhooks/vendor",
    signature={"header": "x-signature", "secret": secret("VENDOR_SECRET")},
    delivery={
        "retry": {"attempts": 3, "initial_delay_seconds": 0.2, "max_delay_seconds": 0.5},
        "timeout_seconds": 60,
    },
)
app.use(vendor)


def note(event: Event, key: str) -> None:
    """Write down that a handler ran."""
    line = {"id": event.external_event_id, "attempt": event.attempt, "key": key, "pid": os.getpid()}
    with (HERE / "handled").open("a") as ledger:
        ledger.write(f"{json.dumps(line)}\n")


@vendor.on("order.created")
async def handle(event: Event, ctx: Context) -> None:
    """Handle an order."""
    note(event, ctx.idempotency_key)
    await ctx.log("order noted", version=1)


@vendor.on("order.held")
def hold(event: Event, ctx: Context) -> None:
    """Handle an order that takes until somebody releases it."""
    note(event, ctx.idempotency_key)
    while not (HERE / "released").exists():
        time.sleep(0.05)


@vendor.on("order.doubted")
def doubt(event: Event) -> None:
    """Fail at first."""
    if event.attempt == 1:
        raise ConnectionError("the ledger does not answer")


@vendor.on("order.refused")
def refuse(_: Event) -> None:
    """Fail for good."""
    raise ValueError("the ledger is closed")
