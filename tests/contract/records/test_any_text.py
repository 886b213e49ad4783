"""Whatever a sender sends comes back as it was, can be found, and breaks no index."""

from typing import Any

import pytest

from layeron.ports.records import RecordStore
from layeron.records import EventFilter
from tests.contract.records.examples import after, an_event, begin, failed, handle

TEXTS = [
    "plain",
    "",
    "nul\0in\0between",
    "emoji 😀 and é",
    "lone \ud800 and \udfff",
    r"backslash \ and \u0000 as written",
    "\\",
    "line\r\nends\t\x1b[31m",
    "last \U0010ffff",
    "%_' OR 1=1 --",
    "x" * 10_000,
    "😀" * 10_000,
    "\0" * 10_000,
]
IDS = [ascii(text[:12]) for text in TEXTS]


@pytest.mark.parametrize("text", TEXTS, ids=IDS)
async def test_text_comes_back_as_it_was(store: RecordStore, text: str) -> None:
    event = an_event(
        key=text,
        external_event_id=text,
        headers=[(text, text), ("a", "b")],
        url=text,
        method=text,
        workflow_id=text,
    )
    logs = [{"message": text, "fields": {text: text}}]
    await handle(store, event, failed(error=text, error_trace=text, logs=logs, note=text))
    record = await store.get_event(event.event_id)
    assert (record.external_event_id, record.dedupe_key, record.last_error) == (text, text, text)
    assert (record.url, record.method, record.workflow_id) == (text, text, text)
    assert record.headers == [(text, text), ("a", "b")]
    (attempt,) = record.attempts
    assert (attempt.error, attempt.error_trace, attempt.note) == (text, text, text)
    assert attempt.logs == logs


@pytest.mark.parametrize("text", TEXTS, ids=IDS)
async def test_an_event_is_found_by_any_id_and_type(store: RecordStore, text: str) -> None:
    event = an_event(external_event_id=text, event_type=text)
    await begin(store, event)
    await begin(store, an_event(external_event_id=text + "x", event_type=text + "x"))
    await begin(store, an_event(external_event_id=None, event_type="y" + text))
    for where in (EventFilter(external_event_id=text), EventFilter(event_type=text)):
        found = (await store.list_events(where, limit=9)).events
        assert [each.id for each in found] == [event.event_id]


@pytest.mark.parametrize("length", [200, 249, 250, 251, 5_000])
async def test_long_ids_that_begin_alike_are_told_apart(store: RecordStore, length: int) -> None:
    ids = ["i" * length + end for end in ("", "1", "2")]
    events = [an_event(at=after(n), external_event_id=each) for n, each in enumerate(ids)]
    for event in events:
        await begin(store, event)
    for event in events:
        where = EventFilter(external_event_id=event.external_event_id)
        (found,) = (await store.list_events(where, limit=9)).events
        assert found.id == event.event_id


@pytest.mark.parametrize("text", ["\0", "\ud800", "x" * 100_000, "' OR 1=1 --", "\U0010ffff"])
async def test_a_filter_may_be_of_any_text(store: RecordStore, text: str) -> None:
    await begin(store, an_event())
    for name in ("webhook", "namespace", "status", "direction", "event_type", "search"):
        filters: dict[str, Any] = {name: text}
        assert (await store.list_events(EventFilter(**filters), limit=9)).events == []


async def test_times_keep_their_microseconds(store: RecordStore) -> None:
    event = an_event(at=after(0.000_001))
    await begin(store, event)
    assert (await store.get_event(event.event_id)).received_at == after(0.000_001)
