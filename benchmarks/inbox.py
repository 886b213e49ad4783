"""What the inbox takes while the engine is dead, and how soon it is empty when that is back."""

import asyncio
import time
from datetime import UTC, datetime, timedelta

from benchmarks.completing import completed
from benchmarks.figure import Figure
from benchmarks.provider import Connection, new_event, on_the_wire, send_all
from benchmarks.rounds import compare
from benchmarks.system import System, running_system
from layeron import names
from layeron.adapters.database import Database, open_database
from layeron.adapters.temporal.embedded import wait_until_ready

_ROUNDS = 5
_EVENTS = 200
_MOST_STARTS = 1_000


async def run() -> list[Figure]:
    """Measure on an engine of its own, which is killed and started again."""
    async with running_system(worker=False) as system:
        database = open_database(system.settings.effective_database_url)

        async def in_an_outage() -> float:
            await _die(system)
            rate = await send_all(system.port, [new_event() for _ in range(_EVENTS)])
            await _live(system, database)
            return rate

        async def with_the_engine() -> float:
            return await send_all(system.port, [new_event() for _ in range(_EVENTS)])

        found = await compare(in_an_outage, with_the_engine, rounds=_ROUNDS)
        await database.close()
    async with running_system(worker=True) as system:
        database = open_database(system.settings.effective_database_url)
        waited = await _die(system)
        await send_all(system.port, [new_event() for _ in range(_EVENTS)])
        began = datetime.now(UTC)
        await _live(system, database)
        handled = await completed(system.temporal, names.INBOUND_WORKFLOW, began, _EVENTS + 1)
        drained = await _started(system, began)
        await database.close()
    return [
        Figure("accepted while the engine is dead", found.ours, "/s"),
        Figure("accepted with the engine", found.bare, "/s"),
        Figure("accepted, dead ÷ alive", found.ratio, at_least=1.0),
        Figure("ack of the first after its death", waited * 1000, "ms"),
        Figure("events started from the inbox", drained, "/s"),
        Figure("events completed meanwhile", handled, "/s"),
        Figure("started ÷ completed", drained / handled, at_least=1.0),
    ]


async def _die(system: System) -> float:
    """Kill the engine, and let one sender find out; the seconds it waited."""
    await system.engine.kill()
    connection = await Connection.open(system.port)
    start = time.perf_counter()
    await connection.send(on_the_wire(new_event()))
    connection.close()
    return time.perf_counter() - start


async def _live(system: System, database: Database) -> None:
    """Start the engine, and wait until nothing waits in the inbox."""
    await system.engine.start()
    await wait_until_ready(system.settings.temporal_address or "", system.temporal.namespace)
    while (await database.inbox.waiting()).events:  # noqa: ASYNC110  # it is another process
        await asyncio.sleep(0.1)


async def _started(system: System, since: datetime) -> float:
    """So many starts a second by the engine's clock, from the first to the last."""
    query = f"WorkflowType = '{names.INBOUND_WORKFLOW}' AND StartTime >= '{since.isoformat()}'"
    times = [
        each.start_time async for each in system.temporal.list_workflows(query, limit=_MOST_STARTS)
    ]
    # The first alone tells that the engine is back; what follows a second later is the draining.
    rest = sorted(times)[1:]
    return (len(rest) - 1) / max(rest[-1] - rest[0], timedelta(milliseconds=1)).total_seconds()
