"""Filters as *arms*: a few index ranges that are read newest first, however many events there are.

An arm fixes the leading columns of one index, so that the database reads it in the order of ids,
and merges several without a sort. A filter that leaves such a column open (no webhook, a group of
types) is spread over the values that occur. No event is in two arms.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TypeAlias

from sqlalchemy import ColumnElement, Text, literal, type_coerce, union_all
from sqlmodel import Session, col, select

from layeron.adapters.database import occurring
from layeron.adapters.database.span import Span, seen
from layeron.adapters.database.tables import EventRow
from layeron.identity import event_id_floor
from layeron.records import EventFilter

Conditions: TypeAlias = Sequence[ColumnElement[bool]]

_MOST = 200
_FEW = 2_000
_EPOCH = datetime.fromtimestamp(0, UTC)
_NOTHING = EventFilter()


@dataclass(frozen=True, slots=True)
class Arm:
    """A range of one index.

    Attributes:
        range: conditions that an index answers.
        rest: what else its events must fulfil.
        spans: columns whose texts must lie in a span besides.
        outside: columns whose texts must not.
    """

    range: Conditions
    rest: EventFilter = _NOTHING
    spans: Mapping[str, Span] = field(default_factory=dict[str, Span])
    outside: Mapping[str, Span] = field(default_factory=dict[str, Span])

    def rest_on(self, events: type[EventRow] = EventRow) -> Conditions:
        """What else its events must fulfil, out of reach of other indexes."""
        inside = [span.found_in(col(getattr(events, name))) for name, span in self.spans.items()]
        outside = [
            ~span.found_in(col(getattr(events, name))) for name, span in self.outside.items()
        ]
        return [seen(each) for each in (*conditions_of(self.rest, events), *inside, *outside)]


def newest(session: Session, arms: Sequence[Arm], bounds: Conditions, limit: int) -> list[str]:
    """The newest ids within bounds that are in one of the arms."""
    if not arms:
        return []
    # Each arm ends for itself: PostgreSQL does not merge arms that go on.
    ends = [
        select(EventRow.id)
        .where(*arm.range, *arm.rest_on(), *bounds)
        .order_by(col(EventRow.id).desc())
        .limit(limit)
        for arm in arms
    ]
    found = union_all(*(select(end.subquery().c.id) for end in ends)).subquery()
    return list(session.exec(select(found.c.id).order_by(found.c.id.desc()).limit(limit)))


def bounds_of(where: EventFilter, cursor: str | None = None) -> Conditions:
    """Times and cursors are bounds of the id, which every index ends with.

    There is one of each kind: of several, SQLite would leap to the first it is given.
    """
    bounds: list[ColumnElement[bool]] = []
    if where.since is not None:
        bounds.append(col(EventRow.id) >= event_id_floor(max(where.since, _EPOCH)))
    ends = [] if cursor is None else [cursor]
    if where.until is not None:
        ends.append(event_id_floor(max(where.until, _EPOCH)))
    if ends:
        bounds.append(col(EventRow.id) < min(ends))
    return bounds


def arms_of(session: Session, where: EventFilter) -> Sequence[Arm]:
    """The arms of a filter; its times and its search are left to the caller."""
    if where.external_event_id is not None:
        return [Arm(conditions_of(where))]
    if where.event_type is not None:
        return arms_of_types(session, where, Span.of_type(where.event_type))
    if (own := _arms_of_sent(session, where)) is not None:
        return own
    rest = conditions_of(EventFilter(status=where.status))
    if where.direction is None and where.namespace is None and where.webhook is None:
        return [Arm(rest)]
    found = occurring.webhooks(session, where, _MOST + 1)
    if len(found) > _MOST:
        return [Arm(conditions_of(where))]
    return [Arm([*_of_webhook(namespace, webhook), *rest]) for namespace, webhook in found]


def arms_of_types(session: Session, where: EventFilter, span: Span) -> Sequence[Arm]:
    """The arms of a filter and a span of types, which takes the place of the filter's own."""
    own = _arms_of_sent(session, where)
    if own is not None and _are_few(session, own):
        return [replace(arm, spans={"event_type": span}) for arm in own]
    allowed = where if own is None else _among_sent(where)
    found = occurring.types(session, allowed, span, _MOST + 1)
    if len(found) > _MOST:
        # Types by the hundred are those of a wide span: the newest events are of it soon enough.
        wide = arms_of(session, replace(where, event_type=None))
        return [replace(arm, spans={"event_type": span}) for arm in wide]
    fixed = EventFilter(status=where.status, external_event_id=where.external_event_id)
    stored = type_coerce(col(EventRow.event_type), Text)
    rest = EventFilter(user_id=where.user_id, http_status=where.http_status)
    return [
        Arm(
            [
                *_of_webhook(namespace, webhook),
                stored == literal(kind, Text),
                *conditions_of(fixed),
            ],
            rest,
        )
        for namespace, webhook, kind in found
    ]


def conditions_of(where: EventFilter, events: type[EventRow] = EventRow) -> Conditions:
    """A filter as it is, without its times and its search."""
    wanted = {
        "direction": where.direction,
        "namespace": where.namespace,
        "webhook": where.webhook,
        "status": where.status,
        "user_id": where.user_id,
        "last_http_status": where.http_status,
    }
    conditions = [
        col(getattr(events, name)) == value for name, value in wanted.items() if value is not None
    ]
    if where.event_type is not None:
        conditions.append(Span.of_type(where.event_type).found_in(col(events.event_type)))
    if where.external_event_id is not None:
        external_id = Span.one(where.external_event_id)
        conditions.append(external_id.found_in(col(events.external_event_key)))
    return conditions


def _arms_of_sent(session: Session, where: EventFilter) -> Sequence[Arm] | None:
    """The arms of a filter by what only events that are sent have; None if it has no such part."""
    user = EventFilter(user_id=where.user_id)
    answer = EventFilter(http_status=where.http_status)
    if where.user_id is None or where.http_status is None:
        leading = user if where.http_status is None else answer
        return None if leading == _NOTHING else _spread(session, where, leading)
    of_user = _spread(session, where, user, answer)
    return of_user if _are_few(session, of_user) else _spread(session, where, answer, user)


def _spread(
    session: Session, where: EventFilter, leading: EventFilter, rest: EventFilter = _NOTHING
) -> Sequence[Arm]:
    """Ranges of an index that begins with a column of its own, then webhook and status."""
    found = occurring.webhooks(session, _among_sent(where), _MOST + 1)
    if len(found) > _MOST:
        return [Arm(conditions_of(leading), replace(where, event_type=None))]
    status = conditions_of(EventFilter(status=where.status))
    first = conditions_of(leading)
    return [
        Arm([*first, *_of_webhook(namespace, webhook), *status], rest)
        for namespace, webhook in found
    ]


def _among_sent(where: EventFilter) -> EventFilter:
    return replace(where, direction=where.direction or "outbound")


def _are_few(session: Session, arms: Sequence[Arm]) -> bool:
    """Whether so few events are in the ranges of some arms that they can all be looked at."""
    return len(newest(session, [Arm(arm.range) for arm in arms], [], _FEW + 1)) <= _FEW


def _of_webhook(namespace: str, webhook: str) -> Conditions:
    return [col(EventRow.namespace) == namespace, col(EventRow.webhook) == webhook]
