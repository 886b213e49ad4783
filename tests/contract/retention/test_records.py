"""Records that are kept no longer."""

from typing import Any

from layeron.adapters.database import Database
from layeron.errors import NotFoundError
from layeron.outbound.records import OutboundEvent
from layeron.ports.records import DuplicateOf
from layeron.records import InboundEvent
from tests.contract.deliveries import examples as sent
from tests.contract.records.examples import DAY, after, an_event, begin, failed, handle
from tests.contract.retention.examples import rows_left


async def delete(database: Database, webhook: str = "stripe", *, limit: int = 10) -> int:
    return await database.retention.delete_before(
        "default", webhook, before=after(100), limit=limit
    )


async def erased(database: Database, number: int = 0, **changes: Any) -> InboundEvent:
    event = await handle(database.records, an_event(at=after(number), **changes))
    await database.retention.mark_erased([event.event_id], at=after(200))
    return event


async def is_there(database: Database, event: InboundEvent | OutboundEvent) -> bool:
    try:
        await database.records.get_event(event.event_id)
    except NotFoundError:
        return False
    return True


async def test_a_record_goes_with_all_that_belongs_to_it(database: Database, url: str) -> None:
    event = an_event()
    await handle(database.records, event, failed(status="dead_letter"))
    replay = await database.records.add_replay(
        event.event_id, requested_by="ops", reason=None, at=after(50)
    )
    await database.records.fail_replay(event.event_id, replay.number)
    await database.records.count_duplicate(event.event_id, conflict=True, at=after(60))
    await database.retention.mark_erased([event.event_id], at=after(200))
    assert await delete(database) == 1
    assert not await is_there(database, event)
    assert rows_left(url) == {"webhooks": 1}


async def test_a_record_of_what_was_sent_goes_with_its_deliveries(
    database: Database, url: str
) -> None:
    event = sent.an_event(sent.A, sent.B)
    await sent.begin(database, event, [sent.A, sent.B])
    await database.deliveries.finish(event, [sent.took(sent.A), sent.took(sent.B)])
    await database.retention.mark_erased([event.event_id], at=after(200))
    assert await delete(database, "orders") == 1
    assert rows_left(url) == {"webhooks": 1}


async def test_the_id_of_a_repeat_goes_with_the_record(database: Database, url: str) -> None:
    first = await erased(database, key="k")
    repeat = an_event(at=after(1), key="k")
    await begin(database.records, repeat)
    assert await delete(database) == 1
    assert not await is_there(database, first)
    assert not await is_there(database, repeat)
    assert rows_left(url) == {"webhooks": 1, "dedupe_keys": 1}


async def test_a_repeat_within_the_window_is_one_after_its_first_event_was_deleted(
    database: Database,
) -> None:
    first = await erased(database, key="k")
    assert await delete(database) == 1
    repeat = an_event(at=after(DAY - 1), key="k")
    assert await begin(database.records, repeat) == DuplicateOf(first.event_id)


async def test_what_has_its_body_or_has_not_ended_stays(database: Database) -> None:
    with_body = await handle(database.records, an_event())
    unended = await handle(database.records, an_event(at=after(1)), failed())
    young = await erased(database, 100)
    elsewhere = await erased(database, 2, webhook="github")
    await database.retention.mark_erased([unended.event_id], at=after(200))
    assert await delete(database) == 0
    for event in (with_body, unended, young, elsewhere):
        assert await is_there(database, event)


async def test_what_is_about_to_be_replayed_stays(database: Database) -> None:
    event = await erased(database)
    await database.records.add_replay(
        event.event_id, requested_by="ops", reason=None, at=after(150)
    )
    assert await delete(database) == 0
    assert await is_there(database, event)


async def test_the_oldest_go_first_so_many_at_a_time(database: Database) -> None:
    events = [await erased(database, number) for number in range(5)]
    assert await delete(database, limit=2) == 2
    assert [await is_there(database, event) for event in events] == [False, False, True, True, True]
    assert [await delete(database, limit=2) for _ in range(3)] == [2, 1, 0]
