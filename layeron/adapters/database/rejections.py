"""Refused requests: noted within bounds, listed, and marked when they came in after all."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import load_only
from sqlmodel import Session, col, select

from layeron.adapters.database.paging import read_page
from layeron.adapters.database.tables import RejectionRow
from layeron.adapters.database.upsert import insert
from layeron.errors import NotFoundError
from layeron.identity import is_rejection_id
from layeron.records import RejectionPage, RejectionRecord


def add(session: Session, rejection: RejectionRecord, *, keep: int) -> None:
    """See `RecordStore.add_rejection`."""
    values: dict[str, Any] = {name: getattr(rejection, name) for name in RejectionRow.model_fields}
    session.exec(insert(session, RejectionRow).values(**values).on_conflict_do_nothing())
    of_webhook = (
        col(RejectionRow.namespace) == rejection.namespace,
        col(RejectionRow.webhook) == rejection.webhook,
    )
    too_old = (
        select(RejectionRow.id)
        .where(*of_webhook)
        .order_by(col(RejectionRow.id).desc())
        .offset(keep)
        .limit(1)
    )
    if (newest_to_go := session.exec(too_old).first()) is not None:
        session.exec(delete(RejectionRow).where(*of_webhook, col(RejectionRow.id) <= newest_to_go))


def find(session: Session, rejection_id: str) -> RejectionRecord:
    """See `RecordStore.get_rejection`."""
    return _record(_row(session, rejection_id), with_body=True)


def list_page(
    session: Session, *, where: Mapping[str, str | None], limit: int, cursor: str | None
) -> RejectionPage:
    """See `RecordStore.list_rejections`."""
    light = [getattr(RejectionRow, name) for name in RejectionRow.model_fields if name != "body"]
    statement = select(RejectionRow).options(load_only(*light))
    for name, value in where.items():
        if value is not None:
            statement = statement.where(getattr(RejectionRow, name) == value)
    rows, next_cursor = read_page(
        session, statement, is_key=is_rejection_id, limit=limit, cursor=cursor
    )
    return RejectionPage([_record(row, with_body=False) for row in rows], next_cursor)


def accept(
    session: Session, *, rejection_id: str, event_id: str, accepted_by: str, at: datetime
) -> None:
    """See `RecordStore.accept_rejection`."""
    row = _row(session, rejection_id)
    row.accepted_event_id, row.accepted_by, row.accepted_at = event_id, accepted_by, at


def _row(session: Session, rejection_id: str) -> RejectionRow:
    row = session.get(RejectionRow, rejection_id)
    if row is None:
        raise NotFoundError(f"there is no rejection {rejection_id!r} (any more).")
    return row


def _record(row: RejectionRow, *, with_body: bool) -> RejectionRecord:
    return RejectionRecord(
        id=row.id,
        namespace=row.namespace,
        webhook=row.webhook,
        received_at=row.received_at,
        cause=row.cause,
        detail=row.detail,
        method=row.method,
        url=row.url,
        headers=[(name, value) for name, value in row.headers],
        size=row.size,
        body_sha256=row.body_sha256,
        body=row.body if with_body else None,
        skipped=row.skipped,
        accepted_event_id=row.accepted_event_id,
        accepted_at=row.accepted_at,
        accepted_by=row.accepted_by,
    )
