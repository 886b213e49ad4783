"""Starting and finding workflows: the engine port on a Temporal client."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import cast

from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest
from temporalio.client import (
    Client,
    WorkflowExecution,
    WorkflowExecutionDescription,
    WorkflowExecutionStatus,
    WorkflowFailureError,
)
from temporalio.common import Priority, WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from layeron import names
from layeron.adapters.temporal.backlog import backlog_of
from layeron.adapters.temporal.codec import HistoryCodec
from layeron.adapters.temporal.deadline import deadline
from layeron.adapters.temporal.schedules import keep_retention_schedule
from layeron.adapters.temporal.search_attributes import (
    attributes_of,
    key_of,
    register_attributes,
)
from layeron.errors import EngineUnavailableError, NotFoundError, SecretUnavailableError
from layeron.identity import (
    bulk_workflow_id,
    erasing_workflow_id,
    lane_workflow_id,
    next_generation_id,
    received_at,
    replay_workflow_id,
)
from layeron.outbound.records import OutboundEvent
from layeron.ports.engine import Backlog, Duplicate, Execution, Handled, QueueCommand, Started
from layeron.records import EventStatus, InboundEvent
from layeron.text import label

_MOST_GENERATIONS = 10_000
_LONGEST_FAIRNESS_KEY = 16
"""Characters: Temporal takes 64 bytes, and a character may have four."""


class TemporalEngine:
    """One workflow per event, on the task queues of our workers.

    Events that are sent have a queue of their own, so that neither direction waits for the other.
    """

    def __init__(self, client: Client, *, task_queue: str, timeout: timedelta) -> None:
        self._client = client
        self._task_queue = task_queue
        self._timeout = timeout
        self._attributes: frozenset[str] | None = None
        self._retention: timedelta | None = None

    async def start(
        self, event: InboundEvent | OutboundEvent, body: bytes | None
    ) -> Started | Duplicate:
        """Start the event's workflow, unless one with its key is inside the dedupe window."""
        generation = event.workflow_id
        for _ in range(_MOST_GENERATIONS):
            started = replace(event, workflow_id=generation)
            try:
                await self._start(started, generation, body)
            except WorkflowAlreadyStartedError:
                found = await self._describe(generation)
                if found is None:
                    continue  # it fell out of the engine's memory between the two calls
                first = await _duplicate(found, generation)
                if first.event_id == event.event_id:
                    return Started(started)  # by a call whose answer did not come
                if event.is_in_window_of(received_at(first.event_id)):
                    return first
                generation = next_generation_id(event.workflow_id, _first_run_id(found))
            else:
                return Started(started)
        raise EngineUnavailableError(f"{event.workflow_id} has too many generations")

    async def enqueue(self, event: OutboundEvent, endpoint_id: str) -> None:
        """Tell the lane's workflow which event it is, and start it if it has ended."""
        async with deadline(self._timeout):
            await self._client.start_workflow(
                names.LANE_WORKFLOW,
                {"endpoint_id": endpoint_id, "version": names.LANE_VERSION},
                id=lane_workflow_id(endpoint_id),
                task_queue=names.outbound_queue(self._task_queue),
                start_signal=names.LANE_ENQUEUE,
                start_signal_args=[event.event_id, event.replay],
                static_summary=label(event.webhook, "in turn to", endpoint_id),
                rpc_timeout=self._timeout,
            )

    async def tell_lane(self, endpoint_id: str, command: QueueCommand, event_id: str) -> None:
        """Signal the lane's workflow."""
        handle = self._client.get_workflow_handle(lane_workflow_id(endpoint_id))
        signal = {"skip": names.LANE_SKIP, "retry": names.LANE_RETRY}[command]
        async with deadline(self._timeout):
            try:
                await handle.signal(signal, event_id, rpc_timeout=self._timeout)
            except RPCError as error:
                if error.status != RPCStatusCode.NOT_FOUND:
                    raise
                raise NotFoundError(f"endpoint {endpoint_id} has no queue now") from None

    async def start_replay(self, event: InboundEvent | OutboundEvent) -> None:
        """Start a replay's workflow; one that runs already is the same one."""
        try:
            await self._start(event, replay_workflow_id(event.workflow_id, event.replay), None)
        except WorkflowAlreadyStartedError:
            return

    async def run_bulk_replay(self, bulk_id: str) -> None:
        """Signal the bulk replay's workflow, and start it if it does not run."""
        async with deadline(self._timeout):
            await self._client.start_workflow(
                names.BULK_REPLAY_WORKFLOW,
                bulk_id,
                id=bulk_workflow_id(bulk_id),
                task_queue=self._task_queue,
                start_signal=names.BULK_CHANGED,
                static_summary=label("bulk replay", bulk_id),
                rpc_timeout=self._timeout,
            )

    async def erase_user(self, user_id: str, *, before: datetime) -> None:
        """Signal the workflow that erases this user's bodies, and start it if it does not run."""
        async with deadline(self._timeout):
            await self._client.start_workflow(
                names.ERASING_WORKFLOW,
                user_id,
                id=erasing_workflow_id(user_id),
                task_queue=self._task_queue,
                start_signal=names.ERASE,
                start_signal_args=[before],
                static_summary="erase what was sent for a user",
                rpc_timeout=self._timeout,
            )

    async def schedule_retention(self) -> None:
        """Make the schedule, or bring it to what it shall be; what an operator paused stays so."""
        async with deadline(self._timeout):
            await keep_retention_schedule(self._client, self._task_queue)

    async def result(self, workflow_id: str, timeout: timedelta) -> Handled | None:  # noqa: ASYNC109  # bounds a long poll, as the port says
        """Wait for a workflow's answer."""
        handle = self._client.get_workflow_handle(workflow_id, result_type=Handled)
        try:
            async with asyncio.timeout(timeout.total_seconds()):
                return cast("Handled", await handle.result())
        except WorkflowFailureError:
            return Handled("dead_letter")
        except (TimeoutError, RPCError, SecretUnavailableError):
            return None  # the event is safe; only its answer is late, or cannot be read

    async def find(self, event_id: str) -> Execution | None:
        """Read an event's input back from its workflow's history."""
        if names.ATTRIBUTE_EVENT_ID not in await self._known_attributes():
            return None
        query = f"{names.ATTRIBUTE_EVENT_ID} = '{event_id}'"
        async with deadline(self._timeout):
            found = [each async for each in self._client.list_workflows(query, limit=20)]
        originals = [each for each in found if "/replay/" not in each.id]
        if not originals:
            return None
        return await self._execution(originals[0])

    async def is_running(self, workflow_id: str) -> bool:
        """Whether the workflow's latest run is open."""
        found = await self._describe(workflow_id)
        return found is not None and found.status == WorkflowExecutionStatus.RUNNING

    async def retention(self) -> timedelta:
        """The retention of our Temporal namespace."""
        if self._retention is None:
            request = DescribeNamespaceRequest(namespace=self._client.namespace)
            async with deadline(self._timeout):
                answer = await self._client.workflow_service.describe_namespace(request)
            self._retention = answer.config.workflow_execution_retention_ttl.ToTimedelta()
        return self._retention

    async def backlog(self) -> Sequence[Backlog]:
        """What the task queues of both directions tell."""
        async with deadline(self._timeout):
            handling, sending = await asyncio.gather(
                backlog_of(self._client, self._task_queue),
                backlog_of(self._client, names.outbound_queue(self._task_queue)),
            )
        return Backlog("handling", *handling), Backlog("sending", *sending)

    async def decode(self, payloads: bytes) -> bytes:
        """What is in payloads, by the client's codec."""
        codec = cast("HistoryCodec", self._client.data_converter.payload_codec)
        return await codec.decode_json(payloads)

    async def check(self) -> None:
        """Ask for our namespace, without which nothing can be started."""
        async with deadline(self._timeout):
            await self._client.workflow_service.describe_namespace(
                DescribeNamespaceRequest(namespace=self._client.namespace), timeout=self._timeout
            )

    async def _start(
        self, event: InboundEvent | OutboundEvent, workflow_id: str, body: bytes | None
    ) -> None:
        attributes = attributes_of(event, await self._known_attributes())
        if isinstance(event, OutboundEvent):
            name, queue = names.OUTBOUND_WORKFLOW, names.outbound_queue(self._task_queue)
            priority = Priority(fairness_key=_fairness_key(event))
        else:
            name, queue, priority = names.INBOUND_WORKFLOW, self._task_queue, Priority()
        async with deadline(self._timeout):
            await self._client.start_workflow(
                name,
                args=[event, body],
                id=workflow_id,
                task_queue=queue,
                priority=priority,
                id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
                memo={
                    names.MEMO_EVENT_ID: event.event_id,
                    names.MEMO_BODY_SHA256: event.content_digest,
                },
                search_attributes=attributes,
                static_summary=label(
                    event.webhook, event.event_type, key_of(event) or event.event_id
                ),
                rpc_timeout=self._timeout,
            )

    async def _describe(self, workflow_id: str) -> WorkflowExecutionDescription | None:
        handle = self._client.get_workflow_handle(workflow_id)
        async with deadline(self._timeout):
            try:
                return await handle.describe(rpc_timeout=self._timeout)
            except RPCError as error:
                if error.status == RPCStatusCode.NOT_FOUND:
                    return None
                raise

    async def _execution(self, found: WorkflowExecution) -> Execution | None:
        handle = self._client.get_workflow_handle(found.id, run_id=found.run_id)
        async with deadline(self._timeout):
            async for each in handle.fetch_history_events(page_size=1):
                payloads = each.workflow_execution_started_event_attributes.input.payloads
                is_sent = found.workflow_type == names.OUTBOUND_WORKFLOW
                kind = OutboundEvent if is_sent else InboundEvent
                values = await self._client.data_converter.decode(payloads, [kind, bytes])
                body = cast("bytes | None", values[1])
                return Execution(values[0], body, found.run_id, _status(found))
        return None

    async def _known_attributes(self) -> frozenset[str]:
        if self._attributes is None:
            async with deadline(self._timeout):
                self._attributes = await register_attributes(self._client)
        return self._attributes


def _fairness_key(event: OutboundEvent) -> str:
    """Whose backlog the event belongs to: that of an endpoint, a customer or the publisher."""
    if len(event.endpoints) == 1:
        return event.endpoints[0]
    return (event.user_id or event.webhook)[:_LONGEST_FAIRNESS_KEY]


def _first_run_id(found: WorkflowExecutionDescription) -> str:
    """The run an operator's reset cannot change."""
    return found.raw_info.first_run_id or found.run_id


async def _duplicate(first: WorkflowExecutionDescription, workflow_id: str) -> Duplicate:
    memo = await first.memo()
    sha256 = memo.get(names.MEMO_BODY_SHA256)
    return Duplicate(str(memo[names.MEMO_EVENT_ID]), workflow_id, sha256 and str(sha256))


def _status(found: WorkflowExecution) -> EventStatus:
    if found.status == WorkflowExecutionStatus.RUNNING:
        return "accepted"
    return "succeeded" if found.status == WorkflowExecutionStatus.COMPLETED else "dead_letter"
