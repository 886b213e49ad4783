"""What a delivery costs the engine: history events, and the actions that Temporal Cloud bills."""

from collections.abc import Sequence
from dataclasses import dataclass

from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import Client

from benchmarks.application import to_customers
from benchmarks.figure import Figure
from benchmarks.history import billable_actions
from benchmarks.sending_system import running_sender
from layeron.identity import lane_workflow_id, outbound_workflow_id
from layeron.outbound.outgoing import OutgoingEvent

_MANY = 100
_IN_TURN = 20


async def run() -> list[Figure]:
    """Send to 1 and to 100 endpoints that take the event at once, or at last; and to a queue."""
    async with running_sender() as (system, url):
        sender = _Sender(system.temporal, url)
        one, many = await sender.history(1, "well"), await sender.history(_MANY, "well")
        late, late_many = await sender.history(1, "once"), await sender.history(_MANY, "once")
        event, in_turn = await sender.histories_in_turn(_IN_TURN)
    return [
        *_figures("", one, many, at_most=3),
        *_figures(", one failure before", late, late_many),
        Figure("history events, sent to 1 fifo endpoint", len(event)),
        Figure("history events of its queue ÷ delivery", sum(map(len, in_turn)) / _IN_TURN),
        Figure(
            "billable actions of its queue ÷ delivery",
            sum(map(billable_actions, in_turn)) / _IN_TURN,
        ),
    ]


@dataclass(frozen=True, slots=True)
class _Sender:
    temporal: Client
    url: str

    async def history(self, count: int, path: str) -> Sequence[HistoryEvent]:
        """Of an event to a customer who has so many endpoints at this path."""
        customer = f"{path}-{count}"
        for number in range(count):
            await to_customers.endpoints.create(
                name=f"{customer}-{number}",
                url=f"{self.url}/{path}/{number}",
                retry={"schedule": [0.2]},
                user_id=customer,
            )
        await to_customers.send("order.created", {}, idempotency_key=customer, user_id=customer)
        return await self._history_of_event(customer)

    async def histories_in_turn(
        self, count: int
    ) -> tuple[Sequence[HistoryEvent], list[Sequence[HistoryEvent]]]:
        """Of the last of so many events for a queue, and of every run of the queue."""
        lane, _ = await to_customers.endpoints.create(
            name="lane", url=f"{self.url}/well", fifo=True, user_id="lane"
        )
        keys = [f"lane-{number}" for number in range(count)]
        await to_customers.send_many(
            [OutgoingEvent("order.created", {}, each, user_id="lane") for each in keys]
        )
        last = await self._history_of_event(keys[-1])
        workflow_id = lane_workflow_id(lane.id)
        await self.temporal.get_workflow_handle(workflow_id).result()
        query = f"WorkflowId = '{workflow_id}'"
        runs = [each async for each in self.temporal.list_workflows(query)]
        return last, [await self._history_of(each.id, each.run_id) for each in runs]

    async def _history_of_event(self, key: str) -> Sequence[HistoryEvent]:
        workflow_id = outbound_workflow_id(to_customers.namespace, to_customers.name, key)
        return await self._history_of(workflow_id, None)

    async def _history_of(self, workflow_id: str, run_id: str | None) -> Sequence[HistoryEvent]:
        handle = self.temporal.get_workflow_handle(workflow_id, run_id=run_id)
        await handle.result()
        return (await handle.fetch_history()).events


def _figures(
    how: str,
    one: Sequence[HistoryEvent],
    many: Sequence[HistoryEvent],
    *,
    at_most: float | None = None,
) -> list[Figure]:
    """Both, and what each delivery costs beyond what an event costs whatever its endpoints."""
    more, more_billed = len(many) - len(one), billable_actions(many) - billable_actions(one)
    added = _MANY - 1
    return [
        Figure(f"history events, sent to 1 endpoint{how}", len(one)),
        Figure(f"history events, sent to {_MANY} endpoints{how}", len(many)),
        Figure(f"history events ÷ further delivery{how}", more / added, at_most=at_most),
        Figure(f"billable actions, sent to 1 endpoint{how}", billable_actions(one)),
        Figure(f"billable actions ÷ further delivery{how}", more_billed / added),
    ]
