"""What a workflow's history tells of its activities."""

from temporalio.api.enums.v1 import EventType

from tests.support.service import Service, eventually


async def failing(service: Service, workflow_id: str, kind: str) -> None:
    """Wait until an activity of the workflow has failed with an error of this type."""

    async def seen() -> bool | None:
        return kind in await _failures(service, workflow_id) or None

    await eventually(seen)


async def _failures(service: Service, workflow_id: str) -> list[str]:
    handle = service.temporal.get_workflow_handle(workflow_id)
    history = await handle.fetch_history()
    return [
        each.activity_task_failed_event_attributes.failure.application_failure_info.type
        for each in history.events
        if each.event_type == EventType.EVENT_TYPE_ACTIVITY_TASK_FAILED
    ]
