"""How many events a second are handled to the end, against a workflow that does nothing.

Both are started the same way, with the same input, and run on the same worker process: what is
left between them is the stored body, the records and the handler.
"""

import asyncio
from datetime import UTC, datetime

from temporalio.client import Client

from benchmarks.accepting import acknowledgement
from benchmarks.application import Bare
from benchmarks.figure import Figure
from benchmarks.provider import new_event, send_steadily
from benchmarks.rounds import compare
from benchmarks.starting import example_of, start_all
from benchmarks.system import running_system
from layeron import names

_ROUNDS = 7
_EVENTS = 100
_STEADY_SECONDS = 10


async def run() -> list[Figure]:
    """Measure on an engine of its own."""
    async with running_system(worker=True) as system:
        example, queue = await example_of(system), system.settings.task_queue

        async def handled(workflow: str) -> float:
            began = datetime.now(UTC)
            await start_all(system.temporal, workflow, example, _EVENTS, queue=queue)
            return await completed(system.temporal, workflow, began, _EVENTS)

        found = await compare(
            lambda: handled(names.INBOUND_WORKFLOW),
            lambda: handled(Bare.__name__),
            rounds=_ROUNDS,
        )
        half = found.ours / 2
        events = [new_event() for _ in range(int(half * _STEADY_SECONDS))]
        times = await send_steadily(system.port, events, per_second=half)
    return [
        Figure("events completed", found.ours, "/s"),
        Figure("bare workflows completed", found.bare, "/s"),
        Figure("completed ÷ bare workflow", found.ratio, at_least=0.80),
        *acknowledgement("ack while half as many are handled", times),
    ]


async def completed(client: Client, workflow: str, since: datetime, count: int) -> float:
    """So many completions a second by the engine's clock, from the first start to the last end."""
    query = (
        f"WorkflowType = '{workflow}' AND ExecutionStatus = 'Completed'"
        f" AND StartTime >= '{since.isoformat()}'"
    )
    while (await client.count_workflows(query)).count < count:  # noqa: ASYNC110  # it is a server
        await asyncio.sleep(0.2)
    ended = [each async for each in client.list_workflows(query)]
    first = min(each.start_time for each in ended)
    last = max(each.close_time for each in ended if each.close_time)
    return count / (last - first).total_seconds()
