"""Pages of events, newest first, by any filter."""

from sqlmodel import Session

from layeron.adapters.database import events, searching
from layeron.adapters.database.arms import arms_of, bounds_of, newest
from layeron.adapters.database.paging import check_cursor
from layeron.identity import is_event_id
from layeron.records import EventFilter, EventPage


def list_events(
    session: Session, where: EventFilter, *, limit: int, cursor: str | None
) -> EventPage:
    """See `RecordStore.list_events`."""
    if limit < 1:
        raise ValueError(f"a page of {limit} events has no sense; ask for at least 1.")
    ids = ids_of(session, where, limit=limit + 1, cursor=cursor)
    next_cursor = ids[limit - 1] if len(ids) > limit else None
    return EventPage(events.read(session, ids[:limit]), next_cursor)


def ids_of(session: Session, where: EventFilter, *, limit: int, cursor: str | None) -> list[str]:
    """The ids of the events that match, newest first, after the one that is the cursor.

    Raises:
        CursorError: the cursor is not one of ours.
    """
    if cursor is not None:
        check_cursor(cursor, is_event_id)
    bounds = bounds_of(where, cursor)
    if where.search:
        return searching.newest_found(session, where, where.search, bounds, limit)
    return newest(session, arms_of(session, where), bounds, limit)
