"""Lanes in which much waits: all of it comes along into a new run, unless it is too much."""

import uuid
from pathlib import Path
from typing import Any

import pytest
from temporalio.client import WorkflowExecutionStatus, WorkflowHandle
from temporalio.worker import Worker

from layeron import names
from layeron.adapters.temporal.converter import DATA_CONVERTER
from tests.sending.declared import publisher, send
from tests.support.customer import in_turn, running_customer
from tests.support.service import eventually, running_service
from tests.support.temporal import TemporalServer, running_temporal
from tests.workflows.lanes import LONG, arrived, lane_of
from workflows import lane as lanes
from workflows.lane import Lane, LaneWorkflow

ENGINE_TAKES = 2 * 1024 * 1024
FEW = {"limit.historyCount.suggestContinueAsNew": "300"}
ALL = [f"whevt_{number:026}" for number in range(20_000, 0, -1)]
EARLY = 19_950


async def started_with(run: WorkflowHandle[Any, Any]) -> tuple[Lane, int]:
    """What a run was started with, and how many bytes that is."""
    async for each in run.fetch_history_events(page_size=1):
        payloads = each.workflow_execution_started_event_attributes.input.payloads
        (lane,) = await DATA_CONVERTER.decode(payloads, [Lane])
        return lane, len(payloads[0].data)
    raise AssertionError("a history without a beginning")


async def test_twenty_thousand_that_wait_come_along_into_a_new_run_in_their_order(
    tmp_path: Path,
) -> None:
    async with running_temporal(tmp_path, FEW) as temporal:
        client = await temporal.connect()
        # Without activities: the first one waits for a worker, and all others for the first.
        async with Worker(client, task_queue="lanes", workflows=[LaneWorkflow]):
            lane = Lane("whep_1", ALL[:EARLY], unwanted=[ALL[7]])
            first = await client.start_workflow(
                names.LANE_WORKFLOW, lane, id="lane/whep_1", task_queue="lanes"
            )
            for each in ALL[EARLY:]:
                await first.signal(names.LANE_ENQUEUE, args=[each, 0])
            await first.signal(names.LANE_ENQUEUE, args=[ALL[3], 1])
            now = await first.describe()
            while now.run_id == first.first_execution_run_id:
                # It waits already: nothing happens, but that the history grows.
                await first.signal(names.LANE_ENQUEUE, args=[ALL[0], 0])
                now = await first.describe()
            new = client.get_workflow_handle(now.id, run_id=now.run_id)
            found, size = await started_with(new)
            await first.terminate()
    assert (found.queue, found.replays, found.unwanted) == (ALL, {ALL[3]: 1}, [ALL[7]])
    assert size < ENGINE_TAKES / 2


async def test_a_lane_goes_on_in_a_new_run_before_the_engine_takes_no_more_signals(
    temporal: TemporalServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lanes, "_MOST_SIGNALS", 20)
    client = await temporal.connect()
    queue = f"lanes-{uuid.uuid4()}"
    async with Worker(client, task_queue=queue, workflows=[LaneWorkflow]):

        async def lane_with_signals(version: int) -> WorkflowHandle[Any, Any]:
            lane = Lane(f"whep_{version}", [ALL[0]], version=version)
            started = await client.start_workflow(
                names.LANE_WORKFLOW, lane, id=f"{queue}/{version}", task_queue=queue
            )
            for each in ALL[1:25]:
                await started.signal(names.LANE_ENQUEUE, args=[each, 0])
            return started

        began_before, counting = await lane_with_signals(0), await lane_with_signals(1)

        async def in_a_new_run() -> Lane | None:
            now = await counting.describe()
            new = client.get_workflow_handle(now.id, run_id=now.run_id)
            found, _ = await started_with(new)
            return found if now.run_id != counting.first_execution_run_id else None

        found = await eventually(in_a_new_run)
        assert found.queue[:20] == ALL[:20]
        assert (found.version, found.left_after) == (names.LANE_VERSION, "")
        same = await began_before.describe()
        assert same.run_id == began_before.first_execution_run_id
        for each in (began_before, client.get_workflow_handle(counting.id)):
            await each.terminate()


async def test_a_lane_that_waits_goes_on_in_a_new_run_with_all_that_waits_in_it(
    tmp_path: Path,
) -> None:
    few = {"limit.historyCount.suggestContinueAsNew": "20"}
    async with (
        running_customer(in_turn(500, 500, 200)) as customer,
        running_temporal(tmp_path, few) as temporal,
    ):
        app, out = publisher(customer.url, fifo=True, retry=LONG)
        async with running_service(app, tmp_path / "data", temporal) as service:
            sent = await send(out, 1)
            await arrived(customer, sent[0])
            first = await lane_of(service, out)
            sent += await send(out, 20)
            await out.endpoints.skip("a", sent[5])

            async def in_a_new_run() -> bool | None:
                return (await lane_of(service, out)).run_id != first.run_id or None

            await eventually(in_a_new_run)
            await out.endpoints.retry("a", sent[0])
            await arrived(customer, sent[0], 2)
            await out.endpoints.skip("a", sent[0])
            for each in sent:
                await service.settled(each)

            async def has_ended() -> WorkflowExecutionStatus | None:
                status = (await lane_of(service, out)).status
                return status if status != WorkflowExecutionStatus.RUNNING else None

            assert await eventually(has_ended) == WorkflowExecutionStatus.COMPLETED
    assert customer.ids() == [sent[0], *sent[:5], *sent[6:]]


async def test_a_queue_too_long_for_a_new_run_stays_in_the_one_it_is_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lanes, "_MOST_CARRIED", 40)
    few = {"limit.historyCount.suggestContinueAsNew": "20", "limit.blobSize.error": "2300"}
    async with (
        running_customer(in_turn(500, 200)) as customer,
        running_temporal(tmp_path, few) as temporal,
    ):
        app, out = publisher(customer.url, fifo=True, retry=LONG)
        async with running_service(app, tmp_path / "data", temporal) as service:
            sent = await send(out, 60)
            await service.settled(sent[0], {"retrying"})
            await out.endpoints.retry("a", sent[0])
            for each in sent:
                assert (await service.settled(each)).status == "succeeded"
    assert customer.ids() == [sent[0], *sent]
