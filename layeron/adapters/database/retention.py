"""What is kept no longer: bodies first, then the records that lost theirs, and what is over."""

from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, delete, exists, update
from sqlmodel import Session, col, select

from layeron.adapters.database.operating_tables import SessionRow
from layeron.adapters.database.parts import in_parts
from layeron.adapters.database.sending_tables import DeliveryAttemptRow
from layeron.adapters.database.tables import (
    AliasRow,
    AttemptRow,
    DedupeKeyRow,
    DuplicateCountRow,
    EventRow,
    RejectionRow,
    ReplayRow,
    WebhookRow,
)
from layeron.identity import event_id_floor
from layeron.records import FINAL_STATUSES

_EPOCH = datetime.fromtimestamp(0, UTC)
_HAS_BODY = col(EventRow.body_erased_at).is_(None)
_HAS_ENDED = col(EventRow.status).in_(sorted(FINAL_STATUSES))


def webhooks(session: Session) -> list[tuple[str, str]]:
    """See `RetentionStore.webhooks`."""
    found = select(WebhookRow.namespace, WebhookRow.name)
    return [*session.exec(found.order_by(col(WebhookRow.namespace), col(WebhookRow.name)))]


def bodies_before(
    session: Session, *, namespace: str, webhook: str, before: datetime, limit: int
) -> list[tuple[str, str]]:
    """See `RetentionStore.bodies_before`."""
    statement = (
        select(EventRow.id, EventRow.body_name)
        .where(_HAS_BODY, *_over(namespace, webhook, before))
        .order_by(col(EventRow.id))
        .limit(limit)
    )
    return [*session.exec(statement)]


def bodies_of_user(session: Session, *, user_id: str, limit: int) -> list[tuple[str, str]]:
    """See `RetentionStore.bodies_of_user`."""
    statement = (
        select(EventRow.id, EventRow.body_name)
        .where(EventRow.user_id == user_id, _HAS_BODY, _HAS_ENDED)
        .order_by(col(EventRow.id))
        .limit(limit)
    )
    return [*session.exec(statement)]


def mark_erased(session: Session, *, event_ids: Sequence[str], at: datetime) -> None:
    """See `RetentionStore.mark_erased`; what was erased before keeps its time."""
    for part in in_parts(event_ids):
        session.exec(
            update(EventRow)
            .where(col(EventRow.id).in_(part), col(EventRow.body_erased_at).is_(None))
            .values(body_erased_at=at, headers=[])
        )
        session.exec(
            update(AttemptRow)
            .where(col(AttemptRow.event_id).in_(part))
            .values(logs=[], error_trace=None, answer=None)
        )
        session.exec(
            update(DeliveryAttemptRow)
            .where(col(DeliveryAttemptRow.event_id).in_(part))
            .values(response_excerpt=None)
        )


def delete_before(
    session: Session, *, namespace: str, webhook: str, before: datetime, limit: int
) -> int:
    """See `RetentionStore.delete_before`.

    Dedupe keys stay until their window is over: a repeat is a repeat though its first event is
    gone.
    """
    statement = (
        select(EventRow.id)
        .where(col(EventRow.body_erased_at).is_not(None), *_over(namespace, webhook, before))
        .order_by(col(EventRow.id))
        .limit(limit)
        # What somebody else is changing is not over.
        .with_for_update(skip_locked=True, of=EventRow)
    )
    ids = session.exec(statement).all()
    for part in in_parts(ids):
        session.exec(delete(AliasRow).where(col(AliasRow.event_id).in_(part)))
        session.exec(delete(DuplicateCountRow).where(col(DuplicateCountRow.event_id).in_(part)))
        session.exec(delete(EventRow).where(col(EventRow.id).in_(part)))
    return len(ids)


def trim(session: Session, *, before: datetime, limit: int) -> int:
    """See `RetentionStore.trim`."""
    oldest = "whrej" + event_id_floor(max(before, _EPOCH)).removeprefix("whevt")
    rejections = session.exec(
        select(RejectionRow.id)
        .where(RejectionRow.id < oldest)
        .order_by(col(RejectionRow.id))
        .limit(limit)
    ).all()
    for part in in_parts(rejections):
        session.exec(delete(RejectionRow).where(col(RejectionRow.id).in_(part)))
    sessions = session.exec(
        select(SessionRow.token_hash).where(SessionRow.expires_at < before).limit(limit)
    ).all()
    for part in in_parts(sessions):
        session.exec(delete(SessionRow).where(col(SessionRow.token_hash).in_(part)))
    return len(rejections) + len(sessions) + _trim_keys(session, before, limit)


def _trim_keys(session: Session, before: datetime, limit: int) -> int:
    """Forget dedupe keys whose windows were over before a time.

    One without an end is of an earlier release, which may also have given a key to a later event
    and left the end as it was: those stay until they are taken again.
    """
    statement = (
        select(DedupeKeyRow)
        .where(
            col(DedupeKeyRow.expires_at) < before,
            col(DedupeKeyRow.expires_at) > DedupeKeyRow.received_at,
        )
        .order_by(col(DedupeKeyRow.expires_at))
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    rows = session.exec(statement).all()
    for row in rows:
        session.delete(row)
    for part in in_parts([row.event_id for row in rows]):
        still = set(session.exec(select(EventRow.id).where(col(EventRow.id).in_(part))))
        gone = [each for each in part if each not in still]
        # What was counted after they were deleted.
        session.exec(delete(AliasRow).where(col(AliasRow.event_id).in_(gone)))
        session.exec(delete(DuplicateCountRow).where(col(DuplicateCountRow.event_id).in_(gone)))
    return len(rows)


def _over(namespace: str, webhook: str, before: datetime) -> tuple[ColumnElement[bool], ...]:
    """The conditions for events of before a time that have ended, and are not about to be replayed.

    A replay asked for longer ago that did not begin never will.
    """
    about_to_be_replayed = exists().where(
        col(ReplayRow.event_id) == col(EventRow.id),
        col(ReplayRow.status).not_in(sorted(FINAL_STATUSES)),
        col(ReplayRow.requested_at) >= before,
    )
    return (
        col(EventRow.namespace) == namespace,
        col(EventRow.webhook) == webhook,
        col(EventRow.id) < event_id_floor(max(before, _EPOCH)),
        _HAS_ENDED,
        ~about_to_be_replayed,
    )
