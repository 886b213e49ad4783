"""Attempts to deliver on record: begun, interrupted, ended, and read again."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Executable, bindparam, delete, insert, update
from sqlmodel import Session, col, select

from layeron.adapters.database.columns import AnyText, UtcTime
from layeron.adapters.database.sending_tables import DeliveryAttemptRow, DeliveryRow
from layeron.adapters.database.upsert import dialect_of, insert_for
from layeron.identity import delivery_attempt_id
from layeron.outbound.records import DeliveryReport, OutboundEvent
from layeron.ports.deliveries import Due
from layeron.records import AttemptOutcome, AttemptRecord

# These statements are built once and take many attempts at a time: as objects of their own the
# attempts would cost several times as much.
_START = insert(DeliveryAttemptRow).values(outcome="running", response_headers=[])
_INTERRUPT = (
    update(DeliveryAttemptRow)
    .where(
        col(DeliveryAttemptRow.event_id) == bindparam("event"),
        col(DeliveryAttemptRow.endpoint_id).in_(bindparam("ids", expanding=True)),
        col(DeliveryAttemptRow.replay) <= bindparam("sending"),
        col(DeliveryAttemptRow.outcome) == "running",
    )
    .values(
        outcome="interrupted",
        ended_at=bindparam("at", type_=UtcTime),
        note=bindparam("why", type_=AnyText),
    )
)

_OUTCOMES = select(
    DeliveryAttemptRow.endpoint_id, DeliveryAttemptRow.number, DeliveryAttemptRow.outcome
).where(
    DeliveryAttemptRow.event_id == bindparam("event_id"),
    DeliveryAttemptRow.replay == bindparam("replay"),
    col(DeliveryAttemptRow.endpoint_id).in_(bindparam("ids", expanding=True)),
    col(DeliveryAttemptRow.number).in_(bindparam("numbers", expanding=True)),
)
_FORGET = delete(DeliveryAttemptRow).where(
    col(DeliveryAttemptRow.event_id) == bindparam("event"),
    col(DeliveryAttemptRow.endpoint_id) == bindparam("endpoint"),
    col(DeliveryAttemptRow.replay) == bindparam("sending"),
    col(DeliveryAttemptRow.number) == bindparam("attempt"),
)
_KEY = ("event_id", "endpoint_id", "replay", "number")


def start(session: Session, event: OutboundEvent, begun: Iterable[Due], at: datetime) -> None:
    """Put attempts on record as running."""
    attempts = [
        {
            "event_id": event.event_id,
            "endpoint_id": each.endpoint.id,
            "replay": event.replay,
            "number": each.number,
            "started_at": at,
        }
        for each in begun
    ]
    if attempts:
        session.connection().execute(_START, attempts)


def interrupt(
    session: Session, event: OutboundEvent, endpoints: Sequence[str], at: datetime, why: str
) -> None:
    """End attempts of this sending and of earlier ones that are still on record as running.

    An earlier sending begins no more attempts once a later one has begun. One of its attempts that
    is under way all the same can still write: its report takes the place of ``interrupted``, and
    leaves the delivery to the later sending. So what stays so are attempts whose worker died, and
    whose workflow was terminated, so that nobody else would ever end them.
    """
    values = {
        "event": event.event_id,
        "ids": list(endpoints),
        "sending": event.replay,
        "at": at,
        "why": why,
    }
    session.connection().execute(_INTERRUPT, values)


def outcomes_of(
    session: Session, event: OutboundEvent, reports: Iterable[DeliveryReport]
) -> Mapping[tuple[str, int], str]:
    """What is on record of the attempts that are reported."""
    wanted = {
        "event_id": event.event_id,
        "replay": event.replay,
        "ids": [each.endpoint_id for each in reports],
        "numbers": list({each.number for each in reports}),
    }
    found = session.exec(_OUTCOMES, params=wanted)
    return {(endpoint_id, number): outcome for endpoint_id, number, outcome in found}


def write(session: Session, event: OutboundEvent, reports: Iterable[DeliveryReport]) -> None:
    """Put on record how attempts ended, whether or not their beginning is."""
    if values := [_values(event, each) for each in reports]:
        session.connection().execute(_put(dialect_of(session)), values)


def forget(session: Session, event: OutboundEvent, report: DeliveryReport) -> None:
    """Take an attempt off the record."""
    wanted = {
        "event": event.event_id,
        "endpoint": report.endpoint_id,
        "sending": event.replay,
        "attempt": report.number,
    }
    session.connection().execute(_FORGET, wanted)


def of_event(session: Session, event_id: str) -> list[AttemptRecord]:
    """All attempts to deliver an event, oldest first."""
    statement = (
        select(DeliveryAttemptRow, DeliveryRow.endpoint)
        .join(
            DeliveryRow,
            (col(DeliveryRow.event_id) == col(DeliveryAttemptRow.event_id))
            & (col(DeliveryRow.endpoint_id) == col(DeliveryAttemptRow.endpoint_id)),
        )
        .where(DeliveryAttemptRow.event_id == event_id)
        .order_by(
            col(DeliveryAttemptRow.started_at),
            col(DeliveryRow.endpoint),
            col(DeliveryAttemptRow.endpoint_id),
            col(DeliveryAttemptRow.replay),
            col(DeliveryAttemptRow.number),
        )
    )
    return [_record(row, endpoint) for row, endpoint in session.exec(statement)]


@cache
def _put(dialect: str) -> Executable:
    addition = insert_for(dialect, DeliveryAttemptRow)
    reported = {
        name: addition.excluded[name]
        for name in DeliveryAttemptRow.model_fields
        if name not in _KEY
    }
    return addition.on_conflict_do_update(index_elements=_KEY, set_=reported)


def _values(event: OutboundEvent, report: DeliveryReport) -> dict[str, Any]:
    return {
        "event_id": event.event_id,
        "endpoint_id": report.endpoint_id,
        "replay": event.replay,
        "number": report.number,
        "outcome": _outcome(report),
        "started_at": report.started_at,
        "ended_at": report.ended_at,
        "failure": report.failure,
        "error": report.error,
        "http_status": report.http_status,
        "response_headers": report.response_headers,
        "response_excerpt": report.response_excerpt,
        "address": report.address,
        "connect_seconds": report.connect_seconds,
        "note": None,  # its worker may have been taken for dead
    }


def _outcome(report: DeliveryReport) -> AttemptOutcome:
    if report.status == "succeeded":
        return "succeeded"
    return "timed_out" if report.failure == "timeout" else "failed"


def _record(row: DeliveryAttemptRow, endpoint: str) -> AttemptRecord:
    return AttemptRecord(
        id=delivery_attempt_id(row.event_id, row.endpoint_id, row.replay, row.number),
        event_id=row.event_id,
        replay=row.replay,
        number=row.number,
        outcome=row.outcome,
        started_at=row.started_at,
        ended_at=row.ended_at,
        error=row.error,
        note=row.note,
        endpoint=endpoint,
        endpoint_id=row.endpoint_id,
        failure=row.failure,
        http_status=row.http_status,
        response_headers=[(name, value) for name, value in row.response_headers],
        response_excerpt=row.response_excerpt,
        address=row.address,
        connect_seconds=row.connect_seconds,
    )
