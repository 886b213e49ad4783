"""What tests of the inbox ask and wait for."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from temporalio.client import Client

from layeron.application import Backend
from layeron.ports.inbox import Waiting
from layeron.records import EventRecord
from tests.support.gate import Gate, gate_before
from tests.support.service import Service, eventually, running_service
from tests.support.temporal import TemporalServer
from tests.support.vendor import send

TIMEOUT = 1.5
"""Seconds that the engine is given for anything."""

IMPATIENT: dict[str, Any] = {"engine_timeout": TIMEOUT, "inbox_after": TIMEOUT}


@asynccontextmanager
async def behind_a_gate(
    app: Backend, folder: Path, temporal: TemporalServer, **options: Any
) -> AsyncGenerator[tuple[Service, Gate]]:
    """A service, with the options of `running_service`, and the gate between it and its engine."""
    async with (
        gate_before(temporal.address) as gate,
        running_service(app, folder, temporal, temporal_address=gate.address, **options) as service,
    ):
        yield service, gate


async def told(service: Service, payload: object) -> tuple[str, str]:
    """The status and the id that a sender is answered, whose event must be taken."""
    answer = await send(service, payload)
    assert answer.status_code == 202, answer.text
    return answer.json()["status"], answer.json()["event_id"]


async def drained(service: Service) -> None:
    """Wait until nothing waits in the inbox."""

    async def look() -> bool | None:
        return await service.tools.inbox.waiting() == Waiting() or None

    await eventually(look)


async def handled_once(service: Service, event_id: str) -> EventRecord:
    """The event, which was handled at its first attempt."""
    record = await service.settled(event_id)
    assert (record.id, record.status) == (event_id, "succeeded")
    assert [each.outcome for each in record.attempts] == ["succeeded"]
    return record


async def started_in_order(client: Client, workflow_ids: list[str]) -> list[str]:
    """These workflows, in the order in which the engine started them."""
    started = {
        each: (await client.get_workflow_handle(each).describe()).start_time
        for each in workflow_ids
    }
    return sorted(started, key=lambda each: started[each])
