"""Attempts to deliver that begin: which are due, and which are not yet or no more.

Locks are taken in one order by everybody: the event, then endpoints by id. The row of an endpoint
is locked only where a limit or a throttle has to be kept, so that any number of deliveries to a
healthy one go on side by side.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlmodel import Session

from layeron.adapters.database import (
    deliveries,
    delivery_attempts,
    endpoint_states,
    events,
    recording,
)
from layeron.adapters.database.sending_tables import DeliveryRow
from layeron.outbound.health import Wait, admit, ask_again
from layeron.outbound.holding import DELETED, disabled_at, held_because
from layeron.outbound.records import ENDED, EndpointRecord, OutboundEvent
from layeron.outbound.replaying import replayed
from layeron.ports.deliveries import BeginResult, Due, Ended, Later
from layeron.records import DeliveryStatus

_OVERTAKEN = timedelta(minutes=1)
_GIVEN_UP: frozenset[DeliveryStatus] = frozenset({"dead_letter", "held"})


def begin(
    session: Session,
    event: OutboundEvent,
    endpoints: Sequence[str],
    *,
    declared: Sequence[EndpointRecord],
    run_id: str,
    at: datetime,
    force: bool,
) -> list[BeginResult]:
    """See `DeliveryStore.begin`."""
    row = events.lock(session, event.event_id)
    rows = deliveries.rows_of(session, event.event_id, endpoints) if row else {}
    is_ready = bool(endpoints) and all(
        each in rows and rows[each].replay >= event.replay for each in endpoints
    )
    row = row or recording.put_on_record(session, event, "accepted")
    asked_of = endpoints if is_ready else event.endpoints
    known = endpoint_states.known(session, asked_of, declared)
    if not is_ready:
        rows = deliveries.put_on_record(session, event, known, at)
    if event.replay or any(
        rows[each].number or rows[each].replay > event.replay for each in endpoints
    ):
        delivery_attempts.interrupt(session, event, endpoints, at, recording.DIED)
    results: dict[str, BeginResult | None] = {
        each: _result(rows[each], known.get(each), event, at, force=force) for each in endpoints
    }
    open_ = [each for each, result in results.items() if result is None]
    waits = _admit(session, [known[each] for each in open_ if each in known], at, force=force)
    for each in open_:
        results[each] = _begin_one(event, rows[each], known.get(each), waits, at)
        if rows[each].status == "held":
            row.last_error = rows[each].last_error
    begun = [each for each in results.values() if isinstance(each, Due)]
    delivery_attempts.start(session, event, begun, at)
    row.run_id = run_id
    row.attempt_count += len(begun)
    deliveries.set_event_status(session, event, row, at=at, begun=len(begun))
    return [each for each in results.values() if each is not None]


def sent(session: Session, event_id: str, endpoint_id: str, *, replay: int) -> OutboundEvent | None:
    """See `DeliveryStore.sent`."""
    delivery = session.get(DeliveryRow, (event_id, endpoint_id))
    if delivery is None or delivery.replay < replay:
        return None
    (record,) = events.read(session, [event_id])
    return replace(replayed(record, [endpoint_id], {endpoint_id}), replay=replay)


def _result(
    delivery: DeliveryRow,
    endpoint: EndpointRecord | None,
    event: OutboundEvent,
    at: datetime,
    *,
    force: bool,
) -> Ended | Later | None:
    """What there is to say of a delivery itself; None if it depends on its endpoint."""
    is_ended = delivery.status in ENDED
    if delivery.replay > event.replay and not is_ended:
        return Later(delivery.endpoint_id, at + _OVERTAKEN, "a replay sends it meanwhile")
    if is_ended and not (
        force and delivery.status in _GIVEN_UP and delivery.replay == event.replay
    ):
        # Said as often as it is asked for, so that the operator is told even if a worker died.
        by_it = None
        if endpoint is not None and delivery.status == "held":
            by_it = disabled_at(endpoint.state, delivery.updated_at)
        return Ended(delivery.endpoint_id, delivery.status, disabled=by_it)
    if delivery.next_attempt_at is not None and delivery.next_attempt_at > at and not force:
        why = delivery.last_error or "the next attempt is not due"
        return Later(delivery.endpoint_id, delivery.next_attempt_at, why)
    return None


def _admit(
    session: Session, endpoints: Sequence[EndpointRecord], at: datetime, *, force: bool
) -> Mapping[str, Wait]:
    """Which endpoints take nothing now; it counts what the others take."""
    limited = {
        each.id: each
        for each in endpoints
        if each.state.status == "enabled"
        and (each.rate_limit is not None or each.state.throttled_until is not None)
    }
    if not limited:
        return {}
    waits: dict[str, Wait] = {}
    for each, row in endpoint_states.lock(session, [*limited], limited, at=at).items():
        state = endpoint_states.state_of(row)
        admitted = admit(state, limited[each], at=at, force=force)
        if isinstance(admitted, Wait):
            waits[each] = admitted
        elif admitted != state:
            endpoint_states.set_state(row, admitted)
    return waits


def _begin_one(
    event: OutboundEvent,
    delivery: DeliveryRow,
    endpoint: EndpointRecord | None,
    waits: Mapping[str, Wait],
    at: datetime,
) -> BeginResult:
    if endpoint is None or endpoint.state.status == "disabled":
        delivery.status, delivery.next_attempt_at, delivery.updated_at = "held", None, at
        delivery.last_error = held_because(endpoint.state) if endpoint else DELETED
        return Ended(delivery.endpoint_id, "held")
    if delivery.endpoint != endpoint.name:
        delivery.endpoint = endpoint.name
    if (wait := waits.get(endpoint.id)) is not None:
        again = ask_again(wait, key=event.event_id, at=at, since=delivery.updated_at)
        return Later(endpoint.id, again, wait.why)
    delivery.number += 1
    delivery.attempt_count += 1
    if delivery.status in _GIVEN_UP:
        delivery.status = "retrying"
    delivery.next_attempt_at, delivery.updated_at = None, at
    return Due(endpoint, delivery.number)
