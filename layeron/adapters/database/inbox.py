"""Events that wait for the engine: in which order, whose turn it is, and what became of them."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, TypeAlias

from sqlalchemy import delete, func, or_, text, update
from sqlmodel import Session, col, select

from layeron.adapters.database import duplicates
from layeron.adapters.database.inbox_table import InboxRow
from layeron.adapters.database.locks import hold
from layeron.adapters.database.upsert import insert_if_new
from layeron.identity import event_id_floor, received_at
from layeron.outbound.records import OutboundEvent
from layeron.ports.engine import Duplicate
from layeron.ports.inbox import Pending, Settled, Waiting
from layeron.records import Direction, InboundEvent
from layeron.wire import from_json, to_json

Arrival: TypeAlias = tuple[InboundEvent | OutboundEvent, bytes | None]
"""An event and its bytes, unless the store of bodies has them."""

_HOLDING = 10
"""Refusals, over a quarter of an hour, after which an event holds up others of its kind no more."""

_KINDS: dict[Direction, type[InboundEvent | OutboundEvent]] = {
    "inbound": InboundEvent,
    "outbound": OutboundEvent,
}


def add_all(session: Session, *, arrivals: Sequence[Arrival]) -> list[Duplicate | None]:
    """See `Inbox.add`; in the order in which they came."""
    # Of two that come at once, the second finds the first: no index knows of windows. All who hold
    # several take them in one order, so that none waits for one who waits for it.
    for each in sorted({event.workflow_id for event, _ in arrivals}):
        hold(session, f"inbox/{each}")
    return [_add(session, event, body) for event, body in arrivals]


def _add(
    session: Session, event: InboundEvent | OutboundEvent, body: bytes | None
) -> Duplicate | None:
    if first := find_first(session, event=event):
        return first
    written, now = to_json(event), datetime.now(UTC)
    values: dict[str, Any] = {
        "event_id": event.event_id,
        "workflow_id": event.workflow_id,
        "direction": "inbound" if isinstance(event, InboundEvent) else "outbound",
        "received_at": received_at(event.event_id),
        "sha256": event.content_digest,
        "size": len(written) + len(body or b""),
        "event": written,
        "body": body,
        "refusals": 0,
        "due_at": now,
        "queued": isinstance(event, OutboundEvent) and bool(event.lanes),
        "user_id": event.user_id if isinstance(event, OutboundEvent) else None,
    }
    insert_if_new(session, InboxRow, values)
    return None


def find_first(session: Session, *, event: InboundEvent | OutboundEvent) -> Duplicate | None:
    """See `Inbox.find_first`."""
    same_key = (
        select(InboxRow.event_id, InboxRow.sha256)
        .where(InboxRow.workflow_id == event.workflow_id)
        .order_by(col(InboxRow.number))
    )
    for event_id, sha256 in session.exec(same_key):
        if event_id != event.event_id and event.is_in_window_of(received_at(event_id)):
            return Duplicate(event_id, event.workflow_id, sha256)
    return None


def find(session: Session, *, event_id: str) -> Pending | None:
    """See `Inbox.find`."""
    row = session.exec(select(InboxRow).where(InboxRow.event_id == event_id)).one_or_none()
    return None if row is None else _pending(row)


def claim(
    session: Session, *, owner: str, limit: int, at: datetime, until: datetime
) -> list[Pending]:
    """See `Inbox.claim`."""
    hold(session, "inbox")
    mine, due = col(InboxRow.owner) == owner, col(InboxRow.due_at) <= at
    others = select(InboxRow.number).where(
        col(InboxRow.owner).is_not(None), col(InboxRow.owner) != owner, col(InboxRow.due_at) > at
    )
    if session.exec(others.limit(1)).first() is not None:
        return []
    free = or_(mine, due)
    if (held_up_by := _held_up_by(session, at)) is not None:
        free &= or_(~col(InboxRow.queued), col(InboxRow.number) < held_up_by)
    oldest = select(InboxRow).where(free).order_by(col(InboxRow.number)).limit(limit)
    # An owner whose time is over may be settling what it had.
    rows = session.exec(oldest.with_for_update()).all()
    for each in rows:
        each.owner, each.due_at = owner, until
    return [_pending(each) for each in rows]


def _held_up_by(session: Session, at: datetime) -> int | None:
    """The first event for queues that is not due again yet: none may overtake it."""
    first = select(func.min(InboxRow.number)).where(
        text("refusals > 0"),  # in the words of the index
        col(InboxRow.refusals) <= _HOLDING,
        col(InboxRow.queued),
        col(InboxRow.owner).is_(None),
        col(InboxRow.due_at) > at,
    )
    return session.exec(first).one()


def settle(session: Session, *, settled: Sequence[Settled], at: datetime) -> None:
    """See `Inbox.settle`."""
    numbers = [each.pending.number for each in settled]
    gone = delete(InboxRow).where(col(InboxRow.number).in_(numbers)).returning(col(InboxRow.number))
    removed = set(session.exec(gone).scalars())
    for each in settled:
        if each.repeats is not None and each.pending.number in removed:
            _count(session, each.pending.event, each.repeats, at)


def postpone(session: Session, *, numbers: Sequence[int], until: datetime) -> None:
    """See `Inbox.postpone`."""
    these = update(InboxRow).where(col(InboxRow.number).in_(numbers))
    session.exec(these.values(owner=None, due_at=until, refusals=col(InboxRow.refusals) + 1))


def release(session: Session, *, owner: str, at: datetime) -> None:
    """See `Inbox.release`."""
    its = update(InboxRow).where(col(InboxRow.owner) == owner)
    session.exec(its.values(owner=None, due_at=at))


def waits_for(session: Session, *, user_id: str, before: datetime) -> bool:
    """See `Inbox.waits_for`."""
    theirs = select(InboxRow.number).where(
        InboxRow.user_id == user_id, InboxRow.event_id < event_id_floor(before)
    )
    return session.exec(theirs.limit(1)).first() is not None


def waiting(session: Session) -> Waiting:
    """See `Inbox.waiting`."""
    events, size, oldest = session.exec(
        select(func.count(), func.sum(InboxRow.size), func.min(InboxRow.received_at))
    ).one()
    if not events:
        return Waiting()
    age = (datetime.now(UTC) - oldest).total_seconds()
    return Waiting(events, int(size), max(age, 0.0))


def _pending(row: InboxRow) -> Pending:
    if row.number is None:
        raise ValueError("a row of the inbox has no number")
    event = from_json(_KINDS[row.direction], row.event)
    return Pending(row.number, event, row.body, row.refusals)


def _count(
    session: Session, event: InboundEvent | OutboundEvent, repeats: Duplicate, at: datetime
) -> None:
    first = duplicates.resolve(session, repeats.event_id)
    if first != event.event_id and duplicates.make_alias(session, event.event_id, first):
        conflict = repeats.body_sha256 not in {None, event.content_digest}
        duplicates.count(session, first, conflicts=int(conflict), at=at)
