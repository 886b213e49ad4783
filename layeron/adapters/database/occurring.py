"""Which webhooks and which types of events occur, found by leaps through an index."""

from sqlalchemy import ColumnElement, ScalarSelect, Text, literal, type_coerce
from sqlalchemy import select as core_select
from sqlmodel import Session, col, select

from layeron.adapters.database.span import Span
from layeron.adapters.database.tables import EventRow, WebhookRow
from layeron.records import EventFilter

_type = type_coerce(col(EventRow.event_type), Text)


def webhooks(session: Session, where: EventFilter, limit: int) -> list[tuple[str, str]]:
    """Namespace and name of the webhooks that a filter allows."""
    statement = select(WebhookRow.namespace, WebhookRow.name).where(*_allowed(where)).limit(limit)
    return [(namespace, name) for namespace, name in session.exec(statement)]


def types(
    session: Session, where: EventFilter, span: Span, limit: int
) -> list[tuple[str, str, str]]:
    """Namespace, webhook and stored type of the events in a span of types.

    The database leaps from each type to the next: it reads one index entry for each.
    """
    first, last = literal(span.first, Text), literal(span.last, Text)
    start = core_select(
        col(WebhookRow.namespace),
        col(WebhookRow.name),
        _least(
            col(EventRow.namespace) == col(WebhookRow.namespace),
            col(EventRow.webhook) == col(WebhookRow.name),
            _type >= first,
            _type <= last,
        ).label("event_type"),
    ).where(*_allowed(where))
    found = start.cte("found", recursive=True)
    following = _least(
        col(EventRow.namespace) == found.c.namespace,
        col(EventRow.webhook) == found.c.name,
        # SQLite leaps by one lower bound only, so this must be the only one.
        _type > found.c.event_type,
        _type <= last,
    )
    found = found.union_all(
        core_select(found.c.namespace, found.c.name, following).where(
            found.c.event_type.is_not(None)
        )
    )
    statement = (
        select(found.c.namespace, found.c.name, found.c.event_type)
        .where(found.c.event_type.is_not(None))
        .limit(limit)
    )
    return [(namespace, name, kind) for namespace, name, kind in session.exec(statement)]


def _least(*conditions: ColumnElement[bool]) -> ScalarSelect[str]:
    """The first type of the events that fulfil conditions."""
    return core_select(_type).where(*conditions).order_by(_type).limit(1).scalar_subquery()


def _allowed(where: EventFilter) -> list[ColumnElement[bool]]:
    wanted = {
        WebhookRow.namespace: where.namespace,
        WebhookRow.name: where.webhook,
        WebhookRow.direction: where.direction,
    }
    return [col(column) == value for column, value in wanted.items() if value is not None]
