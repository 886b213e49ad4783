"""Search: what begins a type or an external id, and whole event ids."""

from dataclasses import replace

from sqlalchemy import func
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from layeron.adapters.database import duplicates
from layeron.adapters.database.arms import (
    Arm,
    Conditions,
    arms_of,
    arms_of_types,
    conditions_of,
    newest,
)
from layeron.adapters.database.span import Span
from layeron.adapters.database.tables import EventRow
from layeron.identity import is_event_id
from layeron.records import EventFilter

# So few matches are all read and sorted; of more, one soon comes up among the newest events.
# Without another filter an index tells all, and reads a match in a fraction of the time.
_FEW, _FEW_IN_AN_INDEX = 500, 5_000

_external = col(EventRow.external_event_key)


def newest_found(
    session: Session, where: EventFilter, text: str, bounds: Conditions, limit: int
) -> list[str]:
    """The newest ids of what a search finds."""
    found = {
        *newest(session, arms_of_types(session, where, _types(where, text)), bounds, limit),
        *_newest_by_external_id(session, where, text, bounds, limit),
        *newest(session, _named(session, where, text), bounds, limit),
    }
    return sorted(found, reverse=True)[:limit]


def arms_of_search(
    session: Session, where: EventFilter, text: str, bounds: Conditions
) -> list[Arm]:
    """The arms of what a search finds, for counting: no event is in two, and order is none."""
    types = _types(where, text)
    by_type = arms_of_types(session, where, types)
    if conditions_of(where) and not _are_few(session, where, text, bounds):
        by_external_id = _wide(session, where, text)
    else:
        by_external_id = [Arm([Span.beginning(text).found_in(_external)], where)]
    if by_type:
        outside = {"event_type": types}
        by_external_id = [replace(arm, outside=outside) for arm in by_external_id]
    return [*by_type, *by_external_id, *_named(session, where, text)]


def _newest_by_external_id(
    session: Session, where: EventFilter, text: str, bounds: Conditions, limit: int
) -> list[str]:
    if not _are_few(session, where, text, bounds):
        return newest(session, _wide(session, where, text), bounds, limit)
    matches = _matches(where, text, bounds)
    if conditions_of(where):
        ids = session.scalars(matches).all()
        return newest(session, [Arm([col(EventRow.id).in_(ids)], where)], bounds, limit)
    inner = matches.subquery()
    return list(session.exec(select(inner.c.id).order_by(inner.c.id.desc()).limit(limit)))


def _matches(where: EventFilter, text: str, bounds: Conditions) -> SelectOfScalar[str]:
    """The events whose external id begins with a text, up to more than a few."""
    few = _FEW if conditions_of(where) else _FEW_IN_AN_INDEX
    found = Span.beginning(text).found_in(_external)
    return select(EventRow.id).where(found, *bounds).order_by(_external).limit(few + 1)


def _are_few(session: Session, where: EventFilter, text: str, bounds: Conditions) -> bool:
    few = _FEW if conditions_of(where) else _FEW_IN_AN_INDEX
    inner = _matches(where, text, bounds).subquery()
    return session.exec(select(func.count()).select_from(inner)).one() <= few


def _wide(session: Session, where: EventFilter, text: str) -> list[Arm]:
    """The arms of the other filters, whose events are looked at one by one."""
    arms = arms_of(session, replace(where, search=None))
    span = {"external_event_key": Span.beginning(text)}
    return [replace(arm, spans={**arm.spans, **span}) for arm in arms]


def _types(where: EventFilter, text: str) -> Span:
    begins = Span.beginning(text)
    return begins & Span.of_type(where.event_type) if where.event_type else begins


def _named(session: Session, where: EventFilter, text: str) -> list[Arm]:
    """The event whose id the text is; no type and no external id of its own begins with it."""
    if not is_event_id(text):
        return []
    return [Arm([col(EventRow.id) == duplicates.resolve(session, text)], where)]
