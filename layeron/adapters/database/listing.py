"""Listing: a filter reads the newest events of a few index ranges, however many there are.

A filter becomes *arms*: conditions that fix the leading columns of one index each, so that the
database reads each arm newest first and merges them without a sort. A filter that leaves such a
column open (no webhook, a group of types) is spread over the values that occur. No event is in
two arms.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import TypeAlias

from sqlalchemy import ColumnElement, Text, literal, not_, or_, type_coerce, union_all
from sqlmodel import Session, col, select

from layeron.adapters.database import duplicates, events, occurring
from layeron.adapters.database.span import Span
from layeron.adapters.database.tables import EventRow
from layeron.identity import event_id_floor, is_event_id
from layeron.records import EventFilter, EventPage

Arm: TypeAlias = Sequence[ColumnElement[bool]]

_MOST_ARMS = 200
# So few matches of a search are all looked at; of more, one soon comes up among the newest events.
_FEW = 500
_EPOCH = datetime.fromtimestamp(0, UTC)

_id = col(EventRow.id)
_type = col(EventRow.event_type)
_external = col(EventRow.external_event_key)


def list_events(
    session: Session, where: EventFilter, *, limit: int, cursor: str | None
) -> EventPage:
    """See `RecordStore.list_events`."""
    if limit < 1:
        raise ValueError(f"a page of {limit} events has no sense; ask for at least 1.")
    if cursor is not None and not is_event_id(cursor):
        raise ValueError(f"{cursor!r} is not a cursor; give the next_cursor of a page.")
    arms = _arms_of_search(session, where, where.search) if where.search else _arms(session, where)
    ids = _newest(session, arms, _bounds(where, cursor), limit + 1)
    next_cursor = ids[limit - 1] if len(ids) > limit else None
    return EventPage(events.read(session, ids[:limit]), next_cursor)


def _newest(session: Session, arms: Sequence[Arm], bounds: Arm, limit: int) -> list[str]:
    if not arms:
        return []
    found = union_all(*(select(_id).where(*arm, *bounds) for arm in arms))
    return list(session.scalars(found.order_by(_id.desc()).limit(limit)))


def _bounds(where: EventFilter, cursor: str | None) -> Arm:
    """Times and cursors are bounds of the id, which every index ends with."""
    bounds: list[ColumnElement[bool]] = []
    if where.since is not None:
        bounds.append(_id >= event_id_floor(max(where.since, _EPOCH)))
    if where.until is not None:
        bounds.append(_id < event_id_floor(max(where.until, _EPOCH)))
    if cursor is not None:
        bounds.append(_id < cursor)
    return bounds


def _arms(session: Session, where: EventFilter) -> Sequence[Arm]:
    status = [] if where.status is None else [col(EventRow.status) == where.status]
    if where.external_event_id is not None:
        return [_conditions(where)]
    if where.event_type is not None:
        return _arms_of_types(session, where, Span.of_type(where.event_type))
    if where.direction is None and where.namespace is None and where.webhook is None:
        return [status]
    found = occurring.webhooks(session, where, _MOST_ARMS + 1)
    if len(found) > _MOST_ARMS:
        return [_conditions(where)]
    return [[*_of_webhook(*webhook), *status] for webhook in found]


def _arms_of_types(session: Session, where: EventFilter, span: Span) -> Sequence[Arm]:
    found = occurring.types(session, where, span, _MOST_ARMS + 1)
    if len(found) > _MOST_ARMS:
        # Types by the hundred are those of a wide span: the newest events are of it soon enough.
        wide = _arms(session, replace(where, event_type=None))
        return [[*arm, span.holds(_type)] for arm in wide]
    rest = _conditions(EventFilter(status=where.status, external_event_id=where.external_event_id))
    return [
        [*_of_webhook(namespace, webhook), type_coerce(_type, Text) == literal(kind, Text), *rest]
        for namespace, webhook, kind in found
    ]


def _arms_of_search(session: Session, where: EventFilter, search: str) -> Sequence[Arm]:
    """Events whose type begins so, and the others whose external id does or which have that id."""
    begins = Span.beginning(search)
    span = begins & Span.of_type(where.event_type) if where.event_type else begins
    by_type = _arms_of_types(session, where, span)
    few = session.exec(
        select(_id).where(begins.holds(_external)).order_by(_external).limit(_FEW + 1)
    ).all()
    named = [duplicates.resolve(session, search)] if is_event_id(search) else []
    others = not_(begins.holds(_type))
    if len(few) <= _FEW:
        return [*by_type, [_id.in_([*few, *named]), others, *_conditions(where)]]
    matches = or_(begins.holds(_external), _id.in_(named))
    return [*by_type, *([*arm, matches, others] for arm in _arms(session, where))]


def _of_webhook(namespace: str, webhook: str) -> Arm:
    return [col(EventRow.namespace) == namespace, col(EventRow.webhook) == webhook]


def _conditions(where: EventFilter) -> Arm:
    """The filter as it is, without times and search."""
    wanted = {
        EventRow.direction: where.direction,
        EventRow.namespace: where.namespace,
        EventRow.webhook: where.webhook,
        EventRow.status: where.status,
    }
    conditions = [col(column) == value for column, value in wanted.items() if value is not None]
    if where.event_type is not None:
        conditions.append(Span.of_type(where.event_type).holds(_type))
    if where.external_event_id is not None:
        conditions.append(Span.one(where.external_event_id).holds(_external))
    return conditions
