"""A user's workflow, which runs in Temporal's sandbox."""

from datetime import timedelta

from temporalio import activity, workflow
from temporalio.exceptions import ApplicationError

from layeron import Event


@activity.defn
async def pack(event_id: str) -> str:
    """Pack an order."""
    return f"packed {event_id}"


@workflow.defn
class Fulfil:
    """Packs an order by an activity of the user's."""

    @workflow.run
    async def run(self, event: Event) -> str:
        """Pack it, or fail with all there is in the message."""
        if event.event_type == "order.broken":
            raise ApplicationError(f"{event.payload!r}")
        return await workflow.execute_activity(
            pack, event.id, start_to_close_timeout=timedelta(seconds=20)
        )
