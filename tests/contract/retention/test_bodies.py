"""Bodies: which may go, and what goes with them."""

from dataclasses import replace

import pytest

from layeron.adapters.database import Database
from layeron.records import BodyReference, EventStatus, InboundEvent
from tests.contract.deliveries import examples as sent
from tests.contract.records.examples import NOON, after, an_event, begin, failed, handle, succeeded


async def old(database: Database, *, before: float = 100, limit: int = 10) -> list[str]:
    """The events of the example's webhook whose bodies may go."""
    found = await database.retention.bodies_before(
        "default", "stripe", before=after(before), limit=limit
    )
    return [event_id for event_id, _ in found]


async def handled(database: Database, number: int) -> InboundEvent:
    body = BodyReference(f"default/stripe/2026/05/01/{number}", 12, "ab" * 32)
    return await handle(database.records, an_event(at=after(number), body=body))


async def test_bodies_of_a_webhook_before_a_time_come_oldest_first(database: Database) -> None:
    await handle(database.records, an_event(webhook="github"))
    await handle(database.records, an_event(namespace="billing"))
    events = [await handled(database, number) for number in range(4)]
    found = await database.retention.bodies_before("default", "stripe", before=after(3), limit=10)
    assert found == [(each.event_id, each.body.name) for each in events[:3]]
    assert await old(database, limit=2) == [each.event_id for each in events[:2]]
    assert await old(database, before=-1e10) == []


async def test_webhooks_are_those_that_have_events(database: Database) -> None:
    assert await database.retention.webhooks() == []
    await handled(database, 1)
    await handle(database.records, an_event(namespace="billing"))
    event = sent.an_event(sent.A)
    await sent.begin(database, event, [sent.A])
    assert await database.retention.webhooks() == [
        ("billing", "stripe"),
        ("default", "orders"),
        ("default", "stripe"),
    ]


@pytest.mark.parametrize("status", ["succeeded", "dead_letter", "failed", "unhandled"])
async def test_what_has_ended_may_lose_its_body(database: Database, status: EventStatus) -> None:
    event = await handle(database.records, an_event(), succeeded(status=status))
    assert await old(database) == [event.event_id]


async def test_what_is_still_handled_or_sent_keeps_its_body(database: Database) -> None:
    await begin(database.records, an_event())
    await handle(database.records, an_event(at=after(1)), failed())
    event = sent.an_event(sent.A)
    await sent.begin(database, event, [sent.A])
    assert await old(database) == []
    assert (
        await database.retention.bodies_before("default", "orders", before=after(100), limit=10)
        == []
    )
    assert await database.retention.bodies_of_user("7", limit=10) == []


async def test_what_is_about_to_be_replayed_keeps_its_body(database: Database) -> None:
    event = await handled(database, 1)
    replay = await database.records.add_replay(
        event.event_id, requested_by="ops", reason=None, at=after(100)
    )
    assert await old(database, before=100) == []
    assert await old(database, before=101) == [event.event_id]  # it never began
    await database.records.fail_replay(event.event_id, replay.number)
    assert await old(database, before=100) == [event.event_id]


async def test_bodies_of_a_user_are_those_of_what_was_sent_for_it(database: Database) -> None:
    events = [
        sent.an_event(sent.A, at=after(n), user_id=user)
        for n, user in enumerate(["7", "8", None, "7", "7"])
    ]
    for event in events[:4]:
        await sent.begin(database, event, [sent.A])
        await database.deliveries.finish(event, [sent.took(sent.A)])
    await sent.begin(database, events[4], [sent.A])
    ended = [(events[n].event_id, events[n].body.name) for n in (0, 3)]
    assert await database.retention.bodies_of_user("7", limit=10) == ended
    assert await database.retention.bodies_of_user("7", limit=1) == ended[:1]
    await database.retention.mark_erased([events[0].event_id], at=after(200))
    assert await database.retention.bodies_of_user("7", limit=10) == ended[1:]


async def test_an_erased_body_is_not_found_again(database: Database) -> None:
    events = [await handled(database, number) for number in range(3)]
    await database.retention.mark_erased([events[1].event_id, "whevt_unknown"], at=after(200))
    assert await old(database) == [events[0].event_id, events[2].event_id]


async def test_a_record_says_since_when_its_body_is_gone(database: Database) -> None:
    event = await handled(database, 1)
    assert (await database.records.get_event(event.event_id)).body_erased_at is None
    await database.retention.mark_erased([event.event_id], at=after(200))
    await database.retention.mark_erased([event.event_id], at=after(300))
    assert (await database.records.get_event(event.event_id)).body_erased_at == after(200)


async def test_what_may_quote_the_body_goes_with_it(database: Database) -> None:
    event = an_event()
    logs = [{"message": "got 42"}]
    await handle(database.records, event, failed(1, logs=logs))
    await handle(database.records, event, succeeded(2, logs=logs, response={"total": 42}))
    other = await handle(database.records, an_event(at=after(1)), failed(1, logs=logs))
    untouched = await database.records.get_event(other.event_id)
    before = await database.records.get_event(event.event_id)
    await database.retention.mark_erased([event.event_id], at=after(200))
    record = await database.records.get_event(event.event_id)
    assert before.headers
    assert record.headers == []
    assert record.attempts == [replace(each, logs=[], error_trace=None) for each in before.attempts]
    assert record.attempts[0].error == "ValueError: no such invoice"
    again = await database.records.begin_attempt(event, number=3, run_id="run-2", at=after(201))
    assert getattr(again, "response", "nothing was settled") is None
    assert await database.records.get_event(other.event_id) == untouched


async def test_what_an_endpoint_said_to_it_goes_with_it(database: Database) -> None:
    event = sent.an_event(sent.A)
    await sent.begin(database, event, [sent.A])
    await database.deliveries.finish(event, [sent.took(sent.A)])
    before = await database.records.get_event(event.event_id)
    await database.retention.mark_erased([event.event_id], at=after(200))
    record = await database.records.get_event(event.event_id)
    assert before.attempts[0].response_excerpt == "fine \0"
    assert record.attempts == [replace(before.attempts[0], response_excerpt=None)]
    assert record.deliveries == before.deliveries


async def test_any_number_of_bodies_is_erased_at_once(database: Database) -> None:
    event = await handled(database, 1)
    unknown = [f"whevt_{n}" for n in range(2_000)]
    await database.retention.mark_erased([*unknown, event.event_id], at=NOON)
    await database.retention.mark_erased([], at=NOON)
    assert (await database.records.get_event(event.event_id)).body_erased_at == NOON
