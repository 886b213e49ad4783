"""Replays put on record before they are started."""

from datetime import datetime

from sqlmodel import Session, select

from layeron.adapters.database import duplicates, events
from layeron.adapters.database.tables import ReplayRow
from layeron.errors import NotFoundError
from layeron.identity import replay_workflow_id
from layeron.records import ReplayRecord
from layeron.text import printable


def add(
    session: Session,
    event_id: str,
    *,
    requested_by: str,
    reason: str | None,
    at: datetime,
    bulk_id: str | None,
) -> ReplayRecord:
    """See `RecordStore.add_replay`."""
    event = events.lock(session, duplicates.resolve(session, event_id))
    if event is None:
        raise NotFoundError(f"there is no event {printable(event_id)}.")
    if bulk_id is not None:
        same = (ReplayRow.event_id == event.id, ReplayRow.bulk_id == bulk_id)
        if (asked := session.exec(select(ReplayRow).where(*same)).one_or_none()) is not None:
            return events.replay_record(asked)
    event.replay_count += 1
    replay = ReplayRow(
        event_id=event.id,
        number=event.replay_count,
        requested_at=at,
        requested_by=requested_by,
        reason=reason,
        workflow_id=replay_workflow_id(event.workflow_id, event.replay_count),
        status="accepted",
        bulk_id=bulk_id,
    )
    session.add(replay)
    return events.replay_record(replay)


def fail(session: Session, event_id: str, number: int) -> None:
    """See `RecordStore.fail_replay`; one that got going all the same keeps its status."""
    replay = session.get(ReplayRow, (duplicates.resolve(session, event_id), number))
    if replay is not None and replay.status == "accepted":
        replay.status = "failed"
