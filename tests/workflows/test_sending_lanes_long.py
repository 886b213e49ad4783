"""Lanes in which very much waits: all of it comes along into a new run."""

from pathlib import Path
from typing import Any

from temporalio.client import WorkflowHandle
from temporalio.worker import Worker

from layeron import names
from layeron.adapters.temporal.converter import DATA_CONVERTER
from tests.support.temporal import running_temporal
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
