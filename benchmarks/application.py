"""What is measured: a webhook whose handlers do nothing, publishers, and a bare workflow beside.

The bare workflow is registered as a user's own would be, so that one worker process runs both: the
two are served by the same poller settings, slots and threads.
"""

from datetime import timedelta

from temporalio import activity, workflow

from layeron import Event, backend, secret, webhooks
from layeron.records import InboundEvent

KEY = "BENCHMARK_KEY"

FINE = "order.created"
FAILS_TWICE = "order.disputed"


async def accept_at_once(_: Event) -> None:
    """Be content, on the event loop."""


async def accept_at_last(event: Event) -> None:
    """Be content with the third attempt."""
    if event.attempt <= 2:  # noqa: PLR2004  # what two failed attempts are
        raise ConnectionError("not yet")


@activity.defn
async def do_nothing(_: InboundEvent, __: bytes) -> None:
    """The no-op that the bare workflow runs."""


# As ours: its code is trusted, and a run costs the worker half the CPU without the sandbox.
@workflow.defn(sandboxed=False)
class Bare:
    """What any Temporal user would write at the least: one activity."""

    @workflow.run
    async def run(self, event: InboundEvent, body: bytes) -> None:
        """Run the no-op on what was received."""
        await workflow.execute_activity(
            do_nothing, args=[event, body], start_to_close_timeout=timedelta(seconds=10)
        )


orders = webhooks.custom(
    name="orders",
    path="/webhooks/orders",
    signature={"header": "x-signature", "secret": secret(KEY)},
    delivery={"retry": {"initial_delay_seconds": 0.05, "max_delay_seconds": 0.05}},
    on={FINE: accept_at_once, FAILS_TWICE: accept_at_last},
)

to_customers = webhooks.out("to-customers", endpoints_per_user=100)
"""Each endpoint is a customer's."""

to_all = webhooks.out("to-all")
"""Endpoints that belong to nobody, so that each has a secret of its own."""

app = backend()
app.use(orders, to_customers, to_all, Bare, do_nothing)
