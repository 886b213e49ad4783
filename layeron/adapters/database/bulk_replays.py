"""Bulk replays: what they are about, how far they are."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlmodel import Session, col, select

from layeron.adapters.database import listing
from layeron.adapters.database.operating_tables import BulkReplayRow
from layeron.adapters.database.paging import read_page
from layeron.adapters.database.parts import in_parts
from layeron.adapters.database.sending_tables import DeliveryRow
from layeron.adapters.database.upsert import insert_if_new
from layeron.errors import NotFoundError
from layeron.identity import is_bulk_id
from layeron.operating_records import BulkReplay, BulkReplayPage, BulkStatus
from layeron.records import EventFilter
from layeron.text import printable

_OVER: frozenset[BulkStatus] = frozenset({"stopped", "finished"})
_TIMES = ("since", "until")
_RENAMED = {"where": "filter", "cursor": "last_event_id"}
"""What SQL has other uses for, and is called otherwise there."""


def add(session: Session, *, bulk: BulkReplay) -> BulkReplay:
    """See `BulkReplayStore.add`."""
    values = {name: getattr(bulk, name) for name in BulkReplay.__dataclass_fields__}
    values["where"] = None if bulk.where is None else _filter_as_json(bulk.where)
    columns = {_RENAMED.get(name, name): value for name, value in values.items()}
    insert_if_new(session, BulkReplayRow, columns)
    row = session.get(BulkReplayRow, bulk.id)
    if row is None:
        same_key = BulkReplayRow.idempotency_key == bulk.idempotency_key
        row = session.exec(select(BulkReplayRow).where(same_key)).one()
    return _record(row)


def get(session: Session, *, bulk_id: str) -> BulkReplay:
    """See `BulkReplayStore.get`."""
    return _record(_row(session, bulk_id))


def list_page(session: Session, *, limit: int, cursor: str | None) -> BulkReplayPage:
    """See `BulkReplayStore.list`."""
    rows, next_cursor = read_page(
        session, select(BulkReplayRow), is_key=is_bulk_id, limit=limit, cursor=cursor
    )
    return BulkReplayPage([_record(row) for row in rows], next_cursor)


def set_status(session: Session, *, bulk_id: str, status: BulkStatus, at: datetime) -> BulkReplay:
    """See `BulkReplayStore.set_status`."""
    row = _row(session, bulk_id, locked=True)
    if row.status not in _OVER and row.status != status:
        row.status, row.updated_at = status, at
    return _record(row)


def advance(session: Session, *, bulk_id: str, progress: dict[str, Any], at: datetime) -> None:
    """See `BulkReplayStore.advance`; what was said earlier but comes later changes nothing."""
    statement = (
        update(BulkReplayRow)
        .where(
            col(BulkReplayRow.id) == bulk_id, col(BulkReplayRow.examined) <= progress["examined"]
        )
        .values(**{_RENAMED.get(name, name): value for name, value in progress.items()})
        .values(updated_at=at)
    )
    session.exec(statement)


def event_ids(session: Session, *, where: EventFilter, limit: int, cursor: str | None) -> list[str]:
    """See `BulkReplayStore.event_ids`."""
    return listing.ids_of(session, where, limit=limit, cursor=cursor)


def without_success(session: Session, *, event_ids: list[str], endpoint_id: str) -> list[str]:
    """Those of some events that have no successful delivery to an endpoint, in their order."""
    done: set[str] = set()
    for part in in_parts(event_ids):
        statement = select(DeliveryRow.event_id).where(
            DeliveryRow.endpoint_id == endpoint_id,
            DeliveryRow.status == "succeeded",
            col(DeliveryRow.event_id).in_(part),
        )
        done.update(session.exec(statement))
    return [each for each in event_ids if each not in done]


def _row(session: Session, bulk_id: str, *, locked: bool = False) -> BulkReplayRow:
    row = session.get(BulkReplayRow, bulk_id, with_for_update=locked)
    if row is None:
        raise NotFoundError(f"there is no bulk replay {printable(bulk_id)}.")
    return row


def _record(row: BulkReplayRow) -> BulkReplay:
    names = BulkReplay.__dataclass_fields__
    values = {name: getattr(row, _RENAMED.get(name, name)) for name in names}
    values["where"] = None if row.filter is None else _filter_from_json(row.filter)
    return BulkReplay(**values)


def _filter_as_json(where: EventFilter) -> dict[str, Any]:
    values = {name: value for name, value in asdict(where).items() if value is not None}
    return values | {name: values[name].isoformat() for name in _TIMES if name in values}


def _filter_from_json(values: dict[str, Any]) -> EventFilter:
    times: dict[str, Any] = {
        name: datetime.fromisoformat(values[name]) for name in _TIMES if name in values
    }
    return EventFilter(**(values | times))
