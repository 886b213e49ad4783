"""Deliveries on record: put there, read, listed, and the status of their event that follows."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import bindparam
from sqlmodel import Session, col, select

from layeron.adapters.database.paging import read_page
from layeron.adapters.database.parts import in_parts
from layeron.adapters.database.sending_tables import DeliveryRow
from layeron.adapters.database.tables import EventRow, ReplayRow
from layeron.identity import is_event_id, replay_workflow_id
from layeron.outbound.records import ENDED, DeliveryPage, EndpointRecord, OutboundEvent
from layeron.ports.deliveries import Waiting
from layeron.records import DeliveryRecord, DeliveryStatus, EventStatus

# Built once: every attempt asks for them.
_SOME = select(DeliveryRow).where(
    DeliveryRow.event_id == bindparam("event_id"),
    col(DeliveryRow.endpoint_id).in_(bindparam("ids", expanding=True)),
)
_STATUSES = (
    select(DeliveryRow.status, DeliveryRow.replay)
    .where(DeliveryRow.event_id == bindparam("event_id"))
    .group_by(col(DeliveryRow.status), col(DeliveryRow.replay))
)


_OPEN: tuple[DeliveryStatus, ...] = ("queued", "retrying")


def rows_of(session: Session, event_id: str, endpoint_ids: Sequence[str]) -> dict[str, DeliveryRow]:
    """The deliveries of an event to some endpoints, by endpoint."""
    return {
        row.endpoint_id: row
        for part in in_parts(endpoint_ids)
        for row in session.scalars(_SOME, {"event_id": event_id, "ids": list(part)})
    }


def put_on_record(
    session: Session, event: OutboundEvent, known: Mapping[str, EndpointRecord], at: datetime
) -> dict[str, DeliveryRow]:
    """Queue an event's deliveries that are not on record, and those that it sends once more.

    Args:
        session: which holds the event's row locked.
        event: what is sent.
        known: endpoints by id, to name them.
        at: now.
    """
    rows = rows_of(session, event.event_id, event.endpoints)
    for endpoint_id in event.endpoints:
        row = rows.get(endpoint_id)
        if row is None:
            row = rows[endpoint_id] = DeliveryRow(
                event_id=event.event_id,
                endpoint_id=endpoint_id,
                endpoint=known[endpoint_id].name if endpoint_id in known else endpoint_id,
                status="queued",
                replay=event.replay,
                number=0,
                attempt_count=0,
                updated_at=at,
            )
            session.add(row)
        elif row.replay < event.replay:
            row.status, row.replay, row.number = "queued", event.replay, 0
            row.next_attempt_at, row.updated_at = None, at
    return rows


def set_event_status(
    session: Session, event: OutboundEvent, row: EventRow, *, at: datetime, begun: int | None = None
) -> None:
    """Give an event, and the replay that it is, the status that follows from the deliveries.

    Args:
        session: which holds the event's row locked.
        event: what is sent.
        row: its record.
        at: now.
        begun: how many attempts start now; None when some ended.
    """
    # What begins decides alone.
    found = () if begun else session.exec(_STATUSES, params={"event_id": event.event_id}).all()
    status = _status_of({status for status, _ in found}, row.status, begun)
    row.status, row.updated_at = status, max(at, row.updated_at)
    if status == "succeeded":
        row.last_error = None
    if event.replay and (replay := session.get(ReplayRow, (event.event_id, event.replay))):
        own = {status for status, number in found if number == event.replay}
        if own or not found:
            replay.status = _status_of(own, replay.status, begun)


def list_page(
    session: Session,
    endpoint_id: str,
    *,
    status: DeliveryStatus | None,
    limit: int,
    cursor: str | None,
) -> DeliveryPage:
    """See `DeliveryStore.list`."""
    statement = select(DeliveryRow).where(DeliveryRow.endpoint_id == endpoint_id)
    if status is not None:
        statement = statement.where(DeliveryRow.status == status)
    rows, next_cursor = read_page(
        session, statement, key="event_id", is_key=is_event_id, limit=limit, cursor=cursor
    )
    return DeliveryPage([_record(row) for row in rows], next_cursor)


def waiting(session: Session, endpoint_id: str, *, after: str, limit: int) -> list[Waiting]:
    """See `DeliveryStore.waiting`."""
    statement = (
        select(DeliveryRow.event_id, DeliveryRow.replay, EventRow.workflow_id)
        .join(EventRow, col(EventRow.id) == col(DeliveryRow.event_id))
        .where(
            DeliveryRow.endpoint_id == endpoint_id,
            col(DeliveryRow.status).in_(_OPEN),
            DeliveryRow.event_id > after,
        )
        .order_by(col(DeliveryRow.event_id))
        .limit(limit)
    )
    return [
        Waiting(
            event_id, replay, replay_workflow_id(workflow_id, replay) if replay else workflow_id
        )
        for event_id, replay, workflow_id in session.exec(statement)
    ]


def of_event(session: Session, event_id: str) -> list[DeliveryRecord]:
    """An event's deliveries, in the order of the names of their endpoints."""
    statement = (
        select(DeliveryRow)
        .where(DeliveryRow.event_id == event_id)
        .order_by(col(DeliveryRow.endpoint), col(DeliveryRow.endpoint_id))
    )
    return [_record(row) for row in session.exec(statement)]


def _status_of(statuses: Collection[str], before: EventStatus, begun: int | None) -> EventStatus:
    if begun:
        return "processing"
    if not ENDED.issuperset(statuses):
        # While nothing begins or ends, what is under way goes on.
        return before if begun == 0 and before in {"accepted", "processing"} else "retrying"
    if not statuses:
        return "unhandled"
    if "dead_letter" in statuses:
        return "dead_letter"
    return "held" if "held" in statuses else "succeeded"


def _record(row: DeliveryRow) -> DeliveryRecord:
    return DeliveryRecord(
        event_id=row.event_id,
        endpoint_id=row.endpoint_id,
        endpoint=row.endpoint,
        status=row.status,
        attempt_count=row.attempt_count,
        replay=row.replay,
        updated_at=row.updated_at,
        next_attempt_at=row.next_attempt_at,
        last_error=row.last_error,
    )
