"""The life of one event that is sent, as a workflow: one attempt to all, then each its own way."""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import NoReturn

from temporalio import workflow
from temporalio.common import Priority, RetryPolicy
from temporalio.exceptions import (
    ActivityError,
    ApplicationError,
    ChildWorkflowError,
    is_cancelled_exception,
)

from activities.outbound import OutboundActivities, Progress
from layeron import names
from layeron.outbound.notices import Notice
from layeron.outbound.records import OutboundEvent
from layeron.ports.engine import Handled
from layeron.records import DeliveryStatus, EventStatus
from layeron.text import label

HEARTBEAT = timedelta(seconds=20)
LONGEST_ATTEMPT = timedelta(seconds=150)
"""What an attempt may take at most, with what storing and recording takes beside it."""

PATIENT = RetryPolicy(initial_interval=timedelta(seconds=1), maximum_interval=timedelta(minutes=10))
"""How long trouble of ours is waited for; a delivery's own schedule says its delays itself."""

_PART = 200
"""Endpoints one workflow sends to: each may come to wait in an activity of its own."""


# Deterministic by its replay tests; without the sandbox a run costs the worker half the CPU.
@workflow.defn(name=names.OUTBOUND_WORKFLOW, sandboxed=False)
class OutboundWorkflow:
    """Sends one event to its endpoints until each took it or its schedule is used up."""

    @workflow.run
    async def run(self, event: OutboundEvent, body: bytes | None) -> Handled:
        """Send the event.

        Args:
            event: what is sent.
            body: its bytes, unless they are stored already.
        """
        waiting, is_on_record = event.direct, False
        try:
            if len(event.endpoints) > _PART:
                return await self._by_parts(event, body)
            first = await _deliver_first(event, body)
            is_on_record, waiting = True, first.waiting
            rest = await self._deliver_on(event, first)
        except (asyncio.CancelledError, ActivityError, ChildWorkflowError) as error:
            if not is_on_record:
                await _put_on_record(event, body)
            how = "cancelled" if is_cancelled_exception(error) else "failed"
            if waiting:
                await settle(event, waiting, "dead_letter", f"{how} in the engine")
            raise
        ended = Counter(first.ended)
        for each in rest:
            ended.update(each)
        return _ended(event, ended)

    async def _deliver_on(
        self, event: OutboundEvent, first: Progress
    ) -> Sequence[Mapping[DeliveryStatus, int]]:
        if first.waiting and is_cancelled():
            raise asyncio.CancelledError  # while the first attempts were under way
        ways = [self._deliver(event, each) for each in first.waiting]
        ended = await asyncio.gather(announce(event, first.notices), *ways)
        return [each or {} for each in ended]

    async def _deliver(
        self, event: OutboundEvent, endpoint_id: str
    ) -> Mapping[DeliveryStatus, int]:
        progress = await deliver(event, endpoint_id)
        await announce(event, progress.notices)
        return progress.ended

    async def _by_parts(self, event: OutboundEvent, body: bytes | None) -> Handled:
        """Send by child workflows, as one must not wait for thousands of activities."""
        await _put_on_record(event, body)
        everywhere = event.endpoints
        lanes = set(event.lanes)
        parts = [everywhere[first : first + _PART] for first in range(0, len(everywhere), _PART)]
        ended = Counter[EventStatus]()

        async def send(number: int, endpoints: list[str]) -> None:
            part = replace(
                event,
                endpoints=endpoints,
                lanes=[each for each in endpoints if each in lanes],
                body_stored=True,
                part=number,
            )
            try:
                handled = await workflow.execute_child_workflow(
                    names.OUTBOUND_WORKFLOW,
                    args=[part, None],
                    id=f"{workflow.info().workflow_id}/part/{number}",
                    result_type=Handled,
                    static_summary=label(event.webhook, event.event_type, f"part {number}"),
                )
            except ChildWorkflowError:
                if is_cancelled():
                    raise
                ended["dead_letter"] += 1
            else:
                if handled.status != "duplicate":
                    ended[handled.status] += 1

        await asyncio.gather(*(send(number, each) for number, each in enumerate(parts, 1)))
        return _ended(event, ended)


async def _deliver_first(event: OutboundEvent, body: bytes | None) -> Progress:
    try:
        return await workflow.execute_activity_method(
            OutboundActivities.deliver_first,
            args=[event, body],
            start_to_close_timeout=LONGEST_ATTEMPT,
            heartbeat_timeout=HEARTBEAT,
            retry_policy=PATIENT,
            # What is under way is heard of before its event is settled.
            cancellation_type=workflow.ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
            summary=label(event.event_type, *_single(event.direct)),
        )
    except ActivityError as error:
        _end_if_cancelled(error)
        raise


async def deliver(event: OutboundEvent, endpoint_id: str) -> Progress:
    """Deliver to one endpoint, by its schedule, whatever number of attempts that takes.

    Raises:
        asyncio.CancelledError: it was broken off.
    """
    try:
        return await workflow.execute_activity_method(
            OutboundActivities.deliver,
            args=[event, endpoint_id, False],
            start_to_close_timeout=LONGEST_ATTEMPT,
            heartbeat_timeout=HEARTBEAT,
            retry_policy=PATIENT,
            # A backlog of one endpoint gets its share of the workers, and no more.
            priority=Priority(fairness_key=endpoint_id),
            cancellation_type=workflow.ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
            summary=label(event.event_type, endpoint_id),
        )
    except ActivityError as error:
        _end_if_cancelled(error)
        # By hand, as the schedule has no end of its own: it is this endpoint's matter alone.
        await settle(event, [endpoint_id], "dead_letter", "failed in the engine")
        return Progress(ended={"dead_letter": 1})


async def announce(event: OutboundEvent, notices: Sequence[Notice]) -> None:
    """Tell the operator, if there is something to tell."""
    if notices:
        await workflow.execute_activity_method(
            OutboundActivities.announce,
            args=[event, list(notices)],
            start_to_close_timeout=LONGEST_ATTEMPT,
            retry_policy=PATIENT,
        )


async def settle(
    event: OutboundEvent, endpoints: list[str], status: DeliveryStatus, note: str
) -> None:
    """End deliveries without an attempt."""
    await workflow.execute_activity_method(
        OutboundActivities.settle,
        args=[event, endpoints, status, note],
        start_to_close_timeout=LONGEST_ATTEMPT,
        retry_policy=PATIENT,
    )


def _single(endpoints: Sequence[str]) -> Sequence[str]:
    return endpoints if len(endpoints) == 1 else []


async def _put_on_record(event: OutboundEvent, body: bytes | None) -> None:
    await workflow.execute_activity_method(
        OutboundActivities.put_on_record,
        args=[event, body],
        start_to_close_timeout=LONGEST_ATTEMPT,
        retry_policy=PATIENT,
    )


def _end_if_cancelled(error: ActivityError) -> None:
    """End as cancelled: the engine tries nothing again then, so that any failure may be left."""
    if is_cancelled():
        raise asyncio.CancelledError from error


def is_cancelled() -> bool:
    """Whether the present task was told to end."""
    current = asyncio.current_task()
    return current is not None and current.cancelling() > 0


def _ended(
    event: OutboundEvent, ended: Mapping[EventStatus, int] | Mapping[DeliveryStatus, int]
) -> Handled:
    if not event.endpoints:
        return Handled("unhandled")
    if ended.get("dead_letter"):
        _fail(event)
    if ended.get("held"):
        return Handled("held")
    return Handled("processing" if event.lanes else "succeeded")


def _fail(event: OutboundEvent) -> NoReturn:
    """End the workflow as failed, so that it is red wherever it is looked at."""
    raise ApplicationError(
        f"{event.event_id} is dead_letter: an endpoint did not take it",
        type=names.EXHAUSTED,
        non_retryable=True,
    )
