"""Rows of endpoints, and the state of an endpoint, which declared ones have here as well."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields, replace
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam
from sqlmodel import Session, col, select

from layeron.adapters.database.parts import in_parts
from layeron.adapters.database.sending_tables import EndpointRow
from layeron.adapters.database.upsert import insert_if_new
from layeron.errors import NotFoundError
from layeron.outbound.records import (
    DisabledReason,
    EndpointRecord,
    EndpointState,
    EndpointStatus,
)
from layeron.text import printable

_CONFIGURED = (
    "url",
    "event_types",
    "headers",
    "timeout_seconds",
    "retry_delays",
    "retry_jitter",
    "rate_limit",
    "fifo",
    "description",
    "metadata",
)
_STATE = tuple(each.name for each in fields(EndpointState))

# Built once: every attempt asks for them. Locked in this order by all, so that nobody waits for
# somebody who waits for them.
_SOME = (
    select(EndpointRow)
    .where(col(EndpointRow.id).in_(bindparam("ids", expanding=True)))
    .order_by(col(EndpointRow.id))
)
_SOME_LOCKED = _SOME.with_for_update().execution_options(populate_existing=True)


def states(session: Session, endpoint_ids: Sequence[str]) -> dict[str, EndpointState]:
    """See `EndpointStore.states`."""
    found = {row.id: state_of(row) for row in _some(session, endpoint_ids)}
    return {each: state for each, state in found.items() if state != EndpointState()}


def set_status(
    session: Session,
    endpoint: EndpointRecord,
    status: EndpointStatus,
    *,
    reason: DisabledReason | None,
    at: datetime,
) -> EndpointState:
    """See `EndpointStore.set_status`; one that is disabled keeps why and since when."""
    row = lock(session, [endpoint.id], {endpoint.id: endpoint}, at=at).get(endpoint.id)
    if row is None:
        raise no_endpoint(endpoint.id)
    state = state_of(row)
    if status == "enabled":
        state = EndpointState(next_slot=state.next_slot)
    elif state.status == "enabled":
        state = replace(state, status=status, disabled_reason=reason, disabled_at=at)
    set_state(row, state)
    return state


def known(
    session: Session, endpoint_ids: Sequence[str], declared: Sequence[EndpointRecord]
) -> dict[str, EndpointRecord]:
    """Endpoints as they are now; one that was deleted, or is declared no more, is left out."""
    found = {row.id: row for row in _some(session, endpoint_ids)}
    created = {each: record_of(row) for each, row in found.items() if not row.declared}
    in_code = {
        each.id: replace(each, state=state_of(found[each.id])) if each.id in found else each
        for each in declared
    }
    return created | in_code


def lock(
    session: Session,
    endpoint_ids: Sequence[str],
    declared: Mapping[str, EndpointRecord],
    *,
    at: datetime,
) -> dict[str, EndpointRow]:
    """The rows of endpoints, which other transactions leave alone until this one ends.

    Of *declared* ones a row is made if there is none; of others that are deleted there is none.
    """
    for each in sorted(set(endpoint_ids) & declared.keys()):
        if declared[each].declared:
            row = values_of(replace(declared[each], created_at=at, updated_at=at), config=None)
            insert_if_new(session, EndpointRow, row)
    rows = session.scalars(_SOME_LOCKED, {"ids": list(endpoint_ids)})
    return {row.id: row for row in rows}


def state_of(row: EndpointRow) -> EndpointState:
    """The state of an endpoint."""
    return EndpointState(**{name: getattr(row, name) for name in _STATE})


def set_state(row: EndpointRow, state: EndpointState) -> None:
    """Write a state down."""
    for name in _STATE:
        setattr(row, name, getattr(state, name))


def config_of(endpoint: EndpointRecord) -> dict[str, Any]:
    """What can be said of an endpoint at run time, as JSON."""
    return {name: getattr(endpoint, name) for name in _CONFIGURED}


def values_of(endpoint: EndpointRecord, *, config: dict[str, Any] | None) -> dict[str, Any]:
    """The columns of an endpoint; without a configuration, of a declared one."""
    return {
        "id": endpoint.id,
        "namespace": endpoint.namespace,
        "webhook": endpoint.webhook,
        "name": endpoint.name,
        "declared": endpoint.declared,
        "config": config,
        "user_id": endpoint.user_id,
        "created_at": endpoint.created_at,
        "updated_at": endpoint.updated_at,
        **asdict(endpoint.state),
    }


def record_of(row: EndpointRow) -> EndpointRecord:
    """An endpoint as it leaves the database."""
    config = row.config or {}
    return EndpointRecord(
        id=row.id,
        namespace=row.namespace,
        webhook=row.webhook,
        name=row.name,
        declared=row.declared,
        # An older release may have known fewer of them.
        **{name: config[name] for name in _CONFIGURED if name in config},
        user_id=row.user_id,
        created_at=row.created_at,
        updated_at=row.updated_at,
        state=state_of(row),
    )


def _some(session: Session, endpoint_ids: Sequence[str]) -> list[EndpointRow]:
    return [
        row
        for part in in_parts(endpoint_ids)
        for row in session.scalars(_SOME, {"ids": list(part)})
    ]


def no_endpoint(endpoint_id: str) -> NotFoundError:
    """The error to raise for an endpoint that does not exist."""
    return NotFoundError(f"there is no endpoint {printable(endpoint_id)} (any more).")
