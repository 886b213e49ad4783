"""Attempts of one handling: begun, ended, repeated, interrupted, exhausted."""

import asyncio
from dataclasses import replace

import pytest

from layeron.adapters.database import open_record_store
from layeron.errors import NotFoundError
from layeron.identity import attempt_id
from layeron.ports.records import AlreadySettled, Begun, RecordStore
from layeron.records import AttemptRecord, EventFilter, EventRecord
from tests.contract.records.examples import (
    NOON,
    after,
    an_event,
    begin,
    failed,
    handle,
    succeeded,
)


def outcomes(record: EventRecord) -> list[tuple[int, str]]:
    return [(attempt.number, attempt.outcome) for attempt in record.attempts]


async def test_a_begun_attempt_puts_the_whole_event_on_record(store: RecordStore) -> None:
    event = an_event(key="evt_1")
    assert await begin(store, event, at=after(2)) == Begun()
    assert await store.get_event(event.event_id) == EventRecord(
        id=event.event_id,
        direction="inbound",
        namespace="default",
        webhook="stripe",
        provider="stripe",
        event_type="invoice.paid",
        external_event_id="evt_1",
        status="processing",
        signature_status="verified",
        received_at=NOON,
        updated_at=after(2),
        method="POST",
        url=event.url,
        headers=event.headers,
        body=event.body,
        dedupe_key="evt_1",
        workflow_id=event.workflow_id,
        run_id="run-1",
        signature_secret=event.signature_secret,
        attempt_count=1,
        attempts=[
            AttemptRecord(
                id=attempt_id(event.event_id, 0, 1),
                event_id=event.event_id,
                replay=0,
                number=1,
                outcome="running",
                started_at=after(2),
            )
        ],
    )


async def test_a_finished_attempt_says_how_it_went(store: RecordStore) -> None:
    logs = [{"at": "12:00", "message": "paid", "fields": {"amount": "1"}}]
    event = await handle(store, an_event(), succeeded(logs=logs, note="took a while"))
    record = await store.get_event(event.event_id)
    (attempt,) = record.attempts
    assert (record.status, record.updated_at, record.last_error) == ("succeeded", after(1), None)
    assert (attempt.outcome, attempt.logs, attempt.note) == ("succeeded", logs, "took a while")
    assert attempt.duration_seconds == 1


async def test_a_failed_attempt_leaves_its_error_on_the_event(store: RecordStore) -> None:
    event = await handle(store, an_event(), failed())
    record = await store.get_event(event.event_id)
    assert (record.status, record.last_error) == ("retrying", "ValueError: no such invoice")
    assert record.attempts[0].error == "ValueError: no such invoice"
    assert record.attempts[0].error_trace == failed().error_trace


async def test_success_after_failure_clears_the_error_of_the_event(store: RecordStore) -> None:
    event = await handle(store, an_event(), failed(1))
    await handle(store, event, succeeded(2))
    record = await store.get_event(event.event_id)
    assert (record.status, record.last_error, record.attempt_count) == ("succeeded", None, 2)
    assert outcomes(record) == [(1, "failed"), (2, "succeeded")]
    assert record.attempts[0].error is not None


async def test_beginning_the_same_attempt_again_changes_nothing(store: RecordStore) -> None:
    event = an_event(key="k")
    await begin(store, event)
    before = await store.get_event(event.event_id)
    assert await begin(store, event) == Begun()
    assert await store.get_event(event.event_id) == before


async def test_finishing_the_same_attempt_again_changes_nothing(store: RecordStore) -> None:
    event = await handle(store, an_event(key="k"), failed())
    before = await store.get_event(event.event_id)
    await store.finish_attempt(event, failed())
    assert await store.get_event(event.event_id) == before


async def test_a_handled_event_is_not_handled_again(store: RecordStore) -> None:
    answer = {"ok": True, "n": [1, None, "é\0\ud800"]}
    event = await handle(store, an_event(), succeeded(response=answer))
    assert await begin(store, event) == AlreadySettled("succeeded", answer)
    assert await begin(store, event, 2) == AlreadySettled("succeeded", answer)
    assert outcomes(await store.get_event(event.event_id)) == [(1, "succeeded")]


async def test_an_unhandled_event_is_settled_too(store: RecordStore) -> None:
    event = await handle(store, an_event(), succeeded(status="unhandled"))
    assert await begin(store, event) == AlreadySettled("unhandled")


async def test_an_answer_too_large_to_keep_is_dropped(store: RecordStore) -> None:
    event = await handle(store, an_event(), succeeded(response="x" * 1_000_000))
    assert await begin(store, event) == AlreadySettled("succeeded", None)


async def test_an_attempt_that_was_still_running_was_interrupted(store: RecordStore) -> None:
    event = an_event()
    await begin(store, event, 1)
    assert await begin(store, event, 2, at=after(60)) == Begun()
    record = await store.get_event(event.event_id)
    assert outcomes(record) == [(1, "interrupted"), (2, "running")]
    assert (record.status, record.attempt_count) == ("processing", 2)
    assert record.attempts[0].ended_at == after(60)
    assert record.attempts[0].note is not None


async def test_attempts_that_were_never_written_were_interrupted(store: RecordStore) -> None:
    event = an_event()
    assert await begin(store, event, 3) == Begun()
    record = await store.get_event(event.event_id)
    assert outcomes(record) == [(1, "interrupted"), (2, "interrupted"), (3, "running")]
    assert record.attempt_count == 3


async def test_a_failed_attempt_is_not_taken_for_an_interrupted_one(store: RecordStore) -> None:
    event = await handle(store, an_event(), failed(1))
    await begin(store, event, 2)
    assert outcomes(await store.get_event(event.event_id)) == [(1, "failed"), (2, "running")]


async def test_an_attempt_whose_beginning_was_not_written_can_be_finished(
    store: RecordStore,
) -> None:
    event = an_event(key="k")
    await store.finish_attempt(event, succeeded())
    record = await store.get_event(event.event_id)
    assert (record.status, outcomes(record)) == ("succeeded", [(1, "succeeded")])
    assert record.attempt_count == 1


async def test_a_report_that_comes_late_does_not_take_the_status_back(store: RecordStore) -> None:
    event = an_event()
    await begin(store, event, 1)
    await begin(store, event, 2)
    await store.finish_attempt(event, failed(1))
    record = await store.get_event(event.event_id)
    assert (record.status, outcomes(record)) == ("processing", [(1, "failed"), (2, "running")])


async def test_a_late_success_is_a_success(store: RecordStore) -> None:
    event = an_event()
    await begin(store, event, 1)
    await begin(store, event, 2)
    await store.finish_attempt(event, succeeded(1))
    await store.finish_attempt(event, failed(2))
    record = await store.get_event(event.event_id)
    assert (record.status, outcomes(record)) == ("succeeded", [(1, "succeeded"), (2, "failed")])


async def test_a_success_on_record_is_not_unsaid(store: RecordStore) -> None:
    event = await handle(store, an_event(), succeeded(1))
    await store.finish_attempt(event, failed(1, outcome="timed_out"))
    assert outcomes(await store.get_event(event.event_id)) == [(1, "succeeded")]


async def test_an_event_out_of_attempts_gets_its_last_status(store: RecordStore) -> None:
    event = await handle(store, an_event(), failed(1))
    await begin(store, event, 2)
    await store.mark_exhausted(event, status="dead_letter", error="timed out", at=after(99))
    record = await store.get_event(event.event_id)
    assert (record.status, record.last_error) == ("dead_letter", "timed out")
    assert record.updated_at == after(99)
    assert outcomes(record) == [(1, "failed"), (2, "interrupted")]


async def test_an_event_without_a_record_can_be_exhausted(store: RecordStore) -> None:
    event = an_event()
    await store.mark_exhausted(event, status="failed", error="database was away", at=NOON)
    record = await store.get_event(event.event_id)
    assert (record.status, record.last_error) == ("failed", "database was away")
    assert record.attempts == []


async def test_an_event_that_succeeded_is_not_exhausted(store: RecordStore) -> None:
    event = await handle(store, an_event())
    before = await store.get_event(event.event_id)
    await store.mark_exhausted(event, status="dead_letter", error="?", at=after(9))
    assert await store.get_event(event.event_id) == before


async def test_one_attempt_begun_by_many_at_once_is_one_attempt(store: RecordStore) -> None:
    event = an_event(key="k")
    results = await asyncio.gather(*(begin(store, event) for _ in range(20)))
    assert results == [Begun()] * 20
    record = await store.get_event(event.event_id)
    assert (outcomes(record), record.attempt_count) == ([(1, "running")], 1)


async def test_attempts_of_many_events_begin_and_end_at_once(store: RecordStore) -> None:
    events = [an_event(at=after(n), key=f"k{n}") for n in range(50)]
    await asyncio.gather(*(handle(store, event) for event in events))
    records = await asyncio.gather(*(store.get_event(event.event_id) for event in events))
    assert {record.status for record in records} == {"succeeded"}


async def test_processes_that_write_at_once_wait_for_each_other(
    store: RecordStore, url: str
) -> None:
    others = [open_record_store(url) for _ in range(2)]
    events = [an_event(at=after(n), key=f"k{n}") for n in range(30)]
    stores = [store, *others] * 10
    await asyncio.gather(*map(handle, stores, events))
    page = await store.list_events(EventFilter(status="succeeded"), limit=100)
    assert len(page.events) == 30
    for other in others:
        await other.close()


async def test_begin_and_exhaust_at_once_leave_one_truth(store: RecordStore) -> None:
    event = an_event()
    await begin(store, event, 1)
    await asyncio.gather(
        *(begin(store, event, 2) for _ in range(5)),
        *(store.mark_exhausted(event, status="dead_letter", error="e", at=NOON) for _ in range(5)),
    )
    record = await store.get_event(event.event_id)
    assert outcomes(record)[0] == (1, "interrupted")
    assert record.attempt_count == len(record.attempts) == 2


@pytest.mark.parametrize("event_id", ["whevt_01ARZ3NDEKTSV4RRFFQ69G5FAV", "", "a\0b", "\ud800"])
async def test_an_event_nobody_knows_is_not_found(store: RecordStore, event_id: str) -> None:
    with pytest.raises(NotFoundError, match="no event"):
        await store.get_event(event_id)


async def test_the_record_of_an_event_is_written_once(store: RecordStore) -> None:
    event = await handle(store, an_event(key="k"))
    await begin(store, replace(event, dedupe_key=None, url="/elsewhere", replay=1))
    record = await store.get_event(event.event_id)
    assert (record.dedupe_key, record.url) == ("k", event.url)
