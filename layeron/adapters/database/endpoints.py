"""Endpoints that were created at run time."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import delete, func, or_
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from layeron.adapters.database.endpoint_states import (
    config_of,
    no_endpoint,
    record_of,
    values_of,
)
from layeron.adapters.database.locks import hold
from layeron.adapters.database.paging import read_page
from layeron.adapters.database.sending_tables import EndpointRow, EndpointSecretRow
from layeron.errors import ConflictError, NotFoundError
from layeron.identity import is_endpoint_id
from layeron.outbound.records import EndpointPage, EndpointRecord
from layeron.text import printable

_MOST_TOLD = 3


def add(session: Session, endpoint: EndpointRecord, *, most: int) -> None:
    """See `EndpointStore.add`."""
    hold(session, _webhook_of(endpoint))
    if session.get(EndpointRow, endpoint.id) is not None:
        return
    _refuse_taken_name(session, endpoint)
    _refuse_too_many(session, endpoint, most)
    session.add(EndpointRow(**values_of(endpoint, config=config_of(endpoint))))


def get(session: Session, endpoint_id: str) -> EndpointRecord:
    """See `EndpointStore.get`."""
    return record_of(_row(session, endpoint_id))


def find(session: Session, namespace: str, webhook: str, name: str) -> EndpointRecord:
    """See `EndpointStore.find`."""
    named = _created(namespace, webhook).where(EndpointRow.name == name).limit(_MOST_TOLD)
    rows = session.exec(named.order_by(col(EndpointRow.id))).all()
    if not rows:
        raise NotFoundError(f"there is no endpoint {printable(name)!r} (any more).")
    if len(rows) > 1:
        ids = ", ".join(row.id for row in rows)
        raise ConflictError(
            f"several customers have an endpoint {printable(name)!r}; name it by its id, such as"
            f" one of {ids}."
        )
    return record_of(rows[0])


def change(session: Session, endpoint: EndpointRecord, *, read_at: datetime | None) -> bool:
    """See `EndpointStore.change`."""
    hold(session, _webhook_of(endpoint))
    row = _row(session, endpoint.id)
    if row.updated_at != read_at:
        return False
    _refuse_taken_name(session, endpoint)
    row.name, row.config = endpoint.name, config_of(endpoint)
    row.updated_at = endpoint.updated_at or row.updated_at
    return True


def renew_headers(
    session: Session, endpoint_id: str, *, read: Mapping[str, str], renewed: Mapping[str, str]
) -> None:
    """See `EndpointStore.renew_headers`."""
    row = session.get(EndpointRow, endpoint_id, with_for_update=True)
    if row is not None and row.config is not None and row.config.get("headers") == read:
        row.config = {**row.config, "headers": dict(renewed)}


def remove(session: Session, endpoint_id: str) -> None:
    """See `EndpointStore.delete`."""
    session.delete(_row(session, endpoint_id))
    session.exec(delete(EndpointSecretRow).where(col(EndpointSecretRow.owner) == endpoint_id))


def list_page(
    session: Session,
    *,
    namespace: str,
    webhook: str,
    user_id: str | None,
    limit: int,
    cursor: str | None,
) -> EndpointPage:
    """See `EndpointStore.list`."""
    statement = _created(namespace, webhook)
    if user_id is not None:
        statement = statement.where(EndpointRow.user_id == user_id)
    rows, next_cursor = read_page(
        session, statement, is_key=is_endpoint_id, limit=limit, cursor=cursor
    )
    return EndpointPage([record_of(row) for row in rows], next_cursor)


def matching(
    session: Session, namespace: str, webhook: str, *, user_id: str | None
) -> list[EndpointRecord]:
    """See `EndpointStore.matching`."""
    owner = col(EndpointRow.user_id)
    wanted = owner.is_(None) if user_id is None else or_(owner.is_(None), owner == user_id)
    statement = _created(namespace, webhook).where(wanted).order_by(col(EndpointRow.id))
    return [record_of(row) for row in session.exec(statement)]


def _created(namespace: str, webhook: str) -> SelectOfScalar[EndpointRow]:
    return select(EndpointRow).where(
        EndpointRow.namespace == namespace,
        EndpointRow.webhook == webhook,
        col(EndpointRow.config).is_not(None),
    )


def _row(session: Session, endpoint_id: str) -> EndpointRow:
    row = session.get(EndpointRow, endpoint_id)
    if row is None or row.declared:
        raise no_endpoint(endpoint_id)
    return row


def _webhook_of(endpoint: EndpointRecord) -> str:
    return f"endpoints of {endpoint.namespace}/{endpoint.webhook}"


def _refuse_too_many(session: Session, endpoint: EndpointRecord, most: int) -> None:
    user_id = endpoint.user_id
    owned = _created(endpoint.namespace, endpoint.webhook).where(EndpointRow.user_id == user_id)
    count = session.exec(select(func.count()).select_from(owned.subquery())).one()
    if count >= most:
        whose = "the webhook" if user_id is None else f"user {printable(user_id)!r}"
        without = " without an owner" if user_id is None else ""
        raise ConflictError(
            f"{whose} has {count} endpoints{without}, and at most {most} are allowed; delete one"
            " that is not used."
        )


def _refuse_taken_name(session: Session, endpoint: EndpointRecord) -> None:
    others = _created(endpoint.namespace, endpoint.webhook).where(
        EndpointRow.name == endpoint.name,
        EndpointRow.user_id == endpoint.user_id,
        col(EndpointRow.id) != endpoint.id,
    )
    if session.exec(others).first() is not None:
        raise ConflictError(f"there is an endpoint {endpoint.name!r} already; choose another name.")
