"""Which events a bulk replay is about."""

from collections.abc import Sequence

import pytest

from layeron.adapters.database import Database, bulk_replay_store
from layeron.errors import CursorError
from layeron.outbound.records import EndpointRecord
from layeron.records import EventFilter
from tests.contract.deliveries.examples import A, B, an_event, begin, failed, took
from tests.contract.records import examples as received
from tests.contract.records.examples import after

EVERYTHING = EventFilter()


async def send(database: Database, number: int, *endpoints: EndpointRecord) -> str:
    """Put an event on record that these endpoints took; its id."""
    event = an_event(*endpoints, at=after(number))
    await begin(database, event, endpoints)
    await database.deliveries.finish(event, [took(each) for each in endpoints])
    return event.event_id


async def test_ids_are_those_of_the_listing(database: Database) -> None:
    dead = [
        await received.handle(
            database.records,
            received.an_event(at=after(n)),
            received.failed(status="dead_letter"),
        )
        for n in range(5)
    ]
    await received.handle(database.records, received.an_event(at=after(9)))
    newest_first = [event.event_id for event in reversed(dead)]
    ids, where = database.bulk_replays.event_ids, EventFilter(status="dead_letter")
    assert await ids(where, limit=100, cursor=None) == newest_first
    assert await ids(where, limit=2, cursor=None) == newest_first[:2]
    assert await ids(where, limit=2, cursor=newest_first[1]) == newest_first[2:4]
    assert await ids(where, limit=2, cursor=newest_first[-1]) == []
    assert len(await ids(EVERYTHING, limit=100, cursor=None)) == 6


async def test_missing_are_those_an_endpoint_never_took(database: Database) -> None:
    never = await send(database, 1, B)
    await send(database, 2, A, B)
    refused = an_event(A, B, at=after(3))
    await begin(database, refused, [A, B])
    await database.deliveries.finish(
        refused, [failed(A, status="dead_letter", next_attempt_at=None), took(B)]
    )
    waiting = an_event(A, at=after(4))
    await begin(database, waiting, [A])
    await received.handle(database.records, received.an_event(at=after(5)))
    missing = database.bulk_replays.missing_ids
    found = [waiting.event_id, refused.event_id, never]
    assert await missing(A.id, EVERYTHING, limit=10, cursor=None) == found
    assert await missing(B.id, EVERYTHING, limit=10, cursor=None) == [waiting.event_id]
    assert await missing(A.id, EventFilter(until=after(4)), limit=10, cursor=None) == found[1:]
    assert await missing(A.id, EventFilter(webhook="others"), limit=10, cursor=None) == []


@pytest.mark.parametrize("examined_at_once", [1, 2, 3, 100])
async def test_the_missing_are_found_among_any_number_of_others(
    database: Database, monkeypatch: pytest.MonkeyPatch, examined_at_once: int
) -> None:
    monkeypatch.setattr(bulk_replay_store, "_EXAMINED_AT_ONCE", examined_at_once)
    missing: list[str] = []
    for number in range(10):
        endpoints = (B,) if number in {0, 5, 6} else (A, B)
        event_id = await send(database, number, *endpoints)
        if endpoints == (B,):
            missing.insert(0, event_id)

    async def pages(limit: int) -> list[Sequence[str]]:
        found: list[Sequence[str]] = []
        cursor = None
        while page := await database.bulk_replays.missing_ids(
            A.id, EVERYTHING, limit=limit, cursor=cursor
        ):
            found.append(page)
            cursor = page[-1]
        return found

    assert await pages(10) == [missing]
    assert await pages(2) == [missing[:2], missing[2:]]
    assert await pages(1) == [[each] for each in missing]


@pytest.mark.parametrize("cursor", ["", "x", "whblk_01M87HX43ACC2282GBSNFBF3Q6"])
async def test_what_is_no_cursor_is_refused(database: Database, cursor: str) -> None:
    with pytest.raises(CursorError, match="not a cursor"):
        await database.bulk_replays.event_ids(EVERYTHING, limit=1, cursor=cursor)
    with pytest.raises(CursorError, match="not a cursor"):
        await database.bulk_replays.missing_ids(A.id, EVERYTHING, limit=1, cursor=cursor)
