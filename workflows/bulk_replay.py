"""The life of a bulk replay, as a workflow: part by part, until its record says that it is over."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TypeVar

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError, is_cancelled_exception

from activities.bulk_replay import BulkReplayActivities
from layeron import names

T = TypeVar("T")

_HEARTBEAT = timedelta(seconds=20)
_LONGEST_PART = timedelta(minutes=5)
_PATIENT = RetryPolicy(
    initial_interval=timedelta(seconds=1),
    maximum_interval=timedelta(minutes=1),
    non_retryable_error_types=["NotFoundError"],
)
"""How long trouble of ours is waited for; a bulk replay whose record is gone is over."""


@workflow.defn(name=names.BULK_REPLAY_WORKFLOW, sandboxed=False)
class BulkReplayWorkflow:
    """Replays until nothing is left or somebody stops it; its record says what is to be done."""

    def __init__(self) -> None:
        self._changes = 0

    @workflow.run
    async def run(self, bulk_id: str) -> None:
        """Replay; a later run goes on where the record says that this one was."""
        try:
            while await self._goes_on(bulk_id):
                if workflow.info().is_continue_as_new_suggested():
                    workflow.continue_as_new(bulk_id)
        except (asyncio.CancelledError, ActivityError) as error:
            if is_cancelled_exception(error):
                await _execute(BulkReplayActivities.stop, bulk_id)
            raise

    async def _goes_on(self, bulk_id: str) -> bool:
        """Do what the record says; whether there is more to do."""
        seen = self._changes
        part = await _execute(BulkReplayActivities.next_part, bulk_id)
        if part.status == "paused":
            await workflow.wait_condition(lambda: self._changes != seen)
        elif part.event_ids:
            await _execute(BulkReplayActivities.replay_part, bulk_id, part)
        return part.status in {"running", "paused"}

    @workflow.signal(name=names.BULK_CHANGED)
    def changed(self) -> None:
        """Look at the record again."""
        self._changes += 1


async def _execute(method: Callable[..., Awaitable[T]], *args: object) -> T:
    return await workflow.execute_activity_method(
        method,
        args=args,
        start_to_close_timeout=_LONGEST_PART,
        heartbeat_timeout=_HEARTBEAT,
        retry_policy=_PATIENT,
    )
