"""Replays of events that were sent: what goes out once more, and what becomes of the record."""

from dataclasses import replace

import pytest

from layeron.adapters.database import Database
from layeron.outbound.records import DeliveryReport, EndpointRecord, OutboundEvent
from layeron.ports.deliveries import Ended
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
    failed,
    later,
    took,
)
from tests.contract.endpoints.examples import after


async def replay_of(
    database: Database, event: OutboundEvent, *endpoints: EndpointRecord
) -> OutboundEvent:
    """Put a replay on record; the event as its workflow gets it."""
    replay = await database.records.add_replay(
        event.event_id, requested_by="ops", reason=None, at=after(100)
    )
    return replace(event, replay=replay.number, endpoints=[each.id for each in endpoints])


async def an_event_that_b_did_not_take(database: Database) -> OutboundEvent:
    event = an_event(A, B)
    await begin(database, event, [A, B])
    gave_up = failed(B, status="dead_letter", next_attempt_at=None)
    await database.deliveries.finish(event, [took(A), gave_up])
    return event


async def test_a_replay_sends_to_some_endpoints_once_more(database: Database) -> None:
    event = await an_event_that_b_did_not_take(database)
    replay = await replay_of(database, event, B)
    assert due(await begin_one(database, replay, B, at=after(100))).number == 1
    record = await database.records.get_event(event.event_id)
    assert deliveries_of(record) == {"a": "succeeded", "b": "queued"}
    assert (record.status, record.replays[0].status) == ("processing", "processing")
    await database.deliveries.finish(replay, [failed(B, next_attempt_at=after(110))])
    record = await database.records.get_event(event.event_id)
    assert (record.status, record.replays[0].status) == ("retrying", "retrying")
    assert due(await begin_one(database, replay, B, at=after(110))).number == 2
    await database.deliveries.finish(replay, [took(B, 2, ended_at=after(111))])
    record = await database.records.get_event(event.event_id)
    assert (record.status, record.replays[0].status) == ("succeeded", "succeeded")
    assert [(each.endpoint, each.replay, each.attempt_count) for each in record.deliveries] == [
        ("a", 0, 1),
        ("b", 1, 3),
    ]
    assert {each[1:3] for each in attempts_of(record) if each[0] == "b"} == {
        (0, 1),
        (1, 1),
        (1, 2),
    }
    assert record.attempt_count == 4


async def test_a_replay_puts_its_deliveries_back_once(database: Database) -> None:
    event = await an_event_that_b_did_not_take(database)
    replay = await replay_of(database, event, A, B)
    assert [due(each).number for each in await begin(database, replay, [A, B])] == [1, 1]
    await database.deliveries.finish(replay, [took(A)])
    to_a, to_b = await begin(database, replay, [A, B])
    assert (to_a, due(to_b).number) == (Ended(A.id, "succeeded"), 2)


async def test_a_replay_that_waits_puts_the_event_back(database: Database) -> None:
    event = await an_event_that_b_did_not_take(database)
    replay = await replay_of(database, event, B)
    await begin(database, replay, [])
    record = await database.records.get_event(event.event_id)
    assert (record.status, deliveries_of(record)["b"]) == ("retrying", "queued")


async def test_the_replay_of_a_part_of_an_event_has_a_status_of_its_own(
    database: Database,
) -> None:
    event = await an_event_that_b_did_not_take(database)
    replay = await replay_of(database, event, A)
    await begin_one(database, replay, A)
    await database.deliveries.finish(replay, [took(A, ended_at=after(101))])
    record = await database.records.get_event(event.event_id)
    assert (record.status, record.replays[0].status) == ("dead_letter", "succeeded")


async def test_a_replay_after_the_endpoint_was_enabled_sends_what_was_held(
    database: Database,
) -> None:
    await database.endpoints.set_status(A, "disabled", reason="operator", at=after(0))
    event = an_event(A)
    await begin_one(database, event, A)
    await database.endpoints.set_status(A, "enabled", reason=None, at=after(90))
    replay = await replay_of(database, event, A)
    due(await begin_one(database, replay, A, at=after(100)))
    await database.deliveries.finish(replay, [took(A)])
    assert (await database.records.get_event(event.event_id)).status == "succeeded"


async def test_an_earlier_sending_leaves_the_endpoint_to_the_replay(database: Database) -> None:
    event = an_event(A)
    await begin_one(database, event, A)
    replay = await replay_of(database, event, A)
    due(await begin_one(database, replay, A, at=after(100)))
    # Whatever the earlier one has to tell goes on record, and changes nothing else.
    await database.deliveries.finish(event, [failed(A, ended_at=after(101))])
    record = await database.records.get_event(event.event_id)
    assert attempts_of(record) == [("a", 0, 1, "failed"), ("a", 1, 1, "running")]
    assert deliveries_of(record) == {"a": "queued"}
    assert later(await begin_one(database, event, A, at=after(102))).at > after(102)
    await database.deliveries.settle(event, [A.id], "dead_letter", note="gave up", at=after(103))
    await database.deliveries.finish(replay, [took(A, ended_at=after(104))])
    assert await begin_one(database, event, A, at=after(105)) == Ended(A.id, "succeeded")


async def test_a_replay_ends_what_dead_workers_of_earlier_sendings_left_running(
    database: Database,
) -> None:
    event = an_event(A, B)
    await begin(database, event, [A, B])
    first = await replay_of(database, event, A)
    await begin_one(database, first, A, at=after(100))
    record = await database.records.get_event(event.event_id)
    assert attempts_of(record) == [
        ("a", 0, 1, "interrupted"),
        ("b", 0, 1, "running"),
        ("a", 1, 1, "running"),
    ]
    assert record.attempts[0].ended_at == after(100)
    second = await replay_of(database, event, A)
    await database.deliveries.settle(second, [A.id], "skipped", note="by ops", at=after(200))
    record = await database.records.get_event(event.event_id)
    assert attempts_of(record) == [
        ("a", 0, 1, "interrupted"),
        ("b", 0, 1, "running"),
        ("a", 1, 1, "interrupted"),
    ]


@pytest.mark.parametrize("report", [took(A, ended_at=after(101)), failed(A, ended_at=after(101))])
async def test_an_attempt_of_an_earlier_sending_that_lives_still_tells_its_end(
    database: Database, report: DeliveryReport
) -> None:
    event = an_event(A)
    await begin_one(database, event, A)
    replay = await replay_of(database, event, A)
    await begin_one(database, replay, A, at=after(100))
    await database.deliveries.finish(event, [report])
    record = await database.records.get_event(event.event_id)
    told = "succeeded" if report.failure is None else "failed"
    assert attempts_of(record) == [("a", 0, 1, told), ("a", 1, 1, "running")]
    assert (record.attempts[0].ended_at, record.attempts[0].note) == (after(101), None)
    assert deliveries_of(record) == {"a": "queued"}


async def test_an_earlier_sending_ends_no_attempt_of_a_replay(database: Database) -> None:
    event = an_event(A)
    await begin_one(database, event, A)
    replay = await replay_of(database, event, A)
    await begin_one(database, replay, A, at=after(100))
    later(await begin_one(database, event, A, at=after(101)))
    await database.deliveries.settle(event, [A.id], "dead_letter", note="?", at=after(102))
    record = await database.records.get_event(event.event_id)
    assert attempts_of(record) == [("a", 0, 1, "interrupted"), ("a", 1, 1, "running")]


async def test_what_is_sent_to_one_endpoint_is_read_from_the_record(database: Database) -> None:
    event = an_event(A, B, key="k")
    sent = database.deliveries.sent
    assert await sent(event.event_id, A.id, replay=0) is None
    await begin(database, event, [])
    expected = replace(event, body_stored=True, endpoints=[A.id], lanes=[A.id])
    assert await sent(event.event_id, A.id, replay=0) == expected
    assert await sent(event.event_id, C.id, replay=0) is None
    replay = await replay_of(database, event, A)
    assert await sent(event.event_id, A.id, replay=1) is None
    await begin(database, replay, [])
    assert await sent(event.event_id, A.id, replay=1) == replace(expected, replay=1)
    assert await sent(event.event_id, A.id, replay=0) == expected
