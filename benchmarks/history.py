"""What one event costs the engine: history events, and the actions that Temporal Cloud bills."""

from collections.abc import Sequence

from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent

from benchmarks.application import FAILS_TWICE, FINE, orders
from benchmarks.figure import Figure
from benchmarks.provider import Connection, new_event, on_the_wire
from benchmarks.system import System, running_system
from layeron.identity import inbound_workflow_id
from layeron.payload import parse_payload

_ACTIONS = {
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED: 1,
    EventType.EVENT_TYPE_TIMER_STARTED: 1,
    EventType.EVENT_TYPE_MARKER_RECORDED: 1,
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED: 1,
    EventType.EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES: 1,
    EventType.EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_INITIATED: 2,
}
"""Billed once each; an activity is billed for every attempt."""


async def run() -> list[Figure]:
    """Handle one event that succeeds at once, and one after two failed attempts."""
    async with running_system(worker=True) as system:
        at_once = await _history_of(system, FINE)
        at_last = await _history_of(system, FAILS_TWICE)
    return [
        Figure("history events, successful event", len(at_once), at_most=12),
        Figure("history events, two failed attempts before", len(at_last)),
        Figure("billable actions, successful event", billable_actions(at_once)),
        Figure("billable actions, two failed attempts before", billable_actions(at_last)),
    ]


def billable_actions(history: Sequence[HistoryEvent]) -> int:
    """How many actions a history is billed for on Temporal Cloud."""
    attempts = sum(each.activity_task_started_event_attributes.attempt for each in history)
    return attempts + sum(_ACTIONS.get(each.event_type, 0) for each in history)


async def _history_of(system: System, event_type: str) -> Sequence[HistoryEvent]:
    request = new_event(event_type)
    connection = await Connection.open(system.port)
    await connection.send(on_the_wire(request))
    connection.close()
    external_id = orders.provider.event_id.find(request, parse_payload(request.body, ""))
    workflow_id = inbound_workflow_id(orders.namespace, orders.name, str(external_id))
    handle = system.temporal.get_workflow_handle(workflow_id)
    await handle.result()
    return (await handle.fetch_history()).events
