"""Event records: put on record once, locked for a change, read whole."""

from collections.abc import Sequence

from sqlalchemy import bindparam, func
from sqlmodel import Session, col, select

from layeron.adapters.database import duplicates
from layeron.adapters.database.tables import (
    AttemptRow,
    DuplicateCountRow,
    EventRow,
    ReplayRow,
    WebhookRow,
)
from layeron.adapters.database.upsert import insert_if_new
from layeron.errors import NotFoundError
from layeron.identity import attempt_id
from layeron.records import (
    AttemptRecord,
    BodyReference,
    EventRecord,
    EventStatus,
    InboundEvent,
    ReplayRecord,
)
from layeron.text import printable

# Built once: every attempt asks for its event's row, twice.
_LOCKED = select(EventRow).where(EventRow.id == bindparam("event_id")).with_for_update()


def lock(session: Session, event_id: str) -> EventRow | None:
    """The row of an event, which other transactions leave alone until this one ends."""
    return session.scalars(_LOCKED, {"event_id": event_id}).first()


def put_on_record(session: Session, event: InboundEvent, status: EventStatus) -> EventRow:
    """Insert an event, unless another transaction does at this moment, and lock it."""
    owner = {"namespace": event.namespace, "name": event.webhook, "direction": "inbound"}
    insert_if_new(session, WebhookRow, owner)
    insert_if_new(
        session,
        EventRow,
        {
            "id": event.event_id,
            "direction": "inbound",
            "namespace": event.namespace,
            "webhook": event.webhook,
            "provider": event.provider,
            "event_type": event.event_type,
            "external_event_id": event.external_event_id,
            "external_event_key": event.external_event_id,
            "status": status,
            "signature_status": event.signature_status,
            "signature_secret": event.signature_secret,
            "received_at": event.received_at,
            "updated_at": event.received_at,
            "method": event.method,
            "url": event.url,
            "headers": event.headers,
            "body_name": event.body.name,
            "body_size": event.body.size,
            "body_sha256": event.body.sha256,
            "dedupe_key": event.dedupe_key,
            "workflow_id": event.workflow_id,
            "attempt_count": 0,
            "replay_count": event.replay,
        },
    )
    return session.scalars(_LOCKED, {"event_id": event.event_id}).one()


def find(session: Session, event_id: str) -> EventRecord:
    """The whole record of an event.

    Raises:
        NotFoundError: there is none.
    """
    found = read(session, [duplicates.resolve(session, event_id)])
    if not found:
        raise NotFoundError(f"there is no event {printable(event_id)}.")
    (record,) = found
    attempts = session.exec(
        select(AttemptRow)
        .where(AttemptRow.event_id == record.id)
        .order_by(col(AttemptRow.started_at), col(AttemptRow.replay), col(AttemptRow.number))
    )
    replays = session.exec(
        select(ReplayRow).where(ReplayRow.event_id == record.id).order_by(col(ReplayRow.number))
    )
    record.attempts.extend(map(_attempt, attempts))
    record.replays.extend(map(replay_record, replays))
    return record


def read(session: Session, event_ids: Sequence[str]) -> list[EventRecord]:
    """The records with these ids, newest first, without attempts and replays."""
    counts = DuplicateCountRow
    statement = (
        select(
            EventRow,
            func.coalesce(counts.count, 0),
            func.coalesce(counts.conflicts, 0),
        )
        .join(counts, col(counts.event_id) == col(EventRow.id), isouter=True)
        .where(col(EventRow.id).in_(event_ids))
        .order_by(col(EventRow.id).desc())
    )
    return [_record(*found) for found in session.exec(statement)]


def replay_record(row: ReplayRow) -> ReplayRecord:
    """A replay as it leaves the database."""
    return ReplayRecord(
        event_id=row.event_id,
        number=row.number,
        requested_at=row.requested_at,
        requested_by=row.requested_by,
        reason=row.reason,
        workflow_id=row.workflow_id,
        status=row.status,
    )


def _record(row: EventRow, repeats: int, conflicts: int) -> EventRecord:
    return EventRecord(
        id=row.id,
        direction=row.direction,
        namespace=row.namespace,
        webhook=row.webhook,
        provider=row.provider,
        event_type=row.event_type,
        external_event_id=row.external_event_id,
        status=row.status,
        signature_status=row.signature_status,
        received_at=row.received_at,
        updated_at=row.updated_at,
        method=row.method,
        url=row.url,
        headers=[(name, value) for name, value in row.headers],
        body=BodyReference(row.body_name, row.body_size, row.body_sha256),
        dedupe_key=row.dedupe_key,
        workflow_id=row.workflow_id,
        run_id=row.run_id,
        signature_secret=row.signature_secret,
        last_error=row.last_error,
        attempt_count=row.attempt_count,
        replay_count=row.replay_count,
        duplicates=repeats,
        conflicts=conflicts,
    )


def _attempt(row: AttemptRow) -> AttemptRecord:
    return AttemptRecord(
        id=attempt_id(row.event_id, row.replay, row.number),
        event_id=row.event_id,
        replay=row.replay,
        number=row.number,
        outcome=row.outcome,
        started_at=row.started_at,
        ended_at=row.ended_at,
        error=row.error,
        error_trace=row.error_trace,
        logs=row.logs,
        note=row.note,
    )
