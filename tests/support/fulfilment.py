"""A user's own workflow and activity, as an application would declare them."""

from datetime import timedelta
from typing import Any

from temporalio import activity, workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ApplicationError

from layeron import Event

tries: dict[str, int] = {}


@activity.defn
async def reserve(order: str) -> str:
    """Reserve the goods of an order."""
    return f"reserved {order}"


@activity.defn
def count_try(event_id: str) -> int:
    """Count how often an event came here."""
    tries[event_id] = tries.get(event_id, 0) + 1
    return tries[event_id]


@workflow.defn
class Fulfil:
    """Handles an order in several durable steps."""

    @workflow.run
    async def run(self, event: Event) -> dict[str, Any]:
        """Reserve, wait, and answer; orders that begin with ``flaky`` fail the first time."""
        payload = event.payload
        if not isinstance(payload, dict):
            raise ApplicationError("no order in the body", non_retryable=True)
        order = str(payload["order"])
        seen = await workflow.execute_activity(
            count_try, event.id, start_to_close_timeout=timedelta(seconds=10)
        )
        if order.startswith("flaky") and seen == 1:
            raise ApplicationError("the warehouse does not answer")
        done = await workflow.execute_activity(
            reserve,
            order,
            start_to_close_timeout=timedelta(seconds=10),
            retry_policy=RetryPolicy(maximum_attempts=2),
        )
        await workflow.sleep(timedelta(milliseconds=50))
        return {"done": done, "attempt": event.attempt, "size": len(event.raw_body)}


@workflow.defn
class Refuse:
    """Fails each time."""

    @workflow.run
    async def run(self, event: Event) -> None:
        """Look at the event, and fail."""
        raise ApplicationError(f"attempt {event.attempt} failed")
