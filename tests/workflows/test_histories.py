"""Events that began under an earlier version of the workflow go on under this one."""

import json
from pathlib import Path

import pytest
from temporalio import workflow
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer

from benchmarks.history import billable_actions
from layeron import names
from layeron.adapters.temporal.converter import DATA_CONVERTER
from layeron.ports.engine import Handled
from layeron.records import InboundEvent
from tests.workflows.bulk_scenarios import BULK
from tests.workflows.scenarios import HISTORIES, LIVES
from tests.workflows.sending_scenarios import SENDING
from workflows.bulk_replay import BulkReplayWorkflow
from workflows.inbound import InboundWorkflow
from workflows.lane import LaneWorkflow
from workflows.outbound import OutboundWorkflow
from workflows.retention import ErasingWorkflow, RetentionWorkflow

OURS = (
    InboundWorkflow,
    OutboundWorkflow,
    LaneWorkflow,
    BulkReplayWorkflow,
    RetentionWorkflow,
    ErasingWorkflow,
)
RECORDED = sorted(HISTORIES.glob("*.json"))


def replayer(*classes: type) -> Replayer:
    return Replayer(
        workflows=classes,
        data_converter=DATA_CONVERTER,
        workflow_failure_exception_types=[],
    )


def history_in(path: Path) -> WorkflowHistory:
    recorded = json.loads(path.read_text())
    started = recorded["events"][0]["workflowExecutionStartedEventAttributes"]
    return WorkflowHistory.from_json(started["workflowId"], recorded)


def test_every_life_has_a_recorded_history() -> None:
    assert {each.stem for each in RECORDED} >= {*LIVES, *SENDING, *BULK}


@pytest.mark.parametrize("path", RECORDED, ids=lambda path: path.stem)
async def test_a_recorded_history_still_replays(path: Path) -> None:
    await replayer(*OURS).replay_workflow(history_in(path))


@workflow.defn(name=names.INBOUND_WORKFLOW, sandboxed=False)
class Changed:
    """A version that sleeps first, which open workflows cannot follow."""

    @workflow.run
    async def run(self, event: InboundEvent, body: bytes | None) -> Handled:
        """Sleep, then handle."""
        await workflow.sleep(1)
        return await InboundWorkflow().run(event, body)


async def test_a_change_that_open_workflows_cannot_follow_is_caught() -> None:
    with pytest.raises(workflow.NondeterminismError):
        await replayer(Changed).replay_workflow(history_in(HISTORIES / "succeeded.json"))


@pytest.mark.parametrize("life", ["succeeded", "sent"])
def test_a_successful_event_is_eleven_history_events(life: str) -> None:
    history = history_in(HISTORIES / f"{life}.json")
    assert len(history.events) <= 12


@pytest.mark.parametrize(
    ("life", "actions"),
    [
        ("sent", 2),
        ("succeeded", 2),
        ("succeeded-at-the-third-attempt", 4),
        ("replay", 2),
        ("large-body", 2),
    ],
)
def test_an_event_is_billed_for_its_start_and_for_each_attempt(life: str, actions: int) -> None:
    assert billable_actions(history_in(HISTORIES / f"{life}.json").events) == actions
