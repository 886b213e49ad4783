"""Event records: locked for a change, read whole."""

from collections.abc import Sequence

from sqlalchemy import bindparam, func
from sqlmodel import Session, col, select

from layeron.adapters.database import deliveries, delivery_attempts, duplicates
from layeron.adapters.database.tables import AttemptRow, DuplicateCountRow, EventRow, ReplayRow
from layeron.errors import NotFoundError
from layeron.identity import attempt_id
from layeron.records import (
    AttemptRecord,
    BodyReference,
    EventRecord,
    ReplayRecord,
)
from layeron.text import printable

# Built once: every attempt asks for its event's row, twice.
_LOCKED = select(EventRow).where(EventRow.id == bindparam("event_id")).with_for_update()


def lock(session: Session, event_id: str) -> EventRow | None:
    """The row of an event, which other transactions leave alone until this one ends."""
    return session.scalars(_LOCKED, {"event_id": event_id}).first()


def find(session: Session, event_id: str) -> EventRecord:
    """The whole record of an event.

    Raises:
        NotFoundError: there is none.
    """
    found = read(session, [duplicates.resolve(session, event_id)])
    if not found:
        raise NotFoundError(f"there is no event {printable(event_id)}.")
    (record,) = found
    replays = session.exec(
        select(ReplayRow).where(ReplayRow.event_id == record.id).order_by(col(ReplayRow.number))
    )
    record.replays.extend(map(replay_record, replays))
    if record.direction == "outbound":
        record.deliveries.extend(deliveries.of_event(session, record.id))
        record.attempts.extend(delivery_attempts.of_event(session, record.id))
        return record
    attempts = session.exec(
        select(AttemptRow)
        .where(AttemptRow.event_id == record.id)
        .order_by(col(AttemptRow.started_at), col(AttemptRow.replay), col(AttemptRow.number))
    )
    record.attempts.extend(map(_attempt, attempts))
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
        bulk_id=row.bulk_id,
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
        user_id=row.user_id,
        last_http_status=row.last_http_status,
        body_erased_at=row.body_erased_at,
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
