"""Attempts that begin: the event on record, what is due, what is not, and what never will be."""

import asyncio
from dataclasses import replace
from datetime import timedelta

from layeron.adapters.database import Database, open_database
from layeron.outbound.records import EndpointState
from layeron.ports.deliveries import Due, Ended
from layeron.records import DeliveryRecord, EventFilter
from tests.contract.deliveries.examples import (
    A,
    B,
    C,
    an_event,
    attempts_of,
    begin,
    begin_one,
    deliveries_of,
    due,
    ended,
    failed,
    later,
    took,
)
from tests.contract.endpoints.examples import NOON, after, an_endpoint


async def test_the_first_begin_puts_the_event_on_record(database: Database) -> None:
    event = an_event(A, B, key="order-1")
    results = await begin(database, event, [A, B])
    assert results == [Due(A, 1), Due(B, 1)]
    record = await database.records.get_event(event.event_id)
    assert (record.direction, record.provider, record.status) == (
        "outbound",
        "layeron",
        "processing",
    )
    assert (record.method, record.url, record.signature_status) == ("POST", "", "skipped")
    assert (record.external_event_id, record.dedupe_key) == ("order-1", "order-1")
    assert (record.received_at, record.user_id) == (event.sent_at, "7")
    assert (record.headers, record.body, record.run_id) == (event.headers, event.body, "run-1")
    assert (record.workflow_id, record.attempt_count) == (event.workflow_id, 2)
    assert record.deliveries == [
        DeliveryRecord(event.event_id, each.id, each.name, "queued", 1, 0, NOON) for each in (A, B)
    ]
    assert attempts_of(record) == [("a", 0, 1, "running"), ("b", 0, 1, "running")]


async def test_an_event_is_found_in_listings_as_outbound(database: Database) -> None:
    event = an_event(A, key="order-1")
    await begin(database, event, [A])
    for where in (
        EventFilter(direction="outbound"),
        EventFilter(webhook="orders", event_type="order.*"),
        EventFilter(external_event_id="order-1"),
    ):
        page = await database.records.list_events(where, limit=10)
        assert [each.id for each in page.events] == [event.event_id]
        assert (page.events[0].deliveries, page.events[0].attempts) == ([], [])
    page = await database.records.list_events(EventFilter(direction="inbound"), limit=10)
    assert page.events == []


async def test_an_event_for_nobody_is_unhandled(database: Database) -> None:
    event = an_event()
    assert await begin(database, event, []) == []
    record = await database.records.get_event(event.event_id)
    assert (record.status, record.deliveries) == ("unhandled", [])


async def test_endpoints_that_are_not_asked_for_yet_are_queued(database: Database) -> None:
    event = an_event(A, B)
    await begin(database, event, [])
    record = await database.records.get_event(event.event_id)
    assert (record.status, record.attempt_count) == ("accepted", 0)
    assert {each.status for each in record.deliveries} == {"queued"}
    assert due(await begin_one(database, event, B)).number == 1
    record = await database.records.get_event(event.event_id)
    assert (record.status, deliveries_of(record)[B.name]) == ("processing", "queued")


async def test_thousands_of_endpoints_are_queued_at_once(database: Database) -> None:
    event = replace(an_event(), endpoints=[f"whep_{n:026}" for n in range(2_000)])
    await begin(database, event, [])
    await begin(database, event, [])
    record = await database.records.get_event(event.event_id)
    assert len(record.deliveries) == 2_000


async def test_the_parts_of_an_event_have_one_record(database: Database) -> None:
    event = an_event(A, key="k")
    other = replace(event, endpoints=[B.id], part=2)
    await begin(database, event, [A])
    await begin(database, other, [B])
    record = await database.records.get_event(event.event_id)
    assert deliveries_of(record) == {"a": "queued", "b": "queued"}
    await database.deliveries.finish(event, [took(A)])
    assert (await database.records.get_event(event.event_id)).status == "retrying"
    await database.deliveries.finish(other, [took(B)])
    assert (await database.records.get_event(event.event_id)).status == "succeeded"


async def test_an_endpoint_comes_as_it_is_now(database: Database) -> None:
    endpoint = an_endpoint()
    await database.endpoints.add(endpoint, most=5)
    event = an_event(endpoint)
    assert await begin_one(database, event, endpoint) == Due(endpoint, 1)
    await database.deliveries.finish(event, [failed(endpoint)])
    moved = replace(endpoint, url="https://new.example.com", name="new", updated_at=after(5))
    await database.endpoints.change(moved, read_at=endpoint.updated_at)
    result = due(await begin_one(database, event, endpoint, at=after(10)))
    state = EndpointState(failing_since=after(2), failures=1)
    assert (result.endpoint, result.number) == (replace(moved, state=state), 2)
    record = await database.records.get_event(event.event_id)
    assert deliveries_of(record) == {"new": "retrying"}


async def test_an_attempt_whose_worker_died_is_followed_by_another(database: Database) -> None:
    event = an_event(A)
    await begin_one(database, event, A)
    assert due(await begin_one(database, event, A, at=after(30))).number == 2
    record = await database.records.get_event(event.event_id)
    assert attempts_of(record) == [("a", 0, 1, "interrupted"), ("a", 0, 2, "running")]
    assert (record.attempts[0].ended_at, record.attempts[0].note) == (
        after(30),
        "the worker stopped before this attempt ended",
    )
    assert (record.attempt_count, record.deliveries[0].attempt_count) == (2, 2)


async def test_what_has_ended_is_not_sent_again(database: Database) -> None:
    event = an_event(A, B, C)
    await begin(database, event, [A, B, C])
    await database.deliveries.finish(event, [took(A), failed(B, status="dead_letter")])
    await database.deliveries.settle(event, [C.id], "skipped", note="by ops", at=after(3))
    assert await begin(database, event, [A, B, C], at=after(60)) == [
        Ended(A.id, "succeeded"),
        Ended(B.id, "dead_letter"),
        Ended(C.id, "skipped"),
    ]


async def test_results_come_in_the_order_asked_for(database: Database) -> None:
    event = an_event(A, B, C)
    await begin(database, event, [B])
    await database.deliveries.finish(event, [took(B)])
    results = await begin(database, event, [C, B, A])
    assert [type(each) for each in results] == [Due, Ended, Due]


async def test_what_is_disabled_or_deleted_or_unknown_is_held(database: Database) -> None:
    deleted, disabled = an_endpoint("deleted"), an_endpoint("disabled", at=after(1))
    for each in (deleted, disabled):
        await database.endpoints.add(each, most=5)
    event = an_event(A, deleted, disabled, B, C)
    await begin(database, event, [])
    await database.endpoints.delete(deleted.id)
    for each in (disabled, A):
        await database.endpoints.set_status(each, "disabled", reason="operator", at=NOON)
    results = await database.deliveries.begin(
        event, event.endpoints, declared=[A, B], run_id="run-1", at=NOON
    )
    assert results == [
        Ended(A.id, "held"),
        Ended(deleted.id, "held"),
        Ended(disabled.id, "held"),
        Due(B, 1),
        Ended(C.id, "held"),  # is declared no more
    ]
    await database.deliveries.finish(event, [took(B)])
    record = await database.records.get_event(event.event_id)
    assert record.status == "held"
    why = {each.endpoint_id: each.last_error or "" for each in record.deliveries}
    for each in (A, disabled):
        assert why[each.id] == (
            "held: the endpoint is disabled by an operator; enable it and replay the event"
        )
    for each in (deleted, C):
        assert why[each.id].startswith("held: the endpoint was deleted;")
    assert record.last_error in why.values()


async def test_an_event_for_disabled_endpoints_only_is_held_at_once(database: Database) -> None:
    await database.endpoints.set_status(A, "disabled", reason="operator", at=NOON)
    event = an_event(A)
    assert await begin_one(database, event, A) == Ended(A.id, "held")
    record = await database.records.get_event(event.event_id)
    assert (record.status, record.attempts) == ("held", [])


async def test_an_attempt_is_not_made_before_it_is_due(database: Database) -> None:
    event = an_event(A)
    await begin_one(database, event, A)
    await database.deliveries.finish(event, [failed(A)])
    wait = later(await begin_one(database, event, A, at=after(9)))
    assert (wait.at, wait.why) == (after(10), "answered 500 Internal Server Error")
    record = await database.records.get_event(event.event_id)
    assert (record.status, record.attempt_count) == ("retrying", 1)
    assert record.deliveries[0].next_attempt_at == after(10)
    assert due(await begin_one(database, event, A, at=after(10))).number == 2


async def test_an_operator_gets_an_attempt_at_once(database: Database) -> None:
    event = an_event(A)
    await begin_one(database, event, A)
    await database.deliveries.finish(event, [failed(A, overloaded=True)])
    assert due(await begin_one(database, event, A, at=after(3), force=True)).number == 2
    gave_up = failed(A, 2, started_at=after(3), ended_at=after(4), status="dead_letter")
    await database.deliveries.finish(event, [gave_up])
    assert due(await begin_one(database, event, A, at=after(5), force=True)).number == 3
    record = await database.records.get_event(event.event_id)
    assert (record.status, deliveries_of(record)) == ("processing", {"a": "retrying"})
    await database.deliveries.finish(event, [took(A, 3)])
    again = await begin_one(database, event, A, at=after(6), force=True)
    assert again == Ended(A.id, "succeeded")


async def test_an_operator_does_not_get_past_a_disabled_endpoint(database: Database) -> None:
    await database.endpoints.set_status(A, "disabled", reason="operator", at=NOON)
    event = an_event(A)
    assert ended(await begin_one(database, event, A, force=True)).status == "held"
    await database.endpoints.set_status(A, "enabled", reason=None, at=NOON)
    assert due(await begin_one(database, event, A, force=True)).number == 1


async def test_one_delivery_begun_by_many_at_once_runs_once(database: Database) -> None:
    event = an_event(A)
    results = await asyncio.gather(*(begin_one(database, event, A) for _ in range(8)))
    assert sorted(due(each).number for each in results) == list(range(1, 9))
    record = await database.records.get_event(event.event_id)
    outcomes = [outcome for *_, outcome in attempts_of(record)]
    assert outcomes == ["interrupted"] * 7 + ["running"]
    assert record.attempt_count == record.deliveries[0].attempt_count == 8


async def test_many_events_to_the_same_endpoints_do_not_lock_each_other_out(
    database: Database, url: str
) -> None:
    other = open_database(url)
    endpoints = [replace(each, rate_limit=1_000) for each in (A, B, C)]
    events = [an_event(*endpoints, at=after(n)) for n in range(24)]

    async def carry(number: int) -> None:
        event, store = events[number], (database, other)[number % 2]
        ways = endpoints if number % 3 else endpoints[::-1]
        assert {type(each) for each in await begin(store, event, ways)} == {Due}
        await store.deliveries.finish(event, [failed(each) for each in ways[::-1]])

    await asyncio.gather(*(carry(number) for number in range(24)))
    await other.close()
    page = await database.records.list_events(EventFilter(status="retrying"), limit=100)
    assert len(page.events) == 24


async def test_a_rate_limit_is_exact_over_all_workers(database: Database, url: str) -> None:
    other = open_database(url)
    endpoint = replace(A, rate_limit=5)
    events = [an_event(endpoint, at=after(n)) for n in range(20)]

    async def at(moment: float) -> int:
        results = await asyncio.gather(
            *(
                begin_one((database, other)[n % 2], event, endpoint, at=after(moment))
                for n, event in enumerate(events)
            )
        )
        waits = [later(each) for each in results if not isinstance(each, Due)]
        assert all(each.at > after(moment) for each in waits)
        assert all("rate limit" in each.why for each in waits)
        return 20 - len(waits)

    assert [await at(0), await at(0.1), await at(0.2), await at(0.6), await at(60)] == [
        5, 0, 1, 2, 5,
    ]  # fmt: skip
    await other.close()


async def test_those_that_wait_do_not_come_back_together(database: Database) -> None:
    endpoint = replace(A, rate_limit=1)
    events = [an_event(endpoint, at=after(n)) for n in range(30)]
    due(await begin_one(database, an_event(endpoint), endpoint))
    first = [later(await begin_one(database, event, endpoint)).at for event in events]
    again = [later(await begin_one(database, event, endpoint)).at for event in events]
    assert first == again
    assert len(set(first)) == 30
    assert {NOON < each <= after(3) for each in first} == {True}


async def test_an_endpoint_without_a_limit_has_no_row_to_queue_for(database: Database) -> None:
    await begin(database, an_event(A, B), [A, B])
    await database.deliveries.finish(an_event(A, B), [took(A), took(B)])
    assert await database.endpoints.states([A.id, B.id]) == {}


async def test_a_throttled_endpoint_is_left_alone_and_then_tried_once(database: Database) -> None:
    event, other = an_event(A), an_event(A, at=after(1))
    await begin_one(database, event, A)
    report = failed(A, overloaded=True, retry_after_seconds=60.0, next_attempt_at=after(62))
    await database.deliveries.finish(event, [report])
    assert later(await begin_one(database, other, A, at=after(61))).at > after(62)
    # The first one is on trial; others wait for its success, or as long as it may take.
    due(await begin_one(database, event, A, at=after(62)))
    wait = later(await begin_one(database, other, A, at=after(63)))
    assert wait.at > after(62) + timedelta(seconds=A.timeout_seconds)
    success = took(A, 2, started_at=after(62), ended_at=after(64))
    (finished,) = await database.deliveries.finish(event, [success])
    assert finished.recovered
    due(await begin_one(database, other, A, at=after(65)))
