"""The application on trial: one webhook, whose handler writes into a ledger what it did."""

import os
import time
from pathlib import Path

from layeron import Event, backend, secret, webhooks
from trials.ledger import note

KEY = "TRIALS_KEY"
LEDGER = "TRIALS_LEDGER"
WORK_SECONDS = "TRIALS_WORK_SECONDS"

app = backend()
orders = webhooks.custom(
    name="orders",
    path="/webhooks/orders",
    signature={
        "header": "x-signature",
        "timestamp_header": "x-timestamp",
        "signed_payload": "timestamp.raw_body",
        "secret": secret(KEY),
    },
    delivery={"retry": {"attempts": 10, "initial_delay_seconds": 0.5, "max_delay_seconds": 5}},
)
app.use(orders)


@orders.handler
def handle(event: Event) -> None:
    """Work for a moment, so that a kill can come in between, and write down that it is done."""
    time.sleep(float(os.environ[WORK_SECONDS]))
    note(Path(os.environ[LEDGER]), str(event.external_event_id), event.attempt)
