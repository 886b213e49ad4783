"""Bulk replays on record: asked for once, how far they are, how they end."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest
import pytest_asyncio

from layeron.adapters.database import Database, open_database
from layeron.errors import CursorError, NotFoundError
from layeron.identity import new_bulk_id
from layeron.operating_records import BulkReplay, BulkStatus
from layeron.records import EventFilter
from tests.contract.records.examples import NOON, after

WHERE = EventFilter(
    direction="outbound",
    namespace="default",
    webhook="orders",
    status="dead_letter",
    event_type="order.*",
    external_event_id="\0 \ud800",
    search="whevt",
    since=NOON,
    until=after(60),
    http_status=500,
    user_id="7",
)


def a_bulk_replay(number: int = 0, **changes: Any) -> BulkReplay:
    at = after(number)
    bulk = BulkReplay(
        id=new_bulk_id(at),
        requested_by="key ops\0",
        reason="bug \ud800 fixed",
        status="running",
        created_at=at,
        updated_at=at,
        where=WHERE,
        rate_per_second=2.5,
        total=10_000,
        capped=True,
    )
    return replace(bulk, **changes)


async def test_a_bulk_replay_comes_back_as_it_was(database: Database) -> None:
    of_filter = a_bulk_replay(1, endpoint_id="whep_1", statuses=["failed", "held"])
    of_ids = a_bulk_replay(2, where=None, event_ids=["whevt_2", "whevt_1"], reason=None)
    of_all = a_bulk_replay(3, where=EventFilter(), capped=False)
    for bulk in (of_filter, of_ids, of_all):
        assert await database.bulk_replays.add(bulk) == bulk
        assert await database.bulk_replays.get(bulk.id) == bulk


async def test_one_that_nobody_asked_for_is_not_found(database: Database) -> None:
    with pytest.raises(NotFoundError, match="no bulk replay whblk_x"):
        await database.bulk_replays.get("whblk_x")
    with pytest.raises(NotFoundError, match="no bulk replay whblk_x"):
        await database.bulk_replays.set_status("whblk_x", "stopped", at=NOON)


async def test_one_that_is_asked_for_again_is_the_one_on_record(database: Database) -> None:
    bulk = a_bulk_replay(idempotency_key="nightly")
    await database.bulk_replays.add(bulk)
    await database.bulk_replays.set_status(bulk.id, "paused", at=after(5))
    on_record = await database.bulk_replays.get(bulk.id)
    assert await database.bulk_replays.add(bulk) == on_record
    same_key = a_bulk_replay(9, idempotency_key="nightly", reason="again")
    assert await database.bulk_replays.add(same_key) == on_record
    other_key = a_bulk_replay(9, idempotency_key="weekly")
    assert await database.bulk_replays.add(other_key) == other_key
    assert len((await database.bulk_replays.list(limit=10)).bulk_replays) == 2


@pytest_asyncio.fixture
async def other(url: str) -> Database:
    return open_database(url)


async def test_of_several_asked_for_at_once_by_one_key_there_is_one(
    database: Database, other: Database
) -> None:
    asked = [a_bulk_replay(n, idempotency_key="nightly") for n in range(8)]
    given = await asyncio.gather(
        *((database, other)[n % 2].bulk_replays.add(bulk) for n, bulk in enumerate(asked))
    )
    assert len({bulk.id for bulk in given}) == 1
    assert (await database.bulk_replays.list(limit=10)).bulk_replays == [given[0]]
    await other.close()


async def test_pages_follow_each_other_newest_first(database: Database) -> None:
    asked = [a_bulk_replay(n) for n in range(5)]
    for bulk in asked:
        await database.bulk_replays.add(bulk)
    seen: list[BulkReplay] = []
    cursor = None
    while True:
        page = await database.bulk_replays.list(limit=2, cursor=cursor)
        seen += page.bulk_replays
        if (cursor := page.next_cursor) is None:
            break
    assert seen == asked[::-1]


@pytest.mark.parametrize("cursor", ["", "x", "whevt_01M87HX43ACC2282GBSNFBF3Q6", "whblk_\0"])
async def test_what_is_no_cursor_is_refused(database: Database, cursor: str) -> None:
    with pytest.raises(CursorError, match="not a cursor"):
        await database.bulk_replays.list(limit=10, cursor=cursor)


async def test_one_may_pause_and_go_on(database: Database) -> None:
    bulk = await database.bulk_replays.add(a_bulk_replay())
    paused = await database.bulk_replays.set_status(bulk.id, "paused", at=after(5))
    assert paused == replace(bulk, status="paused", updated_at=after(5))
    going_on = await database.bulk_replays.set_status(bulk.id, "running", at=after(6))
    assert going_on == replace(bulk, status="running", updated_at=after(6))
    assert await database.bulk_replays.set_status(bulk.id, "running", at=after(7)) == going_on
    assert await database.bulk_replays.get(bulk.id) == going_on


@pytest.mark.parametrize("end", ["stopped", "finished"])
async def test_one_that_ended_stays_so(database: Database, end: BulkStatus) -> None:
    bulk = await database.bulk_replays.add(a_bulk_replay())
    ended = await database.bulk_replays.set_status(bulk.id, end, at=after(5))
    statuses: tuple[BulkStatus, ...] = ("running", "paused", "stopped", "finished")
    for status in statuses:
        assert await database.bulk_replays.set_status(bulk.id, status, at=after(6)) == ended


async def advance(database: Database, bulk: BulkReplay, examined: int, at: int) -> BulkReplay:
    await database.bulk_replays.advance(
        bulk.id,
        cursor=f"whevt_{examined}",
        examined=examined,
        replayed=examined - 1,
        skipped=1,
        at=after(at),
    )
    return await database.bulk_replays.get(bulk.id)


async def test_progress_said_twice_is_noted_once(database: Database) -> None:
    bulk = await database.bulk_replays.add(a_bulk_replay())
    expected = replace(
        bulk, cursor="whevt_50", examined=50, replayed=49, skipped=1, updated_at=after(5)
    )
    assert await advance(database, bulk, 50, at=5) == expected
    assert await advance(database, bulk, 50, at=5) == expected


async def test_progress_said_late_takes_nothing_back(database: Database) -> None:
    bulk = await database.bulk_replays.add(a_bulk_replay())
    ahead = await advance(database, bulk, 100, at=6)
    assert await advance(database, bulk, 50, at=7) == ahead


async def test_progress_leaves_a_stopped_one_stopped(database: Database) -> None:
    bulk = await database.bulk_replays.add(a_bulk_replay())
    await database.bulk_replays.set_status(bulk.id, "stopped", at=after(5))
    noted = await advance(database, bulk, 50, at=6)
    assert (noted.status, noted.examined) == ("stopped", 50)
