"""Deleting what is kept no longer, and what was sent for a user, as workflows."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy

from activities.retention import RetentionActivities
from layeron import names

_HEARTBEAT = timedelta(seconds=20)
_LONGEST_PAGE = timedelta(minutes=30)
_PATIENT = RetryPolicy(initial_interval=timedelta(seconds=1), maximum_interval=timedelta(minutes=5))
"""How long trouble of ours is waited for."""

_FIRST_LOOK = timedelta(minutes=1)
_LONGEST_LOOK = timedelta(hours=1)
"""What is still being sent is looked at again about as late as it has lasted, up to this."""


@workflow.defn(name=names.RETENTION_WORKFLOW, sandboxed=False)
class RetentionWorkflow:
    """Deletes page after page; a schedule starts it."""

    @workflow.run
    async def run(self) -> None:
        """Delete what is old by now."""
        while await _execute(RetentionActivities.apply):
            if workflow.info().is_continue_as_new_suggested():
                workflow.continue_as_new()


@workflow.defn(name=names.ERASING_WORKFLOW, sandboxed=False)
class ErasingWorkflow:
    """Deletes the bodies of what was sent for a user, until nothing from before is being sent."""

    @workflow.init
    def __init__(self, _user_id: str, before: datetime | None = None) -> None:
        self._before = before

    @workflow.run
    async def run(self, user_id: str, _before: datetime | None = None) -> None:
        """Delete what was sent before the time of the latest wish, of which a signal tells."""
        looks = 0
        await workflow.wait_condition(lambda: self._before is not None)
        while True:
            wish = self._before
            # Asked first: what ends after it is on record before it is asked again.
            is_sending = await _execute(RetentionActivities.is_sending, user_id, wish)
            while await _execute(RetentionActivities.erase_page, user_id, wish):
                if workflow.info().is_continue_as_new_suggested():
                    workflow.continue_as_new(args=[user_id, self._before])
            if wish == self._before:
                if not is_sending:
                    return
                await workflow.sleep(min(_FIRST_LOOK * 2**looks, _LONGEST_LOOK))
                looks = min(looks + 1, 10)
            if workflow.info().is_continue_as_new_suggested():
                workflow.continue_as_new(args=[user_id, self._before])

    @workflow.signal(name=names.ERASE)
    def erase(self, before: datetime) -> None:
        """Delete what was sent before this time, too."""
        self._before = before if self._before is None else max(before, self._before)


async def _execute(method: Callable[..., Awaitable[bool]], *args: object) -> bool:
    return await workflow.execute_activity_method(
        method,
        args=args,
        start_to_close_timeout=_LONGEST_PAGE,
        heartbeat_timeout=_HEARTBEAT,
        retry_policy=_PATIENT,
    )
