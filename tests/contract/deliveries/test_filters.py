"""Listing what was sent: by customer, and by what endpoints answered."""

from typing import Any

from layeron.adapters.database import Database
from layeron.outbound.records import DeliveryReport, OutboundEvent
from layeron.records import EventFilter, EventStatus
from tests.contract.deliveries.examples import A, B, an_event, begin, failed, took
from tests.contract.endpoints.examples import after
from tests.contract.records import examples as received


async def send(
    database: Database, number: int, report: DeliveryReport | None = None, **changes: Any
) -> str:
    """Put an event on record, and how its delivery ended; its id."""
    event = an_event(A, at=after(number), **changes)
    await begin(database, event, [A])
    await database.deliveries.finish(event, [report or took(A)])
    return event.event_id


async def ids(database: Database, **where: Any) -> list[str]:
    found = await database.records.list_events(EventFilter(**where), limit=100)
    return [event.id for event in found.events]


async def answered(database: Database, event: OutboundEvent) -> int | None:
    return (await database.records.get_event(event.event_id)).last_http_status


async def test_events_of_one_customer(database: Database) -> None:
    first = await send(database, 1)
    await send(database, 2, user_id="77")
    await send(database, 3, user_id=None)
    await received.handle(database.records, received.an_event())
    last = await send(database, 4, webhook="others")
    assert await ids(database, user_id="7") == [last, first]
    assert await ids(database, user_id="7", webhook="orders") == [first]
    assert await ids(database, user_id="7", namespace="default", webhook="others") == [last]
    assert await ids(database, user_id="7", direction="inbound") == []
    assert await ids(database, user_id="7", until=after(2)) == [first]
    assert await ids(database, user_id="") == []


async def test_a_customer_goes_with_every_other_filter(database: Database) -> None:
    lost = failed(A, status="dead_letter", next_attempt_at=None)
    dead = await send(database, 1, lost, key="k1")
    await send(database, 2, lost, user_id="8", key="k2")
    await send(database, 3, key="k3")
    wheres: list[dict[str, Any]] = [
        {"status": "dead_letter"},
        {"http_status": 500},
        {"http_status": 500, "status": "dead_letter", "event_type": "order.*"},
        {"external_event_id": "k1"},
        {"search": "k", "status": "dead_letter"},
        {"search": "order", "http_status": 500},
        {"event_type": "order.paid", "until": after(2)},
    ]
    for where in wheres:
        assert await ids(database, user_id="7", **where) == [dead], where
        assert await ids(database, user_id="9", **where) == [], where


async def test_events_by_what_was_answered_last(database: Database) -> None:
    fine = await send(database, 1)
    refused = await send(database, 2, failed(A))
    await send(database, 3, failed(A, http_status=None, failure="dns"))
    assert await ids(database, http_status=204) == [fine]
    assert await ids(database, http_status=500) == [refused]
    assert await ids(database, http_status=500, status="retrying") == [refused]
    assert await ids(database, http_status=500, status="succeeded") == []
    assert await ids(database, http_status=500, namespace="default", webhook="orders") == [refused]
    assert await ids(database, http_status=500, event_type="order.paid") == [refused]
    assert await ids(database, http_status=0) == []


async def test_the_last_answer_counts_whichever_endpoint_gave_it(database: Database) -> None:
    event = an_event(A, B)
    await begin(database, event, [A, B])
    assert await answered(database, event) is None
    await database.deliveries.finish(
        event,
        [took(A, ended_at=after(5)), failed(B, ended_at=after(4), next_attempt_at=after(10))],
    )
    assert await answered(database, event) == 204
    await begin(database, event, [B], at=after(10))
    no_answer = failed(B, 2, http_status=None, failure="timeout", next_attempt_at=after(20))
    await database.deliveries.finish(event, [no_answer])
    assert await answered(database, event) == 204
    await begin(database, event, [B], at=after(20))
    await database.deliveries.finish(event, [took(B, 3, http_status=200)])
    assert await answered(database, event) == 200
    await database.deliveries.finish(event, [took(B, 3, http_status=200)])
    assert await answered(database, event) == 200


async def test_pages_of_a_customer_hold_every_event_once(database: Database) -> None:
    statuses: list[EventStatus] = ["succeeded", "retrying"]
    events = [
        await send(
            database,
            n,
            took(A) if n % 2 else failed(A),
            namespace=("default", "billing")[n % 3 == 0],
        )
        for n in range(8)
    ]
    for where in (
        EventFilter(user_id="7"),
        EventFilter(user_id="7", event_type="order.*"),
        EventFilter(user_id="7", search="order"),
    ):
        seen: list[str] = []
        cursor = None
        while True:
            page = await database.records.list_events(where, limit=3, cursor=cursor)
            seen += [event.id for event in page.events]
            assert {event.status for event in page.events} <= set(statuses)
            if (cursor := page.next_cursor) is None:
                break
        assert seen == events[::-1]
