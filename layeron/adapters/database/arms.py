"""Filters as *arms*: a few index ranges that are read newest first, however many events there are.

An arm fixes the leading columns of one index, so that the database reads it in the order of ids,
and merges several without a sort. A filter that leaves such a column open (no webhook, a group of
types) is spread over the values that occur. No event is in two arms.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import TypeAlias

from sqlalchemy import ColumnElement, Text, literal, type_coerce, union_all
from sqlmodel import Session, col, select

from layeron.adapters.database import occurring
from layeron.adapters.database.span import Span
from layeron.adapters.database.tables import EventRow
from layeron.identity import event_id_floor
from layeron.records import EventFilter

Conditions: TypeAlias = Sequence[ColumnElement[bool]]

_MOST = 200
_EPOCH = datetime.fromtimestamp(0, UTC)


def newest(
    session: Session, arms: Sequence[Conditions], bounds: Conditions, limit: int
) -> list[str]:
    """The newest ids within bounds that are in one of the arms."""
    if not arms:
        return []
    # Each arm ends for itself: PostgreSQL does not merge arms that go on.
    ends = [
        select(EventRow.id).where(*arm, *bounds).order_by(col(EventRow.id).desc()).limit(limit)
        for arm in arms
    ]
    found = union_all(*(select(end.subquery().c.id) for end in ends)).subquery()
    return list(session.exec(select(found.c.id).order_by(found.c.id.desc()).limit(limit)))


def bounds_of(where: EventFilter, cursor: str | None) -> Conditions:
    """Times and cursors are bounds of the id, which every index ends with."""
    bounds: list[ColumnElement[bool]] = []
    if where.since is not None:
        bounds.append(col(EventRow.id) >= event_id_floor(max(where.since, _EPOCH)))
    if where.until is not None:
        bounds.append(col(EventRow.id) < event_id_floor(max(where.until, _EPOCH)))
    if cursor is not None:
        bounds.append(col(EventRow.id) < cursor)
    return bounds


def arms_of(session: Session, where: EventFilter) -> Sequence[Conditions]:
    """The arms of a filter; its times and its search are left to the caller."""
    if where.external_event_id is not None:
        return [conditions_of(where)]
    if where.event_type is not None:
        return arms_of_types(session, where, Span.of_type(where.event_type))
    rest = conditions_of(EventFilter(status=where.status))
    if where.direction is None and where.namespace is None and where.webhook is None:
        return [rest]
    found = occurring.webhooks(session, where, _MOST + 1)
    if len(found) > _MOST:
        return [conditions_of(where)]
    return [[*_of_webhook(namespace, webhook), *rest] for namespace, webhook in found]


def arms_of_types(session: Session, where: EventFilter, span: Span) -> Sequence[Conditions]:
    """The arms of a filter and a span of types, which takes the place of the filter's own."""
    found = occurring.types(session, where, span, _MOST + 1)
    if len(found) > _MOST:
        # Types by the hundred are those of a wide span: the newest events are of it soon enough.
        wide = arms_of(session, replace(where, event_type=None))
        return [[*arm, span.seen_in(col(EventRow.event_type))] for arm in wide]
    rest = conditions_of(
        EventFilter(status=where.status, external_event_id=where.external_event_id)
    )
    stored = type_coerce(col(EventRow.event_type), Text)
    return [
        [*_of_webhook(namespace, webhook), stored == literal(kind, Text), *rest]
        for namespace, webhook, kind in found
    ]


def conditions_of(where: EventFilter) -> Conditions:
    """A filter as it is, without its times and its search."""
    wanted = {
        EventRow.direction: where.direction,
        EventRow.namespace: where.namespace,
        EventRow.webhook: where.webhook,
        EventRow.status: where.status,
    }
    conditions = [col(column) == value for column, value in wanted.items() if value is not None]
    if where.event_type is not None:
        conditions.append(Span.of_type(where.event_type).found_in(col(EventRow.event_type)))
    if where.external_event_id is not None:
        external_id = Span.one(where.external_event_id)
        conditions.append(external_id.found_in(col(EventRow.external_event_key)))
    return conditions


def _of_webhook(namespace: str, webhook: str) -> Conditions:
    return [col(EventRow.namespace) == namespace, col(EventRow.webhook) == webhook]
