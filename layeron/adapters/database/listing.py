"""Pages of events, newest first, by any filter."""

from dataclasses import replace

from sqlalchemy import func
from sqlmodel import Session, col, select

from layeron.adapters.database import duplicates, events
from layeron.adapters.database.arms import (
    Conditions,
    arms_of,
    arms_of_types,
    bounds_of,
    conditions_of,
    newest,
)
from layeron.adapters.database.span import Span
from layeron.adapters.database.tables import EventRow
from layeron.identity import is_event_id
from layeron.records import EventFilter, EventPage

# So few matches are all read and sorted; of more, one soon comes up among the newest events.
# Without another filter an index tells all, and reads a match in a fraction of the time.
_FEW, _FEW_IN_AN_INDEX = 500, 5_000


def list_events(
    session: Session, where: EventFilter, *, limit: int, cursor: str | None
) -> EventPage:
    """See `RecordStore.list_events`."""
    if limit < 1:
        raise ValueError(f"a page of {limit} events has no sense; ask for at least 1.")
    if cursor is not None and not is_event_id(cursor):
        raise ValueError(f"{cursor!r} is not a cursor; give the next_cursor of a page.")
    bounds = bounds_of(where, cursor)
    if where.search:
        ids = _search(session, where, where.search, bounds, limit + 1)
    else:
        ids = newest(session, arms_of(session, where), bounds, limit + 1)
    next_cursor = ids[limit - 1] if len(ids) > limit else None
    return EventPage(events.read(session, ids[:limit]), next_cursor)


def _search(
    session: Session, where: EventFilter, text: str, bounds: Conditions, limit: int
) -> list[str]:
    begins = Span.beginning(text)
    types = begins & Span.of_type(where.event_type) if where.event_type else begins
    found = {
        *newest(session, arms_of_types(session, where, types), bounds, limit),
        *_search_external_ids(session, where, begins, bounds, limit),
    }
    if is_event_id(text):
        named = col(EventRow.id) == duplicates.resolve(session, text)
        found.update(newest(session, [[named, *conditions_of(where)]], bounds, limit))
    return sorted(found, reverse=True)[:limit]


def _search_external_ids(
    session: Session, where: EventFilter, span: Span, bounds: Conditions, limit: int
) -> list[str]:
    external = col(EventRow.external_event_key)
    others = conditions_of(where)
    few = _FEW if others else _FEW_IN_AN_INDEX
    matches = (
        select(EventRow.id)
        .where(span.found_in(external), *bounds)
        .order_by(external)
        .limit(few + 1)
    )
    inner = matches.subquery()
    if session.exec(select(func.count()).select_from(inner)).one() > few:
        wide = arms_of(session, replace(where, search=None))
        return newest(session, [[*arm, span.seen_in(external)] for arm in wide], bounds, limit)
    if others:
        ids = session.exec(matches).all()
        return newest(session, [[col(EventRow.id).in_(ids), *others]], bounds, limit)
    return list(session.exec(select(inner.c.id).order_by(inner.c.id.desc()).limit(limit)))
