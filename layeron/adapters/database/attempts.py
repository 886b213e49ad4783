"""Attempts: begun, ended, exhausted, and the status of the event that follows."""

import json
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam
from sqlmodel import Session, col, select

from layeron.adapters.database import duplicates, events, recording
from layeron.adapters.database.tables import AttemptRow, EventRow, ReplayRow
from layeron.ports.records import AlreadySettled, BeginResult, Begun, DuplicateOf
from layeron.records import AttemptReport, EventStatus, InboundEvent

_LONGEST_ANSWER = 256 * 2**10

_UNSEEN = "this attempt could not be put on record while it ran"

_HANDLING = (
    select(AttemptRow)
    .where(AttemptRow.event_id == bindparam("event_id"), AttemptRow.replay == bindparam("replay"))
    .order_by(col(AttemptRow.number))
)


def begin(
    session: Session, event: InboundEvent, *, number: int, run_id: str, at: datetime
) -> BeginResult:
    """See `RecordStore.begin_attempt`."""
    row = events.lock(session, event.event_id)
    if row is None:
        if first := _event_repeated_by(session, event, at):
            return DuplicateOf(first)
        row = recording.put_on_record(session, event, "processing")
    handling = _handling(session, event)
    if (settled := _settled(handling)) is not None:
        return AlreadySettled(row.status, settled.answer)
    for earlier in range(1, number):
        if earlier not in handling:
            unseen = AttemptRow(
                **_key(event, earlier),
                outcome="interrupted",
                started_at=at,
                ended_at=at,
                note=_UNSEEN,
            )
            _add(session, row, unseen)
        else:
            _interrupt(handling[earlier], at)
    attempt = handling.get(number)
    if attempt is None:
        _add(session, row, AttemptRow(**_key(event, number), outcome="running", started_at=at))
    elif attempt.outcome != "running":
        attempt.outcome, attempt.started_at, attempt.ended_at = "running", at, None
        attempt.error = attempt.error_trace = attempt.note = None
    row.run_id = run_id
    _set_status(session, event, row, "processing", at)
    return Begun()


def finish(session: Session, event: InboundEvent, report: AttemptReport) -> None:
    """See `RecordStore.finish_attempt`."""
    row = events.lock(session, event.event_id) or _record_late(session, event, report.status)
    handling = _handling(session, event)
    settled = _settled(handling)
    attempt = handling.get(report.number)
    if attempt is None:
        attempt = AttemptRow(
            **_key(event, report.number), outcome=report.outcome, started_at=report.started_at
        )
        _add(session, row, attempt)
    elif attempt is settled and report.outcome != "succeeded":
        return  # said of an attempt whose success is on record: whoever says it had not heard
    attempt.outcome = report.outcome
    attempt.started_at, attempt.ended_at = report.started_at, report.ended_at
    attempt.error, attempt.error_trace = report.error, report.error_trace
    attempt.logs, attempt.note = report.logs, report.note
    attempt.answer = _bounded_answer(report)
    is_late = report.number < max(handling, default=0)
    if report.outcome == "succeeded" or (settled is None and not is_late):
        row.last_error = report.error
        _set_status(session, event, row, report.status, report.ended_at)


def exhaust(
    session: Session, event: InboundEvent, *, status: EventStatus, error: str, at: datetime
) -> None:
    """See `RecordStore.mark_exhausted`."""
    if duplicates.resolve(session, event.event_id) != event.event_id:
        return  # a repeat: the event it repeats has a status of its own
    row = events.lock(session, event.event_id) or _record_late(session, event, status)
    handling = _handling(session, event)
    for attempt in handling.values():
        _interrupt(attempt, at)
    if _settled(handling) is not None:
        return
    if row.status == "succeeded":
        _set_replay_status(session, event, status)
        return
    row.last_error = error
    _set_status(session, event, row, status, at)


def _event_repeated_by(session: Session, event: InboundEvent, at: datetime) -> str | None:
    """The id of the event that this one turns out to repeat; it is counted there, once."""
    first = duplicates.resolve(session, event.event_id)
    if first != event.event_id:
        return first
    holder = duplicates.take_key(session, event)
    if holder is not None and duplicates.make_alias(session, event.event_id, holder):
        original = session.get(EventRow, holder)
        conflict = original is not None and original.body_sha256 != event.body.sha256
        duplicates.count(session, holder, conflicts=int(conflict), at=at)
    return holder


def _record_late(session: Session, event: InboundEvent, status: EventStatus) -> EventRow:
    """Record an event whose handling went on without a record; its key, if nobody else has it."""
    duplicates.take_key(session, event)
    return recording.put_on_record(session, event, status)


def _key(event: InboundEvent, number: int) -> dict[str, Any]:
    return {"event_id": event.event_id, "replay": event.replay, "number": number}


def _handling(session: Session, event: InboundEvent) -> dict[int, AttemptRow]:
    """The attempts of this handling by number."""
    found = session.scalars(_HANDLING, {"event_id": event.event_id, "replay": event.replay})
    return {attempt.number: attempt for attempt in found}


def _settled(handling: dict[int, AttemptRow]) -> AttemptRow | None:
    """The attempt that handled the event; an unhandled event's attempt succeeds as well."""
    return next((each for each in handling.values() if each.outcome == "succeeded"), None)


def _add(session: Session, row: EventRow, attempt: AttemptRow) -> None:
    session.add(attempt)
    row.attempt_count += 1


def _interrupt(attempt: AttemptRow, at: datetime) -> None:
    if attempt.outcome == "running":
        attempt.outcome, attempt.ended_at, attempt.note = "interrupted", at, recording.DIED


def _set_status(
    session: Session, event: InboundEvent, row: EventRow, status: EventStatus, at: datetime
) -> None:
    row.status, row.updated_at = status, at
    _set_replay_status(session, event, status)


def _set_replay_status(session: Session, event: InboundEvent, status: EventStatus) -> None:
    if event.replay and (replay := session.get(ReplayRow, (event.event_id, event.replay))):
        replay.status = status


def _bounded_answer(report: AttemptReport) -> Any:
    """The answer of a successful attempt, unless it is too large to keep."""
    if report.outcome != "succeeded" or len(json.dumps(report.response)) > _LONGEST_ANSWER:
        return None
    return report.response
