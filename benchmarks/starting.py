"""Starts workflows without a receiver: what the system is measured against."""

import asyncio
import time
import uuid
from dataclasses import replace
from datetime import UTC, datetime

from temporalio.client import Client
from temporalio.common import WorkflowIDReusePolicy

from benchmarks.provider import CONCURRENCY, Connection, new_event, on_the_wire
from benchmarks.system import System
from layeron import names
from layeron.adapters.temporal.engine import TemporalEngine
from layeron.adapters.temporal.search_attributes import attributes_of
from layeron.identity import new_event_id
from layeron.ports.engine import Execution
from layeron.records import InboundEvent

_KNOWN = frozenset(names.SEARCH_ATTRIBUTES)


async def example_of(system: System) -> Execution:
    """The input that the receiver gives a workflow, read back from the engine."""
    connection = await Connection.open(system.port)
    event_id = await connection.send(on_the_wire(new_event()))
    connection.close()
    settings = system.settings
    engine = TemporalEngine(
        system.temporal, task_queue=settings.task_queue, timeout=settings.engine_timeout
    )
    while (found := await engine.find(event_id)) is None:  # noqa: ASYNC110  # it is a server
        await asyncio.sleep(0.1)
    return found


async def start_all(
    client: Client, workflow: str, example: Execution, count: int, *, queue: str
) -> float:
    """Start so many events with the receiver's input, options and concurrency.

    Gives the starts a second.
    """
    received = example.event
    if not isinstance(received, InboundEvent):
        raise TypeError("the example is an event that was received")
    waiting = [_another(received) for _ in range(count)]

    async def start_some() -> None:
        while waiting:
            event = waiting.pop()
            await client.start_workflow(
                workflow,
                args=[event, example.body],
                id=event.workflow_id,
                task_queue=queue,
                id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
                memo={
                    names.MEMO_EVENT_ID: event.event_id,
                    names.MEMO_BODY_SHA256: event.body.sha256,
                },
                search_attributes=attributes_of(event, _KNOWN),
                static_summary=f"{event.webhook} {event.event_type} {event.external_event_id}",
            )

    start = time.perf_counter()
    await asyncio.gather(*(start_some() for _ in range(CONCURRENCY)))
    return count / (time.perf_counter() - start)


def _another(event: InboundEvent) -> InboundEvent:
    """An event as large as this one, that nobody saw before."""
    key = f"evt_{uuid.uuid4().hex}"
    return replace(
        event,
        event_id=new_event_id(datetime.now(UTC)),
        workflow_id=f"started/{key}",
        external_event_id=key,
        dedupe_key=key,
        body=replace(event.body, name=f"started/{key}"),
    )
