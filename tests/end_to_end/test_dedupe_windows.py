"""Dedupe windows shorter and longer than the engine's memory."""

import asyncio
from pathlib import Path
from typing import Any

from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.workflowservice.v1 import DeleteWorkflowExecutionRequest
from temporalio.service import RPCError

from layeron import Event
from tests.support.service import Service, eventually, running_service
from tests.support.temporal import TemporalServer
from tests.support.vendor import collect, ignore, send, send_new, vendor


async def forget(service: Service, workflow_id: str) -> None:
    """Let the engine forget a workflow, as the end of its retention does."""
    client = service.temporal
    await client.get_workflow_handle(workflow_id).result()
    request = DeleteWorkflowExecutionRequest(
        namespace=client.namespace, workflow_execution=WorkflowExecution(workflow_id=workflow_id)
    )
    await client.workflow_service.delete_workflow_execution(request)

    async def gone() -> bool | None:
        try:
            await client.get_workflow_handle(workflow_id).describe()
        except RPCError:
            return True
        return None

    await eventually(gone)


async def test_after_a_short_window_the_same_id_is_a_new_event_and_collides_with_itself(
    tmp_path: Path, temporal: TemporalServer
) -> None:
    handled: list[str] = []
    app, _ = vendor(handler=collect(handled), dedupe={"ttl": "1s"})
    async with running_service(app, tmp_path, temporal) as service:
        first = await send_new(service, {"id": "1"})
        await service.settled(first)
        await asyncio.sleep(1.1)
        racing = await asyncio.gather(*(send(service, {"id": "1"}) for _ in range(10)))
        told = [each.json() for each in racing]
        assert sorted(each["status"] for each in told) == ["accepted"] + ["duplicate"] * 9
        (second,) = {each["event_id"] for each in told}
        assert second != first
        await service.settled(second)
        await asyncio.sleep(1.1)
        third = await send_new(service, {"id": "1"})
        await service.settled(third)
    assert handled == [first, second, third]


async def test_a_window_longer_than_the_engines_memory_still_holds(
    tmp_path: Path, temporal: TemporalServer
) -> None:
    handled: list[str] = []
    app, _ = vendor(handler=collect(handled), dedupe={"ttl": "90d"})
    async with running_service(app, tmp_path, temporal) as service:
        first = await send_new(service, {"id": "1"})
        record = await service.settled(first)
        await forget(service, record.workflow_id)
        repeat = await send(service, {"id": "1"})
        assert repeat.json() == {"event_id": first, "status": "duplicate"}
    assert handled == [first]


async def test_the_worker_catches_a_repeat_that_the_receiver_could_not_know(
    tmp_path: Path, temporal: TemporalServer
) -> None:
    handled: list[str] = []
    app, webhook = vendor(handler=collect(handled), dedupe={"ttl": "2d"})
    async with running_service(app, tmp_path, temporal) as service:
        first = await send_new(service, {"id": "1"})
        record = await service.settled(first)
        await forget(service, record.workflow_id)
        again = await send_new(service, {"id": "1"})

        async def led_to_the_first() -> bool | None:
            return (await webhook.events.get(again)).id == first or None

        await eventually(led_to_the_first)
        assert (await webhook.events.get(first)).duplicates == 1
    assert handled == [first]


async def test_a_key_of_ones_own_decides_what_is_the_same(
    tmp_path: Path, temporal: TemporalServer
) -> None:
    def tenant_and_number(_: object, payload: Any) -> str:
        return f"{payload['tenant']}-{payload['number']}"

    app, _ = vendor(handler=ignore, dedupe={"key": tenant_and_number})
    async with running_service(app, tmp_path, temporal) as service:
        first = await send_new(service, {"id": "a", "tenant": 1, "number": 2})
        same = await send(service, {"id": "b", "tenant": 1, "number": 2})
        assert same.json() == {"event_id": first, "status": "duplicate"}
        assert await send_new(service, {"id": "a", "tenant": 2, "number": 2}) != first


async def test_events_that_nothing_identifies_are_never_duplicates(
    tmp_path: Path, temporal: TemporalServer
) -> None:
    seen: list[Event] = []
    app, _ = vendor(handler=seen.append)
    async with running_service(app, tmp_path, temporal) as service:
        assert await send_new(service, {"ping": 1}) != await send_new(service, {"ping": 1})


async def test_the_same_bytes_are_the_same_event_where_the_webhook_says_so(
    tmp_path: Path, temporal: TemporalServer
) -> None:
    app, _ = vendor(handler=ignore, dedupe={"key": "body_hash"})
    async with running_service(app, tmp_path, temporal) as service:
        first = await send_new(service, {"ping": 1})
        same = await send(service, {"ping": 1})
        assert same.json()["event_id"] == first
