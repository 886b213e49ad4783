"""How many events a second are handled to the end, against a workflow that does nothing.

Both are started the same way, with the same input, and run on the same worker process: what is
left between them is the stored body, the records and the handler.
"""

import asyncio
from datetime import UTC, datetime

from benchmarks.accepting import acknowledgement
from benchmarks.application import Bare
from benchmarks.figure import Figure
from benchmarks.provider import new_event, send_steadily
from benchmarks.rounds import compare
from benchmarks.starting import example_of, start_all
from benchmarks.system import System, running_system
from layeron import names

_ROUNDS = 7
_EVENTS = 100
_STEADY_SECONDS = 10


async def run() -> list[Figure]:
    """Measure on an engine of its own."""
    async with running_system(worker=True) as system:
        example, queue = await example_of(system), system.settings.task_queue

        async def completed(workflow: str) -> float:
            began = datetime.now(UTC)
            await start_all(system.temporal, workflow, example, _EVENTS, queue=queue)
            return await _completed(system, workflow, began)

        found = await compare(
            lambda: completed(names.INBOUND_WORKFLOW),
            lambda: completed(Bare.__name__),
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


async def _completed(system: System, workflow: str, since: datetime) -> float:
    """Completions a second by the engine's clock, from the first start to the last end."""
    query = (
        f"WorkflowType = '{workflow}' AND ExecutionStatus = 'Completed'"
        f" AND StartTime >= '{since.isoformat()}'"
    )
    while (await system.temporal.count_workflows(query)).count < _EVENTS:  # noqa: ASYNC110  # it is a server
        await asyncio.sleep(0.2)
    ended = [each async for each in system.temporal.list_workflows(query)]
    first = min(each.start_time for each in ended)
    last = max(each.close_time for each in ended if each.close_time)
    return _EVENTS / (last - first).total_seconds()
