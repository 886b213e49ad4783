"""What is over: refused requests, logins, dedupe keys."""

from dataclasses import replace

import pytest
from ulid import ULID

from layeron.adapters.database import Database
from layeron.errors import NotFoundError
from layeron.operating_records import Session
from layeron.records import RejectionRecord
from tests.contract.records.examples import DAY, NOON, after, an_event, begin, handle
from tests.contract.retention.examples import execute, rows_left

AGES = 1e9


async def trim(database: Database, before: float = 100, limit: int = 10) -> int:
    return await database.retention.trim(before=after(before), limit=limit)


def a_rejection(number: int) -> RejectionRecord:
    return RejectionRecord(
        id=f"whrej_{ULID.from_timestamp(after(number).timestamp())}",
        namespace="default",
        webhook="stripe",
        received_at=after(number),
        cause="no_match",
        detail="no signature matched",
        method="POST",
        url="/webhooks/stripe",
        headers=[],
        size=3,
        body_sha256="ab" * 32,
    )


async def test_old_rejections_go(database: Database) -> None:
    old, young = a_rejection(99), a_rejection(101)
    for each in (old, young):
        await database.records.add_rejection(each, keep=10)
    assert await trim(database) == 1
    with pytest.raises(NotFoundError):
        await database.records.get_rejection(old.id)
    assert (await database.records.list_rejections(limit=10)).rejections == [young]


async def test_expired_sessions_go(database: Database, url: str) -> None:
    for n in (50, 150):
        await database.sessions.add(Session(f"{n:064x}", "key_1", NOON, after(n)))
    assert await trim(database) == 1
    assert rows_left(url) == {"sessions": 1}
    assert await database.sessions.find(f"{150:064x}", at=after(100)) is not None


async def holder(database: Database, key: str) -> str | None:
    """Who holds a key, as long as it is not forgotten."""
    return await database.records.find_live_key(
        "default", "stripe", key, ttl_seconds=AGES, at=after(200)
    )


async def test_a_dedupe_key_is_forgotten_when_its_window_was_over(database: Database) -> None:
    over = await handle(database.records, an_event(key="over", dedupe_ttl_seconds=99))
    open_ = await handle(database.records, an_event(key="open", dedupe_ttl_seconds=101))
    for_ever = await handle(database.records, an_event(key="for ever", dedupe_ttl_seconds=1e15))
    assert await holder(database, "over") == over.event_id
    assert await trim(database) == 1
    assert await holder(database, "over") is None
    assert await holder(database, "open") == open_.event_id
    assert await holder(database, "for ever") == for_ever.event_id


async def test_a_key_that_was_taken_again_has_a_window_of_its_own(database: Database) -> None:
    await handle(database.records, an_event(key="k", dedupe_ttl_seconds=50))
    again = await handle(database.records, an_event(at=after(60), key="k", dedupe_ttl_seconds=50))
    assert await trim(database) == 0
    assert await holder(database, "k") == again.event_id
    assert await trim(database, before=111) == 1


async def test_keys_of_an_earlier_release_are_kept(database: Database, url: str) -> None:
    await handle(database.records, an_event(key="a", dedupe_ttl_seconds=50))
    execute(url, "UPDATE dedupe_keys SET expires_at = NULL")
    await handle(database.records, an_event(key="b", dedupe_ttl_seconds=50))
    # It lets a later event have the key, and leaves the end of the window as it was.
    statement = "UPDATE dedupe_keys SET received_at = :at WHERE expires_at IS NOT NULL"
    execute(url, statement, at=f"{after(60):%Y-%m-%d %H:%M:%S.%f}+00:00")
    assert await trim(database, before=DAY) == 0
    assert rows_left(url)["dedupe_keys"] == 2


async def test_what_was_counted_for_a_deleted_event_goes_with_its_key(
    database: Database, url: str
) -> None:
    event = await handle(database.records, an_event(key="k"))
    kept = await handle(database.records, an_event(key="kept", at=after(1)))
    await database.retention.mark_erased([event.event_id], at=after(50))
    assert (
        await database.retention.delete_before("default", "stripe", before=after(1), limit=1) == 1
    )
    await begin(database.records, an_event(key="k", at=after(2)))
    await begin(database.records, an_event(key="kept", at=after(3)))
    assert await trim(database, before=DAY + 10) == 2
    record = await database.records.get_event(kept.event_id)
    assert record.duplicates == 1
    left = rows_left(url)
    assert (left["aliases"], left["duplicate_counts"], "dedupe_keys" in left) == (1, 1, False)


async def test_before_all_time_there_is_nothing(database: Database) -> None:
    await database.records.add_rejection(a_rejection(1), keep=10)
    assert await trim(database, before=-1e10) == 0


async def test_so_many_of_each_go_at_a_time(database: Database) -> None:
    for n in range(3):
        await database.records.add_rejection(a_rejection(n), keep=10)
        await handle(database.records, an_event(key=f"k{n}", dedupe_ttl_seconds=1))
    assert [await trim(database, limit=2) for _ in range(3)] == [4, 2, 0]


async def test_a_trimmed_webhook_takes_rejections_again(database: Database) -> None:
    first = a_rejection(1)
    await database.records.add_rejection(first, keep=10)
    await trim(database)
    again = replace(first, detail="again")
    await database.records.add_rejection(again, keep=10)
    assert await database.records.get_rejection(first.id) == again
