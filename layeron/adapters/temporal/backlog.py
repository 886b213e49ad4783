"""How much waits for workers, as the task queues tell it."""

from temporalio.api.enums.v1 import TaskQueueType
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import DescribeTaskQueueRequest
from temporalio.client import Client


async def backlog_of(client: Client, task_queue: str) -> tuple[int, float]:
    """About how many tasks wait in a queue, and for how many seconds the oldest one has."""
    waiting, oldest = 0, 0.0
    for kind in (TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW, TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY):
        request = DescribeTaskQueueRequest(
            namespace=client.namespace,
            task_queue=TaskQueue(name=task_queue),
            task_queue_type=kind,
            report_stats=True,
        )
        stats = (await client.workflow_service.describe_task_queue(request)).stats
        waiting += stats.approximate_backlog_count
        oldest = max(oldest, stats.approximate_backlog_age.ToTimedelta().total_seconds())
    return waiting, oldest
