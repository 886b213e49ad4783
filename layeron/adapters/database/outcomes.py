"""Attempts to deliver that ended, and what follows for their endpoints and their event."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlmodel import Session

from layeron.adapters.database import (
    deliveries,
    delivery_attempts,
    endpoint_states,
    events,
    recording,
)
from layeron.adapters.database.sending_tables import DeliveryRow
from layeron.adapters.database.tables import EventRow
from layeron.identity import declared_endpoint_id
from layeron.outbound.health import after_report
from layeron.outbound.holding import disabled_at, held_because
from layeron.outbound.records import (
    ENDED,
    DeliveryReport,
    EndpointRecord,
    EndpointState,
    OutboundEvent,
)
from layeron.ports.deliveries import Finished
from layeron.records import DeliveryStatus

_UNREPORTED: frozenset[str] = frozenset({"running", "interrupted"})


def finish(
    session: Session, event: OutboundEvent, reports: Sequence[DeliveryReport]
) -> list[Finished]:
    """See `DeliveryStore.finish`.

    Said once more, it tells again whether the attempt disabled its endpoint, but no more whether
    that recovered by it.
    """
    if not reports:
        return []
    ids = [each.endpoint_id for each in reports]
    row, rows = _locked(session, event, ids, at=reports[0].started_at)
    outcomes = delivery_attempts.outcomes_of(session, event, reports)
    news = [each for each in reports if outcomes.get(_key(each), "running") in _UNREPORTED]
    before, after = _change_states(session, event, rows, news)
    delivery_attempts.write(session, event, [each for each in news if not each.unsent])
    answers = [each for each in news if each.http_status is not None]
    if answers:
        row.last_http_status = max(answers, key=lambda each: each.ended_at).http_status
    for each in news:
        delivery, is_there = rows[each.endpoint_id], _key(each) in outcomes
        if each.unsent and is_there:
            _take_back(session, event, row, delivery, each)
        elif not each.unsent:
            if not is_there:
                _count(event, row, delivery, each)
            _carry_on(event, row, delivery, each, after.get(each.endpoint_id, EndpointState()))
    deliveries.set_event_status(session, event, row, at=max(each.ended_at for each in reports))
    return [_finished(each, rows[each.endpoint_id].status, before, after) for each in reports]


def settle(
    session: Session,
    event: OutboundEvent,
    endpoint_ids: Sequence[str],
    status: DeliveryStatus,
    *,
    note: str,
    at: datetime,
) -> None:
    """See `DeliveryStore.settle`; of one that ended, only what was given up can be skipped."""
    if not endpoint_ids:
        return
    row, rows = _locked(session, event, endpoint_ids, at=at)
    settled = [
        each
        for each in map(rows.__getitem__, endpoint_ids)
        if each.replay <= event.replay
        and (
            each.status not in ENDED
            or (status == "skipped" and each.status in {"dead_letter", "held"})
        )
    ]
    if not settled:
        return
    delivery_attempts.interrupt(session, event, [each.endpoint_id for each in settled], at, note)
    for each in settled:
        each.status, each.last_error = status, note
        each.next_attempt_at, each.updated_at = None, at
    row.last_error = note
    deliveries.set_event_status(session, event, row, at=at)


def _locked(
    session: Session, event: OutboundEvent, endpoint_ids: Sequence[str], *, at: datetime
) -> tuple[EventRow, Mapping[str, DeliveryRow]]:
    """The event's row, locked, and its deliveries; both are made if they are not on record."""
    row = events.lock(session, event.event_id)
    row = row or recording.put_on_record(session, event, "accepted")
    rows = deliveries.rows_of(session, event.event_id, endpoint_ids)
    if any(each not in rows or rows[each].replay < event.replay for each in endpoint_ids):
        known = endpoint_states.known(session, event.endpoints, [])
        rows = deliveries.put_on_record(session, event, known, at)
    return row, rows


def _key(report: DeliveryReport) -> tuple[str, int]:
    return report.endpoint_id, report.number


def _change_states(
    session: Session,
    event: OutboundEvent,
    rows: Mapping[str, DeliveryRow],
    news: Sequence[DeliveryReport],
) -> tuple[Mapping[str, EndpointState], Mapping[str, EndpointState]]:
    """How the endpoints were doing, and how they are; a row is locked only to be changed."""
    reports = {each.endpoint_id: each for each in news}
    before = endpoint_states.states(session, [*rows])
    changing = [
        each
        for each, report in reports.items()
        if after_report(state := before.get(each, EndpointState()), report) != state
    ]
    if not changing:
        return before, before
    declared = {
        each: _declared(event, each, rows[each].endpoint)
        for each in changing
        if each == declared_endpoint_id(event.namespace, event.webhook, rows[each].endpoint)
    }
    at = max(each.ended_at for each in news)
    before, after = dict(before), dict(before)
    for each, row in endpoint_states.lock(session, changing, declared, at=at).items():
        before[each] = endpoint_states.state_of(row)
        after[each] = after_report(before[each], reports[each])
        endpoint_states.set_state(row, after[each])
    return before, after


def _declared(event: OutboundEvent, endpoint_id: str, name: str) -> EndpointRecord:
    """What has to be known of a declared endpoint to keep its state."""
    return EndpointRecord(endpoint_id, event.namespace, event.webhook, name, declared=True, url="")


def _count(
    event: OutboundEvent, row: EventRow, delivery: DeliveryRow, report: DeliveryReport
) -> None:
    """Count an attempt whose beginning is not on record."""
    row.attempt_count += 1
    delivery.attempt_count += 1
    if delivery.replay == event.replay:
        delivery.number = max(delivery.number, report.number)


def _carry_on(
    event: OutboundEvent,
    row: EventRow,
    delivery: DeliveryRow,
    report: DeliveryReport,
    state: EndpointState,
) -> None:
    """What an attempt means for its delivery, unless that has come further since."""
    if delivery.replay > event.replay:
        return
    has_succeeded = report.status == "succeeded"
    if not has_succeeded and (delivery.status in ENDED or report.number < delivery.number):
        return
    is_held = not has_succeeded and state.status == "disabled"
    delivery.status = "held" if is_held else report.status
    delivery.next_attempt_at = None if delivery.status in ENDED else report.next_attempt_at
    error = report.error
    if is_held and error and not report.gone:  # of which the error tells already
        error = f"{error}; {held_because(state)}"
    delivery.last_error, delivery.updated_at = error, report.ended_at
    row.last_error = error or row.last_error


def _take_back(
    session: Session,
    event: OutboundEvent,
    row: EventRow,
    delivery: DeliveryRow,
    report: DeliveryReport,
) -> None:
    """Undo the beginning of an attempt that nothing was sent in."""
    if (report.number, event.replay) != (delivery.number, delivery.replay):
        return
    delivery_attempts.forget(session, event, report)
    row.attempt_count -= 1
    row.last_error = report.error or row.last_error
    delivery.number -= 1
    delivery.attempt_count -= 1
    if delivery.status not in ENDED:
        delivery.status, delivery.next_attempt_at = report.status, report.next_attempt_at
        delivery.last_error, delivery.updated_at = report.error, report.ended_at


def _finished(
    report: DeliveryReport,
    status: DeliveryStatus,
    before: Mapping[str, EndpointState],
    after: Mapping[str, EndpointState],
) -> Finished:
    now = after.get(report.endpoint_id, EndpointState())
    then = before.get(report.endpoint_id, EndpointState())
    return Finished(
        report.endpoint_id,
        status,
        # The operator is told in any case, also when the first time the answer was lost.
        disabled=disabled_at(now, report.ended_at),
        recovered=then.failing_since is not None and now.failing_since is None,
    )
