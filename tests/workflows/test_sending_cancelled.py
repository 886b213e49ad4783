"""Events that somebody ends in the engine: what is on record then, and how they are sent again."""

import asyncio
from pathlib import Path

import pytest
from temporalio.api.enums.v1 import PendingActivityState
from temporalio.client import WorkflowExecutionStatus, WorkflowFailureError
from temporalio.exceptions import ApplicationError

from layeron.identity import declared_endpoint_id, lane_workflow_id, outbound_workflow_id
from layeron.records import EventRecord
from layeron.request import Request
from tests.sending.declared import publisher
from tests.support.customer import Customer, always, behind, in_turn, running_customer
from tests.support.service import Service, eventually, running_service
from tests.support.temporal import TemporalServer
from workflows import lane, outbound

LONG = {"schedule": [600.0]}
CANCELLED = ("dead_letter", "cancelled in the engine")


def deliveries(record: EventRecord) -> dict[str, tuple[str, str | None]]:
    return {each.endpoint: (each.status, each.last_error) for each in record.deliveries}


async def arrived(customer: Customer, number: int) -> None:
    async def look() -> bool | None:
        return len(customer.requests) >= number or None

    await eventually(look)


async def end(service: Service, workflow_id: str) -> WorkflowExecutionStatus | None:
    """How a workflow ended."""
    handle = service.temporal.get_workflow_handle(workflow_id)
    with pytest.raises(WorkflowFailureError):
        await handle.result()
    return (await handle.describe()).status


async def is_running(service: Service, workflow_id: str) -> bool:
    description = await service.temporal.get_workflow_handle(workflow_id).describe()
    return description.status == WorkflowExecutionStatus.RUNNING


async def test_a_cancelled_event_is_a_dead_letter_where_it_was_still_to_be_delivered(
    tmp_path: Path, temporal: TemporalServer
) -> None:
    async with running_customer(in_turn(500, 200)) as shaky, running_customer() as well:
        app, out = publisher(shaky.url, well.url, retry=LONG)
        async with running_service(app, tmp_path, temporal) as service:
            sent = await out.send("invoice.paid", {})
            record = await service.settled(sent.event_id, {"retrying"})
            await service.temporal.get_workflow_handle(record.workflow_id).cancel()
            assert await end(service, record.workflow_id) == WorkflowExecutionStatus.CANCELED
            record = await service.settled(sent.event_id)
            assert record.status == "dead_letter"
            assert deliveries(record) == {"a": CANCELLED, "b": ("succeeded", None)}
            await out.events.replay(sent.event_id)
            record = await service.settled(sent.event_id, replays=1)
    assert record.status == "succeeded"
    assert (len(shaky.requests), len(well.requests)) == (2, 1)


async def test_an_event_that_is_cancelled_in_mid_request_is_settled_though_that_fails(
    tmp_path: Path, temporal: TemporalServer
) -> None:
    gate = asyncio.Event()

    async def slow_to_fail(_: Request) -> int:
        if len(customer.requests) == 2:
            await gate.wait()
        return 500

    async with running_customer(slow_to_fail) as customer:
        app, out = publisher(customer.url, retry={"schedule": [0.05, 600.0]})
        async with running_service(app, tmp_path, temporal) as service:
            sent = await out.send("invoice.paid", {})
            await arrived(customer, 2)
            workflow_id = outbound_workflow_id(out.namespace, out.name, sent.event_id)
            await service.temporal.get_workflow_handle(workflow_id).cancel()
            await asyncio.sleep(0.5)
            assert await is_running(service, workflow_id)
            gate.set()
            assert await end(service, workflow_id) == WorkflowExecutionStatus.CANCELED
            record = await service.settled(sent.event_id)
    assert deliveries(record) == {"a": CANCELLED}
    assert [each.outcome for each in record.attempts] == ["failed", "failed"]


async def test_an_event_that_is_cancelled_during_its_first_attempts_keeps_what_they_came_to(
    tmp_path: Path, temporal: TemporalServer
) -> None:
    gate = asyncio.Event()
    async with (
        running_customer(always(500)) as bad,
        running_customer(behind(gate, 200)) as customer,
    ):
        app, out = publisher(bad.url, customer.url, retry=LONG)
        async with running_service(app, tmp_path, temporal) as service:
            sent = await out.send("invoice.paid", {})
            await arrived(bad, 1)
            await arrived(customer, 1)
            workflow_id = outbound_workflow_id(out.namespace, out.name, sent.event_id)
            await service.temporal.get_workflow_handle(workflow_id).cancel()
            await asyncio.sleep(0.5)
            assert await is_running(service, workflow_id)
            gate.set()
            assert await end(service, workflow_id) == WorkflowExecutionStatus.CANCELED
            record = await service.settled(sent.event_id)
    assert deliveries(record) == {"a": CANCELLED, "b": ("succeeded", None)}
    assert sorted(each.outcome for each in record.attempts) == ["failed", "succeeded"]


async def test_an_event_that_is_cancelled_before_a_worker_saw_it_can_be_sent_again(
    tmp_path: Path, temporal: TemporalServer
) -> None:
    async with running_customer() as customer:
        app, out = publisher(customer.url)
        async with running_service(app, tmp_path, temporal, worker=False) as service:
            sent = await out.send("invoice.paid", {"n": 1})
            workflow_id = outbound_workflow_id(out.namespace, out.name, sent.event_id)
            await service.temporal.get_workflow_handle(workflow_id).cancel()
            await service.work()
            record = await service.settled(sent.event_id)
            assert deliveries(record) == {"a": CANCELLED}
            assert (record.attempts, customer.requests) == ([], [])
            await out.events.replay(sent.event_id)
            record = await service.settled(sent.event_id, replays=1)
    assert record.status == "succeeded"
    assert b'"n":1' in customer.bodies[0]


async def test_a_terminated_event_stays_as_it_was_on_record_and_can_be_sent_again(
    tmp_path: Path, temporal: TemporalServer
) -> None:
    gate = asyncio.Event()

    async def slow_at_first(_: Request) -> int:
        if len(slow.requests) == 1:
            await gate.wait()
        return 200

    async with (
        running_customer(in_turn(500, 200)) as shaky,
        running_customer(slow_at_first) as slow,
    ):
        app, out = publisher(shaky.url, slow.url, retry=LONG)
        async with running_service(app, tmp_path, temporal) as service:
            sent = await out.send("invoice.paid", {})
            record = await service.settled(sent.event_id, {"retrying"})
            await arrived(slow, 1)
            await service.temporal.get_workflow_handle(record.workflow_id).terminate()
            assert await end(service, record.workflow_id) == WorkflowExecutionStatus.TERMINATED
            record = await service.tools.records.get_event(sent.event_id)
            assert record.status == "retrying"
            assert [status for status, _ in deliveries(record).values()] == ["retrying", "queued"]
            assert sorted(each.outcome for each in record.attempts) == ["failed", "running"]
            await out.events.replay(sent.event_id)
            record = await service.settled(sent.event_id, replays=1)
            assert record.status == "succeeded"
            before = [each.outcome for each in record.attempts if each.replay == 0]
            assert sorted(before) == ["failed", "interrupted"]
            gate.set()
    assert (len(shaky.requests), len(slow.requests)) == (2, 2)


async def test_a_delivery_that_is_failed_by_hand_ends_alone(
    tmp_path: Path, temporal: TemporalServer
) -> None:
    gate = asyncio.Event()

    async def slow_in_the_end(_: Request) -> int:
        if len(slow.requests) == 2:
            await gate.wait()
        return 500

    async with (
        running_customer(slow_in_the_end) as slow,
        running_customer(in_turn(500, 200)) as shaky,
    ):
        app, out = publisher(slow.url, shaky.url, retry={"schedule": [1.0, 600.0]})
        async with running_service(app, tmp_path, temporal) as service:
            sent = await out.send("invoice.paid", {})
            await arrived(slow, 2)
            workflow_id = outbound_workflow_id(out.namespace, out.name, sent.event_id)
            handle = service.temporal.get_workflow_handle(workflow_id)

            async def the_one_under_way() -> str:
                (activity_id,) = [
                    each.activity_id
                    for each in (await handle.describe()).raw_description.pending_activities
                    if each.state == PendingActivityState.PENDING_ACTIVITY_STATE_STARTED
                ]
                return activity_id

            by_hand = service.temporal.get_async_activity_handle(
                workflow_id=workflow_id,
                run_id=None,
                activity_id=await eventually(the_one_under_way),
            )
            await by_hand.fail(ApplicationError("enough", non_retryable=True))
            assert await end(service, workflow_id) == WorkflowExecutionStatus.FAILED
            record = await service.settled(sent.event_id)
            gate.set()
    assert deliveries(record) == {
        "a": ("dead_letter", "failed in the engine"),
        "b": ("succeeded", None),
    }


async def test_of_an_event_in_parts_one_can_be_cancelled_and_then_the_rest(
    tmp_path: Path, temporal: TemporalServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbound, "_PART", 2)
    async with running_customer(always(500)) as customer:
        app, out = publisher(*[customer.url] * 5, retry=LONG)
        async with running_service(app, tmp_path, temporal) as service:
            sent = await out.send("invoice.paid", {})
            await arrived(customer, 5)
            workflow_id = outbound_workflow_id(out.namespace, out.name, sent.event_id)
            part = f"{workflow_id}/part/2"
            await service.temporal.get_workflow_handle(part).cancel()
            assert await end(service, part) == WorkflowExecutionStatus.CANCELED
            record = await service.tools.records.get_event(sent.event_id)
            given_up = [name for name, each in deliveries(record).items() if each == CANCELLED]
            assert len(given_up) == 2
            handle = service.temporal.get_workflow_handle(workflow_id)
            assert (await handle.describe()).status == WorkflowExecutionStatus.RUNNING
            await handle.cancel()
            assert await end(service, workflow_id) == WorkflowExecutionStatus.CANCELED
            record = await service.settled(sent.event_id)
    assert set(deliveries(record).values()) == {CANCELLED}
    assert len(customer.requests) == 5


async def test_what_waits_in_a_queue_that_is_cancelled_is_a_dead_letter_and_can_be_sent_again(
    tmp_path: Path, temporal: TemporalServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lane, "_PART", 2)
    async with running_customer(in_turn(500, 200)) as customer:
        app, out = publisher(customer.url, fifo=True, retry=LONG)
        async with running_service(app, tmp_path, temporal) as service:
            sent = [(await out.send("invoice.paid", {"n": n})).event_id for n in range(6)]
            await service.settled(sent[0], {"retrying"})
            workflow_id = lane_workflow_id(declared_endpoint_id(out.namespace, out.name, "a"))
            await service.temporal.get_workflow_handle(workflow_id).cancel()
            assert await end(service, workflow_id) == WorkflowExecutionStatus.CANCELED
            records = [await service.settled(each) for each in sent]
            assert [deliveries(each) for each in records] == [{"a": CANCELLED}] * 6
            assert [len(each.attempts) for each in records] == [1, 0, 0, 0, 0, 0]
            for each in sent[:3]:
                await out.events.replay(each)
                await service.settled(each, {"succeeded"}, replays=1)
            later = await out.send("invoice.paid", {})
            assert (await service.settled(later.event_id)).status == "succeeded"
    assert customer.ids() == [sent[0], *sent[:3], later.event_id]


async def test_a_queue_that_is_cancelled_in_mid_request_keeps_what_came_of_that(
    tmp_path: Path, temporal: TemporalServer
) -> None:
    gate = asyncio.Event()
    async with running_customer(behind(gate, 200)) as customer:
        app, out = publisher(customer.url, fifo=True)
        async with running_service(app, tmp_path, temporal) as service:
            first, second = [(await out.send("invoice.paid", {})).event_id for _ in range(2)]
            await arrived(customer, 1)
            workflow_id = lane_workflow_id(declared_endpoint_id(out.namespace, out.name, "a"))
            await service.temporal.get_workflow_handle(workflow_id).cancel()
            await asyncio.sleep(0.5)
            gate.set()
            assert await end(service, workflow_id) == WorkflowExecutionStatus.CANCELED
            records = [await service.settled(each) for each in (first, second)]
    assert [deliveries(each) for each in records] == [
        {"a": ("succeeded", None)},
        {"a": CANCELLED},
    ]
