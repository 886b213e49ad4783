"""Dedupe keys and their windows, the repeats counted, and the ids repeats were given."""

import hashlib
from datetime import UTC, datetime, timedelta
from functools import cache

from sqlalchemy import Executable, bindparam, case, delete, or_, update
from sqlmodel import Session, col, select

from layeron.adapters.database.columns import UtcTime
from layeron.adapters.database.tables import AliasRow, DedupeKeyRow, DuplicateCountRow
from layeron.adapters.database.upsert import dialect_of, insert, insert_for
from layeron.records import InboundEvent

_LONG_AGO = datetime.min.replace(tzinfo=UTC)
_ALIASED = select(AliasRow.event_id).where(AliasRow.alias == bindparam("alias"))


def take_key(session: Session, event: InboundEvent) -> str | None:
    """Let an event have its dedupe key, or give the id of the event whose window is not over.

    Of two transactions that take a key at once, the second waits for the first to end.
    """
    if event.dedupe_key is None or event.replay:
        return None
    digest = _sha256(event.dedupe_key)
    wanted = {
        "namespace": event.namespace,
        "webhook": event.webhook,
        "key_sha256": digest,
        "event_id": event.event_id,
        "received_at": event.received_at,
        "expires_at": _window_end(event.dedupe_ttl_seconds, event.received_at),
        "window_start": _window_start(event.dedupe_ttl_seconds, event.received_at),
    }
    if session.connection().execute(_take(dialect_of(session)), wanted).first() is not None:
        return None
    holder = session.get_one(DedupeKeyRow, (event.namespace, event.webhook, digest))
    # Events are not always handled in the order they came: the holder may be of a later window.
    later = (holder.received_at - event.received_at).total_seconds()
    return holder.event_id if later < event.dedupe_ttl_seconds else None


# Built once, as building a statement anew takes several times as long as running it.
@cache
def _take(dialect: str) -> Executable:
    """Take a key that is free, over, or held by the same event; gives no row if it is not."""
    attempt = insert_for(dialect, DedupeKeyRow)
    return attempt.on_conflict_do_update(
        index_elements=["namespace", "webhook", "key_sha256"],
        set_={
            "event_id": attempt.excluded.event_id,
            "received_at": attempt.excluded.received_at,
            "expires_at": attempt.excluded.expires_at,
        },
        where=or_(
            col(DedupeKeyRow.event_id) == attempt.excluded.event_id,
            col(DedupeKeyRow.received_at) <= bindparam("window_start", type_=UtcTime),
        ),
    ).returning(col(DedupeKeyRow.event_id))


def find_live_key(
    session: Session, namespace: str, webhook: str, key: str, ttl_seconds: float, at: datetime
) -> str | None:
    """The id of the event that holds a key at a time."""
    holder = session.get(DedupeKeyRow, (namespace, webhook, _sha256(key)))
    if holder is None or holder.received_at <= _window_start(ttl_seconds, at):
        return None
    return holder.event_id


def count(
    session: Session, event_id: str, *, repeats: int = 1, conflicts: int, at: datetime
) -> None:
    """Add to the repeats of an event."""
    addition = insert(session, DuplicateCountRow).values(
        event_id=event_id, count=repeats, conflicts=conflicts, last_seen=at
    )
    before, more = DuplicateCountRow, addition.excluded
    session.exec(
        addition.on_conflict_do_update(
            index_elements=["event_id"],
            set_={
                "count": before.count + more.count,
                "conflicts": before.conflicts + more.conflicts,
                "last_seen": case(
                    (col(before.last_seen) < more.last_seen, more.last_seen),
                    else_=col(before.last_seen),
                ),
            },
        )
    )


def count_repeat(session: Session, event_id: str, *, conflict: bool, at: datetime) -> None:
    """See `RecordStore.count_duplicate`."""
    count(session, resolve(session, event_id), conflicts=int(conflict), at=at)


def make_alias(session: Session, alias: str, event_id: str) -> bool:
    """Let an id lead to another event, with the repeats counted on it; False if it did already."""
    addition = insert(session, AliasRow).values(alias=alias, event_id=event_id)
    added = addition.on_conflict_do_nothing().returning(col(AliasRow.alias))
    if session.exec(added).first() is None:
        return False
    # An id leads to an event in one step, so those that led to this one lead on.
    session.exec(update(AliasRow).where(col(AliasRow.event_id) == alias).values(event_id=event_id))
    counted = (
        delete(DuplicateCountRow)
        .where(col(DuplicateCountRow.event_id) == alias)
        .returning(DuplicateCountRow)
    )
    if (early := session.exec(counted).scalar_one_or_none()) is not None:
        count(
            session,
            event_id,
            repeats=early.count,
            conflicts=early.conflicts,
            at=early.last_seen,
        )
    return True


def resolve(session: Session, event_id: str) -> str:
    """The event an id leads to: another one's for an alias, else itself."""
    return session.scalars(_ALIASED, {"alias": event_id}).one_or_none() or event_id


def _window_start(ttl_seconds: float, at: datetime) -> datetime:
    """An event received at or before this time no longer holds its key at a time."""
    try:
        return at - timedelta(seconds=ttl_seconds)
    except OverflowError:
        return _LONG_AGO


def _window_end(ttl_seconds: float, at: datetime) -> datetime | None:
    """When an event received at a time no longer holds its key; None for never."""
    try:
        return at + timedelta(seconds=ttl_seconds)
    except OverflowError:
        return None


def _sha256(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()
