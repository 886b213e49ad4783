"""Attempts that ended: on record whole, the event's status, the endpoint's health."""

import asyncio
from dataclasses import replace

import pytest

from layeron.adapters.database import Database
from layeron.identity import delivery_attempt_id
from layeron.outbound.records import DeliveryReport, EndpointState
from layeron.ports.deliveries import Ended, Finished
from layeron.records import AttemptRecord, DeliveryStatus, EventStatus
from tests.contract.deliveries.examples import (
    DAY,
    A,
    B,
    C,
    an_event,
    attempts_of,
    begin,
    begin_one,
    deliveries_of,
    due,
    fail_for,
    failed,
    failed_at,
    later,
    took,
)
from tests.contract.endpoints.examples import NOON, after, an_endpoint

NO_MORE = failed(B, status="dead_letter", next_attempt_at=None)


async def test_an_attempt_comes_back_as_it_was_reported(database: Database) -> None:
    event = an_event(A)
    await begin_one(database, event, A)
    assert await database.deliveries.finish(event, [took(A)]) == [Finished(A.id, "succeeded")]
    record = await database.records.get_event(event.event_id)
    assert record.attempts == [
        AttemptRecord(
            id=delivery_attempt_id(event.event_id, A.id, 0, 1),
            event_id=event.event_id,
            replay=0,
            number=1,
            outcome="succeeded",
            started_at=after(1),
            ended_at=after(2),
            endpoint="a",
            endpoint_id=A.id,
            http_status=204,
            response_headers=[("Date", "Fri"), ("X-Twice", "1"), ("X-Twice", "2")],
            response_excerpt="fine \0",
            address="203.0.113.7",
            connect_seconds=0.25,
        )
    ]
    assert (record.status, record.updated_at) == ("succeeded", after(2))


async def test_a_failure_says_what_went_wrong_and_when_the_next_is_due(
    database: Database,
) -> None:
    event = an_event(A)
    await begin_one(database, event, A)
    report = failed(A, failure="timeout", error="no answer within 20 s", http_status=None)
    await database.deliveries.finish(event, [report])
    record = await database.records.get_event(event.event_id)
    (attempt,), (delivery,) = record.attempts, record.deliveries
    assert (attempt.outcome, attempt.failure) == ("timed_out", "timeout")
    assert (attempt.error, record.last_error) == ("no answer within 20 s",) * 2
    assert (delivery.status, delivery.next_attempt_at) == ("retrying", after(10))
    assert (delivery.last_error, delivery.updated_at) == ("no answer within 20 s", after(2))
    due(await begin_one(database, event, A, at=after(10)))
    await database.deliveries.finish(event, [took(A, 2)])
    record = await database.records.get_event(event.event_id)
    assert (record.last_error, record.deliveries[0].last_error) == (None, None)


@pytest.mark.parametrize(
    ("second", "status"),
    [
        (took(B), "succeeded"),
        (failed(B), "retrying"),
        (NO_MORE, "dead_letter"),
        (replace(NO_MORE, gone=True), "held"),
    ],
)
async def test_the_status_of_an_event_follows_from_its_deliveries(
    database: Database, second: DeliveryReport, status: EventStatus
) -> None:
    event = an_event(A, B)
    await begin(database, event, [A, B])
    await database.deliveries.finish(event, [took(A)])
    assert (await database.records.get_event(event.event_id)).status == "retrying"
    await database.deliveries.finish(event, [second])
    assert (await database.records.get_event(event.event_id)).status == status


async def test_a_dead_letter_outweighs_what_is_held(database: Database) -> None:
    event = an_event(A, B, C)
    await begin(database, event, [A, B, C])
    await database.deliveries.finish(event, [failed(A, gone=True), NO_MORE, took(C)])
    record = await database.records.get_event(event.event_id)
    assert record.status == "dead_letter"
    assert deliveries_of(record) == {"a": "held", "b": "dead_letter", "c": "succeeded"}


async def test_reported_again_it_is_the_same(database: Database) -> None:
    event = an_event(A, B)
    await begin(database, event, [A, B])
    reports = [failed(A), replace(NO_MORE, gone=True)]
    first = await database.deliveries.finish(event, reports)
    assert first == [Finished(A.id, "retrying"), Finished(B.id, "held", disabled="gone")]
    before = await database.records.get_event(event.event_id)
    states = await database.endpoints.states([A.id, B.id])
    assert await database.deliveries.finish(event, reports) == first
    assert await database.records.get_event(event.event_id) == before
    assert await database.endpoints.states([A.id, B.id]) == states
    assert states[A.id].failures == 1


async def test_reported_by_many_at_once_it_counts_once(database: Database) -> None:
    event = an_event(A)
    await begin_one(database, event, A)
    await asyncio.gather(*(database.deliveries.finish(event, [failed(A)]) for _ in range(8)))
    assert (await database.endpoints.states([A.id]))[A.id].failures == 1


async def test_an_attempt_that_could_not_begin_on_record_is_written_when_it_ends(
    database: Database,
) -> None:
    event = an_event(A)
    assert await database.deliveries.finish(event, [failed(A)]) == [Finished(A.id, "retrying")]
    assert due(await begin_one(database, event, A, at=after(10))).number == 2
    record = await database.records.get_event(event.event_id)
    assert set(attempts_of(record)) == {("a", 0, 1, "failed"), ("a", 0, 2, "running")}
    assert record.attempt_count == record.deliveries[0].attempt_count == 2


async def test_an_attempt_taken_for_dead_tells_its_end(database: Database) -> None:
    event = an_event(A)
    await begin_one(database, event, A)
    await begin_one(database, event, A)
    await database.deliveries.finish(event, [failed(A, 1)])
    record = await database.records.get_event(event.event_id)
    assert set(attempts_of(record)) == {("a", 0, 1, "failed"), ("a", 0, 2, "running")}
    assert record.deliveries[0].status == "queued"  # the second attempt is under way
    await database.deliveries.finish(event, [took(A, 1, ended_at=after(3))])
    await database.deliveries.finish(event, [took(A, 2)])
    assert (await database.records.get_event(event.event_id)).status == "succeeded"


async def test_a_success_is_not_undone_by_a_failure_beside_it(database: Database) -> None:
    event = an_event(A)
    await begin_one(database, event, A)
    await begin_one(database, event, A)
    await database.deliveries.finish(event, [took(A, 1)])
    (finished,) = await database.deliveries.finish(event, [failed(A, 2)])
    assert finished.status == "succeeded"
    assert (await database.records.get_event(event.event_id)).status == "succeeded"


async def test_of_what_was_not_sent_nothing_stays_but_when_it_is_due(database: Database) -> None:
    event = an_event(A, B)
    await begin(database, event, [A, B])
    unsent = failed(A, failure=None, error="the secret store does not answer", unsent=True)
    (finished,) = await database.deliveries.finish(event, [unsent])
    assert finished == Finished(A.id, "retrying")
    assert await database.deliveries.finish(event, [unsent]) == [finished]
    record = await database.records.get_event(event.event_id)
    assert attempts_of(record) == [("b", 0, 1, "running")]
    assert record.attempt_count == 1
    assert [each.attempt_count for each in record.deliveries] == [0, 1]
    assert record.deliveries[0].next_attempt_at == after(10)
    assert await database.endpoints.states([A.id]) == {}
    assert later(await begin_one(database, event, A, at=after(9))).at == after(10)
    assert due(await begin_one(database, event, A, at=after(10))).number == 1


async def test_an_endpoint_that_is_gone_is_disabled(database: Database) -> None:
    event = an_event(A)
    await begin_one(database, event, A)
    (finished,) = await database.deliveries.finish(event, [failed(A, gone=True)])
    assert finished == Finished(A.id, "held", disabled="gone")
    state = (await database.endpoints.states([A.id]))[A.id]
    assert (state.status, state.disabled_reason, state.disabled_at) == (
        "disabled",
        "gone",
        after(2),
    )
    # As often as it is asked for: whoever was to tell the operator may have died.
    again = Ended(A.id, "held", disabled="gone")
    assert await begin_one(database, event, A, at=after(20)) == again


async def test_an_endpoint_that_failed_for_days_is_disabled(database: Database) -> None:
    endpoint = an_endpoint()
    await database.endpoints.add(endpoint, most=5)
    event = an_event(endpoint)
    for number, days in enumerate((0, 2, 4.99, 5), 1):
        at = after(days * DAY)
        due(await begin_one(database, event, endpoint, at=at))
        (finished,) = await database.deliveries.finish(event, [failed_at(endpoint, at, number)])
        expected = (None, "retrying") if days < 5 else ("failing", "held")
        assert (finished.disabled, finished.status) == expected
    stored = await database.endpoints.get(endpoint.id)
    assert (stored.state.status, stored.state.disabled_reason) == ("disabled", "failing")
    (delivery,) = (await database.records.get_event(event.event_id)).deliveries
    assert delivery.last_error == (
        "answered 500 Internal Server Error; held: the endpoint is disabled after days in which it"
        " took nothing; enable it and replay the event"
    )
    # As often as it is asked for: whoever was to tell the operator may have died.
    again = Ended(endpoint.id, "held", disabled="failing")
    assert await begin_one(database, event, endpoint, at=after(6 * DAY)) == again
    other = an_event(endpoint)
    assert await begin_one(database, other, endpoint, at=after(6 * DAY)) == Ended(
        endpoint.id, "held"
    )
    assert stored.state.failing_since == NOON


async def test_a_success_between_makes_the_days_count_anew(database: Database) -> None:
    event, other = an_event(A), an_event(A, at=after(1))
    for number, days in enumerate((0, 4), 1):
        at = after(days * DAY)
        due(await begin_one(database, event, A, at=at))
        await database.deliveries.finish(event, [failed_at(A, at, number)])
    at = after(4.5 * DAY)
    await begin_one(database, other, A, at=at)
    (finished,) = await database.deliveries.finish(other, [took(A, started_at=at, ended_at=at)])
    assert finished == Finished(A.id, "succeeded", recovered=True)
    assert await database.endpoints.states([A.id]) == {}
    at = after(6 * DAY)
    due(await begin_one(database, event, A, at=at))
    (finished,) = await database.deliveries.finish(event, [failed_at(A, at, 3)])
    assert finished == Finished(A.id, "retrying")


async def test_what_fails_at_an_endpoint_disabled_meanwhile_is_held(database: Database) -> None:
    event = an_event(A, B)
    await begin(database, event, [A, B])
    for each in (A, B):
        await database.endpoints.set_status(each, "disabled", reason="operator", at=after(1.5))
    finished = await database.deliveries.finish(event, [failed(A), took(B)])
    assert finished == [Finished(A.id, "held"), Finished(B.id, "succeeded")]
    assert (await database.endpoints.states([A.id]))[A.id].failures == 0


async def test_what_fails_at_an_endpoint_deleted_meanwhile_leaves_no_state(
    database: Database,
) -> None:
    endpoint = an_endpoint()
    await database.endpoints.add(endpoint, most=5)
    event = an_event(endpoint)
    await begin_one(database, event, endpoint)
    await database.endpoints.delete(endpoint.id)
    await database.deliveries.finish(event, [failed(endpoint)])
    assert await database.endpoints.states([endpoint.id]) == {}
    assert await begin_one(database, event, endpoint, at=after(10)) == Ended(endpoint.id, "held")


async def test_what_could_not_be_signed_is_not_held_against_the_endpoint(
    database: Database,
) -> None:
    event = an_event(A)
    await begin_one(database, event, A)
    await database.deliveries.finish(event, [failed(A, failure="unsigned")])
    assert await database.endpoints.states([A.id]) == {}
    assert (await database.records.get_event(event.event_id)).attempts[0].failure == "unsigned"


async def test_enabling_forgets_the_failures(database: Database) -> None:
    state = await fail_for(database, A, 4, failure="timeout")
    assert (state.failures, state.failing_since) == (4, after(1))
    assert state.throttled_until is not None
    enabled = await database.endpoints.set_status(A, "enabled", reason=None, at=after(9))
    assert enabled == EndpointState()


async def test_failures_at_once_are_all_written(database: Database) -> None:
    events = [an_event(A, B, at=after(n)) for n in range(12)]
    await asyncio.gather(*(begin(database, event, [A, B]) for event in events))

    async def fail(number: int) -> None:
        ways = [failed(A), failed(B)]
        await database.deliveries.finish(events[number], ways[:: 1 if number % 2 else -1])

    await asyncio.gather(*map(fail, range(12)))
    states = await database.endpoints.states([A.id, B.id])
    # They were all under way when it began to fail.
    assert {each.failures for each in states.values()} == {1}
    for event in events:
        record = await database.records.get_event(event.event_id)
        assert [outcome for *_, outcome in attempts_of(record)] == ["failed", "failed"]


async def test_a_delivery_is_skipped_or_given_up(database: Database) -> None:
    event = an_event(A, B)
    await begin(database, event, [A, B])
    await database.deliveries.finish(event, [NO_MORE])
    ends: list[tuple[str, DeliveryStatus]] = [
        (A.id, "dead_letter"),
        (B.id, "skipped"),
        (A.id, "skipped"),
    ]
    for endpoint_id, status in ends:
        await database.deliveries.settle(
            event, [endpoint_id], status, note=f"{status} by ops", at=after(5)
        )
    record = await database.records.get_event(event.event_id)
    assert deliveries_of(record) == {"a": "skipped", "b": "skipped"}
    assert {each.last_error for each in record.deliveries} == {"skipped by ops"}
    assert (record.status, record.attempts[0].outcome) == ("succeeded", "interrupted")


async def test_deliveries_are_settled_together(database: Database) -> None:
    event = an_event(A, B, C)
    await begin(database, event, [A, B, C])
    await database.deliveries.finish(event, [took(A)])
    every = [A.id, B.id, C.id]
    await database.deliveries.settle(event, every, "dead_letter", note="cancelled", at=after(5))
    await database.deliveries.settle(event, [], "dead_letter", note="?", at=after(6))
    record = await database.records.get_event(event.event_id)
    assert deliveries_of(record) == {"a": "succeeded", "b": "dead_letter", "c": "dead_letter"}
    assert (record.status, record.last_error) == ("dead_letter", "cancelled")
    assert [each.outcome for each in record.attempts if each.endpoint != "a"] == ["interrupted"] * 2


async def test_what_was_delivered_is_not_settled_otherwise(database: Database) -> None:
    event = an_event(A)
    await begin_one(database, event, A)
    await database.deliveries.finish(event, [took(A)])
    ends: tuple[DeliveryStatus, ...] = ("skipped", "dead_letter")
    for status in ends:
        await database.deliveries.settle(event, [A.id], status, note="?", at=after(5))
    record = await database.records.get_event(event.event_id)
    assert (record.status, record.deliveries[0].last_error) == ("succeeded", None)


async def test_an_event_is_settled_before_it_was_ever_begun(database: Database) -> None:
    event = an_event(A, B)
    await database.deliveries.settle(event, [A.id], "dead_letter", note="cancelled", at=after(5))
    record = await database.records.get_event(event.event_id)
    assert record.status == "retrying"
    assert sorted(each.status for each in record.deliveries) == ["dead_letter", "queued"]
