"""Counting events by any filter."""

from datetime import timedelta

import pytest

from layeron.adapters.database import Database
from layeron.operating_records import Count
from layeron.records import EventFilter
from tests.contract.deliveries import examples as sent
from tests.contract.records import examples as received
from tests.contract.records.examples import NOON, after

WHERE = [
    EventFilter(),
    EventFilter(direction="inbound"),
    EventFilter(namespace="default"),
    EventFilter(webhook="orders"),
    EventFilter(status="succeeded"),
    EventFilter(status="dead_letter", webhook="orders"),
    EventFilter(event_type="invoice.*"),
    EventFilter(event_type="order.paid", status="retrying"),
    EventFilter(external_event_id="evt_1"),
    EventFilter(since=after(2), until=after(5)),
    EventFilter(user_id="7"),
    EventFilter(user_id="7", since=after(4)),
    EventFilter(user_id="7", namespace="default", webhook="orders"),
    EventFilter(user_id="7", status="succeeded"),
    EventFilter(user_id="7", event_type="order.*", status="retrying"),
    EventFilter(user_id="7", direction="inbound"),
    EventFilter(http_status=204),
    EventFilter(http_status=500, status="retrying"),
    EventFilter(http_status=500, namespace="default", webhook="orders"),
    EventFilter(http_status=500, event_type="order.paid"),
    EventFilter(http_status=500, user_id="7"),
    EventFilter(http_status=500, user_id="7", status="dead_letter"),
    EventFilter(http_status=500, external_event_id="k1"),
    EventFilter(search="evt"),
    EventFilter(search="evt", status="succeeded"),
    EventFilter(search="evt", event_type="evt.*"),
    EventFilter(search="k", user_id="7"),
    EventFilter(search="ord", http_status=500),
    EventFilter(search="k", http_status=500, user_id="7"),
]


async def put_some_on_record(database: Database) -> None:
    """Received and sent events, of which the filters find some and not all."""
    for n in range(4):
        kind = "evt.paid" if n == 2 else "invoice.paid"
        event = received.an_event(at=after(n), event_type=kind, external_event_id=f"evt_{n}")
        report = received.failed(status="dead_letter") if n % 2 else received.succeeded()
        await received.handle(database.records, event, report)
    for n in range(4, 10):
        user = "7" if n % 2 else "8"
        event_sent = sent.an_event(sent.A, at=after(n), key=f"k{n % 3}", user_id=user)
        await sent.begin(database, event_sent, [sent.A], at=after(n))
        report_sent = (
            sent.took(sent.A)
            if n % 3 == 0
            else sent.failed(sent.A, status="retrying" if n % 3 == 1 else "dead_letter")
        )
        await database.deliveries.finish(event_sent, [report_sent])


async def test_as_many_are_counted_as_are_listed(database: Database) -> None:
    await put_some_on_record(database)
    everything = await database.records.list_events(EventFilter(), limit=100)
    assert len(everything.events) == 10
    found: set[int] = set()
    for where in WHERE:
        listed = len((await database.records.list_events(where, limit=100)).events)
        assert await database.statistics.count(where, most=100) == Count(listed), where
        found.add(listed)
    assert found >= {1, 2, 3, 4, 6, 10}


async def test_counting_stops_and_says_so(database: Database) -> None:
    await put_some_on_record(database)
    count = database.statistics.count
    assert await count(EventFilter(), most=9) == Count(9, capped=True)
    assert await count(EventFilter(), most=10) == Count(10)
    assert await count(EventFilter(user_id="7"), most=2) == Count(2, capped=True)
    assert await count(EventFilter(user_id="7"), most=3) == Count(3)
    assert await count(EventFilter(search="evt"), most=3) == Count(3, capped=True)
    assert await count(EventFilter(search="evt", status="succeeded"), most=1) == Count(
        1, capped=True
    )


@pytest.mark.parametrize("where", [*WHERE, EventFilter(search="whevt_01KQHPHXKV07M9HP4CAP29K061")])
async def test_where_nothing_is_nothing_is_counted(database: Database, where: EventFilter) -> None:
    assert await database.statistics.count(where, most=10) == Count(0)


async def test_an_event_that_a_search_names_is_counted(database: Database) -> None:
    event = await received.handle(database.records, received.an_event(key="k"))
    repeat = received.an_event(at=after(1), key="k")
    await received.begin(database.records, repeat)
    for name in (event.event_id, repeat.event_id):
        assert await database.statistics.count(EventFilter(search=name), most=10) == Count(1)
    missed = EventFilter(search=event.event_id, since=NOON + timedelta(days=1))
    assert await database.statistics.count(missed, most=10) == Count(0)
