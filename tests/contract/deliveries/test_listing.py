"""Pages of what was and will be sent to an endpoint."""

import pytest

from layeron.adapters.database import Database
from layeron.errors import CursorError
from layeron.records import DeliveryStatus
from tests.contract.deliveries.examples import A, B, an_event, begin, failed, took
from tests.contract.endpoints.examples import after


async def test_pages_follow_each_other_newest_event_first(database: Database) -> None:
    events = [an_event(A, B, at=after(n)) for n in range(5)]
    for event in events:
        await begin(database, event, [A, B])
    seen: list[str] = []
    cursor = None
    while True:
        page = await database.deliveries.list(A.id, limit=2, cursor=cursor)
        assert {each.endpoint for each in page.deliveries} == {"a"}
        seen += [each.event_id for each in page.deliveries]
        if (cursor := page.next_cursor) is None:
            break
    assert seen == [event.event_id for event in reversed(events)]


async def test_a_page_may_be_of_one_status(database: Database) -> None:
    events = [an_event(A, at=after(n)) for n in range(4)]
    for number, event in enumerate(events):
        await begin(database, event, [A])
        await database.deliveries.finish(event, [took(A) if number % 2 else failed(A)])

    async def found(status: DeliveryStatus) -> list[str]:
        page = await database.deliveries.list(A.id, status=status, limit=10)
        return [each.event_id for each in page.deliveries]

    assert await found("succeeded") == [events[3].event_id, events[1].event_id]
    assert await found("retrying") == [events[2].event_id, events[0].event_id]
    assert await found("held") == []


@pytest.mark.parametrize("cursor", ["", "nonsense", A.id])
async def test_what_is_no_cursor_is_refused(database: Database, cursor: str) -> None:
    with pytest.raises(CursorError, match="not a cursor"):
        await database.deliveries.list(A.id, limit=10, cursor=cursor)
