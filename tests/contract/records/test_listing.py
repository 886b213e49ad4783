"""Listing: filters, order, pages."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest

from layeron.errors import CursorError
from layeron.ports.records import RecordStore
from layeron.records import EventFilter
from tests.contract.records.examples import after, an_event, begin, failed, handle, succeeded

EVERYTHING = EventFilter()


async def ids(store: RecordStore, where: EventFilter = EVERYTHING, limit: int = 100) -> list[str]:
    page = await store.list_events(where, limit=limit)
    return [event.id for event in page.events]


async def record(store: RecordStore, **changes: Any) -> str:
    """Begin an event, each a second after the one before; its id."""
    at = after(len(await ids(store)))
    event = an_event(at=at, **changes)
    await begin(store, event)
    return event.event_id


async def test_the_newest_event_comes_first(store: RecordStore) -> None:
    late, early, middle = (an_event(at=after(n)) for n in (30, 10, 20))
    for event in (late, early, middle):
        await begin(store, event)
    assert await ids(store) == [late.event_id, middle.event_id, early.event_id]


async def test_a_listed_event_is_the_record_without_its_attempts(store: RecordStore) -> None:
    event = await handle(store, an_event(key="k"), failed())
    whole = await store.get_event(event.event_id)
    (listed,) = (await store.list_events(EVERYTHING, limit=1)).events
    whole.attempts.clear()
    assert listed == whole


async def test_events_of_one_webhook(store: RecordStore) -> None:
    github = await record(store, webhook="github")
    await record(store)
    assert await ids(store, EventFilter(webhook="github")) == [github]
    assert await ids(store, EventFilter(webhook="git")) == []


async def test_events_of_one_namespace(store: RecordStore) -> None:
    first = await record(store, namespace="billing", webhook="github")
    await record(store)
    third = await record(store, namespace="billing")
    assert await ids(store, EventFilter(namespace="billing")) == [third, first]
    assert await ids(store, EventFilter(namespace="billing", webhook="stripe")) == [third]


async def test_a_webhook_is_listed_over_all_namespaces(store: RecordStore) -> None:
    first = await record(store, namespace="billing")
    second = await record(store, namespace="sales")
    await record(store, webhook="github")
    assert await ids(store, EventFilter(webhook="stripe")) == [second, first]


async def test_events_of_one_direction(store: RecordStore) -> None:
    event = await record(store)
    assert await ids(store, EventFilter(direction="inbound")) == [event]
    assert await ids(store, EventFilter(direction="outbound")) == []


async def test_events_of_one_status(store: RecordStore) -> None:
    dead = await handle(store, an_event(at=after(1)), failed(status="dead_letter"))
    await handle(store, an_event(at=after(2)), succeeded())
    assert await ids(store, EventFilter(status="dead_letter")) == [dead.event_id]
    assert await ids(store, EventFilter(status="dead_letter", webhook="github")) == []
    assert await ids(store, EventFilter(status="dead_letter", event_type="invoice.*")) == [
        dead.event_id
    ]


async def test_events_of_one_type(store: RecordStore) -> None:
    paid = await record(store, event_type="invoice.paid")
    await record(store, event_type="invoice.paid.late")
    await record(store, event_type="invoice.pai")
    assert await ids(store, EventFilter(event_type="invoice.paid")) == [paid]


async def test_events_of_a_group_of_types(store: RecordStore) -> None:
    first = await record(store, event_type="invoice.paid")
    for other in ("invoice", "invoices.paid", "invoice-paid", "Invoice.paid", "customer.invoice.a"):
        await record(store, event_type=other)
    second = await record(store, event_type="invoice.😀", webhook="github")
    third = await record(store, event_type="invoice.item.created", namespace="billing")
    assert await ids(store, EventFilter(event_type="invoice.*")) == [third, second, first]
    assert await ids(store, EventFilter(event_type="invoice.*", webhook="github")) == [second]
    assert await ids(store, EventFilter(event_type="invoice.item.*")) == [third]
    assert len(await ids(store, EventFilter(event_type="*"))) == 8


@pytest.mark.parametrize("pattern", ["in%", "invoice_paid", "invoice%.*", "in\\voice.*", "[i]*"])
async def test_wildcards_of_the_database_mean_nothing(store: RecordStore, pattern: str) -> None:
    await record(store, event_type="invoice.paid", external_event_id="invoice.paid")
    assert await ids(store, EventFilter(event_type=pattern)) == []
    assert await ids(store, EventFilter(search=pattern)) == []
    assert await ids(store, EventFilter(external_event_id=pattern)) == []


async def test_events_of_one_external_id(store: RecordStore) -> None:
    one = await record(store, external_event_id="evt_1")
    await record(store, external_event_id="evt_12")
    github = await record(store, external_event_id="evt_1", webhook="github")
    assert await ids(store, EventFilter(external_event_id="evt_1")) == [github, one]
    assert await ids(store, EventFilter(external_event_id="evt_1", webhook="github")) == [github]


async def test_search_finds_beginnings_and_whole_ids(store: RecordStore) -> None:
    both = await record(store, event_type="evt.paid", external_event_id="evt_1")
    by_id = await record(store, event_type="paid", external_event_id="evt_2")
    by_type = await record(store, event_type="evt.open", external_event_id=None)
    await record(store, event_type="an.evt", external_event_id="an_evt")
    assert await ids(store, EventFilter(search="evt")) == [by_type, by_id, both]
    assert await ids(store, EventFilter(search="evt.")) == [by_type, both]
    assert await ids(store, EventFilter(search="evt_2")) == [by_id]
    assert await ids(store, EventFilter(search=by_type)) == [by_type]
    assert await ids(store, EventFilter(search=by_type[:-1])) == []


async def test_search_goes_with_every_other_filter(store: RecordStore) -> None:
    event = await record(store, webhook="github", namespace="billing")
    await record(store)
    for search in ("inv", "evt_", event):
        for where in (
            EventFilter(search=search, webhook="github"),
            EventFilter(search=search, namespace="billing", status="processing"),
            EventFilter(search=search, until=after(0.5)),
            EventFilter(search=search, event_type="invoice.*", webhook="github"),
            EventFilter(search=search, external_event_id="evt_1", namespace="billing"),
        ):
            assert await ids(store, where) == [event]
        assert await ids(store, EventFilter(search=search, status="succeeded")) == []
        assert await ids(store, EventFilter(search=search, event_type="push")) == []
        assert await ids(store, EventFilter(search=search, external_event_id="x")) == []


async def test_the_id_of_a_repeat_finds_the_first_event(store: RecordStore) -> None:
    first = await handle(store, an_event(key="k"))
    repeat = an_event(at=after(1), key="k")
    await begin(store, repeat)
    assert await ids(store, EventFilter(search=repeat.event_id)) == [first.event_id]


async def test_events_of_a_time(store: RecordStore) -> None:
    first, second, third = [await record(store) for _ in range(3)]
    assert await ids(store, EventFilter(since=after(1))) == [third, second]
    assert await ids(store, EventFilter(until=after(1))) == [first]
    assert await ids(store, EventFilter(since=after(1), until=after(2))) == [second]
    assert await ids(store, EventFilter(since=after(1), webhook="stripe")) == [third, second]


async def test_times_before_and_after_all_time_are_times(store: RecordStore) -> None:
    event = await record(store)
    beginning, end = datetime(1, 1, 2, tzinfo=UTC), datetime(9999, 12, 30, tzinfo=UTC)
    assert await ids(store, EventFilter(since=beginning, until=end)) == [event]
    assert await ids(store, EventFilter(until=beginning)) == []


async def pages(store: RecordStore, where: EventFilter, limit: int) -> list[list[str]]:
    found: list[list[str]] = []
    cursor: str | None = None
    while True:
        page = await store.list_events(where, limit=limit, cursor=cursor)
        found.append([event.id for event in page.events])
        cursor = page.next_cursor
        if cursor is None:
            return found


@pytest.mark.parametrize(
    "where",
    [
        EVERYTHING,
        EventFilter(namespace="default"),
        EventFilter(event_type="invoice.*"),
        EventFilter(search="evt"),
        EventFilter(status="processing"),
    ],
)
async def test_pages_hold_every_event_once(store: RecordStore, where: EventFilter) -> None:
    events = [
        await record(store, event_type=f"invoice.{n % 3}", webhook=f"w{n % 2}") for n in range(10)
    ]
    found = await pages(store, where, 4)
    assert [len(page) for page in found] == [4, 4, 2]
    assert [each for page in found for each in page] == events[::-1]
    assert await pages(store, where, 10) == [events[::-1]]


async def test_pages_are_stable_while_events_come_in(store: RecordStore) -> None:
    events = [await record(store) for _ in range(4)]
    first = await store.list_events(EVERYTHING, limit=2)
    await record(store)
    second = await store.list_events(EVERYTHING, limit=2, cursor=first.next_cursor)
    assert [each.id for each in second.events] == [events[1], events[0]]
    assert second.next_cursor is None


async def test_an_empty_store_has_one_empty_page(store: RecordStore) -> None:
    for where in (EVERYTHING, EventFilter(webhook="x"), EventFilter(search="x")):
        page = await store.list_events(where, limit=1)
        assert (page.events, page.next_cursor) == ([], None)


@pytest.mark.parametrize("cursor", ["", "2", "whevt_", "whevt_" + "é" * 26, "a\0b", "\ud800" * 32])
async def test_a_cursor_that_is_none_of_ours_is_refused(store: RecordStore, cursor: str) -> None:
    with pytest.raises(CursorError, match="is not a cursor"):
        await store.list_events(EVERYTHING, limit=1, cursor=cursor)


@pytest.mark.parametrize("limit", [0, -1])
async def test_a_page_of_nothing_is_refused(store: RecordStore, limit: int) -> None:
    with pytest.raises(ValueError, match="at least 1"):
        await store.list_events(EVERYTHING, limit=limit)


async def test_more_types_and_webhooks_than_are_merged_are_listed_too(store: RecordStore) -> None:
    events = [an_event(at=after(n), event_type=f"t.{n}", webhook=f"w{n}") for n in range(230)]
    await asyncio.gather(*(begin(store, event) for event in events))
    newest = [event.event_id for event in events[::-1]]

    async def check(expected: Sequence[str], **where: Any) -> None:
        assert await ids(store, EventFilter(**where), limit=300) == list(expected)

    await check(newest, namespace="default")
    await check(newest, event_type="t.*")
    await check(newest, search="t.")
    await check(newest, event_type="t.*", namespace="default", status="processing")
    await check(newest[:1], event_type="t.229")


async def test_a_search_with_very_many_matches_is_complete(store: RecordStore) -> None:
    events = [an_event(at=after(n), external_event_id=f"evt_{n}") for n in range(520)]
    for start in range(0, len(events), 20):  # few at once: none waits for long in the queue
        await asyncio.gather(*(begin(store, event) for event in events[start : start + 20]))
    first = await store.list_events(EventFilter(search="evt_"), limit=500)
    rest = await store.list_events(EventFilter(search="evt_"), limit=500, cursor=first.next_cursor)
    assert [each.id for each in (*first.events, *rest.events)] == [
        event.event_id for event in events[::-1]
    ]
    assert await ids(store, EventFilter(search="evt_", webhook="github")) == []
