"""The schedule that retention is applied by."""

from datetime import timedelta

from temporalio.client import (
    Client,
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleAlreadyRunningError,
    ScheduleIntervalSpec,
    ScheduleOverlapPolicy,
    SchedulePolicy,
    ScheduleSpec,
    ScheduleUpdate,
    ScheduleUpdateInput,
)

from layeron import names

_EVERY = timedelta(hours=1)
_JITTER = timedelta(minutes=5)


def retention_schedule_id(task_queue: str) -> str:
    """The id of the schedule, and the beginning of the ids of the workflows that it starts."""
    return f"retention/{task_queue}"


async def keep_retention_schedule(client: Client, task_queue: str) -> None:
    """Make the schedule, or bring it to what it shall be.

    Raises:
        RPCError: it cannot be made; ``UNIMPLEMENTED`` where the server has no schedules.
    """
    schedule_id = retention_schedule_id(task_queue)
    wanted = Schedule(
        action=ScheduleActionStartWorkflow(
            names.RETENTION_WORKFLOW,
            id=schedule_id,
            task_queue=task_queue,
            static_summary="delete what is kept no longer",
        ),
        spec=ScheduleSpec(intervals=[ScheduleIntervalSpec(every=_EVERY)], jitter=_JITTER),
        policy=SchedulePolicy(
            overlap=ScheduleOverlapPolicy.SKIP,
            # What was missed is caught up by the next one.
            catchup_window=_EVERY,
        ),
    )
    try:
        await client.create_schedule(schedule_id, wanted)
    except ScheduleAlreadyRunningError:

        def changed(known: ScheduleUpdateInput) -> ScheduleUpdate:
            wanted.state = known.description.schedule.state
            return ScheduleUpdate(wanted)

        await client.get_schedule_handle(schedule_id).update(changed)
