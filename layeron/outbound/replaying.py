"""Sending an event again: to which endpoints, and with what."""

from collections.abc import Collection, Mapping, Sequence

from layeron.errors import ConflictError, NotFoundError
from layeron.identity import lane_workflow_id, replay_workflow_id
from layeron.outbound.records import ENDED, EndpointRecord, OutboundEvent
from layeron.ports.engine import Engine
from layeron.records import DeliveryRecord, EventRecord, EventStatus


async def deliveries_to_replay(
    record: EventRecord,
    wanted: Sequence[str] | None,
    candidates: Sequence[EndpointRecord],
    engine: Engine,
) -> list[DeliveryRecord]:
    """The deliveries that a replay is about: of those the event has, or new ones.

    Args:
        record: of the event.
        wanted: names or ids of endpoints, which need not have had the event before; without it,
            those that it did not reach, and if it reached all, all; but none that was deleted.
        candidates: the endpoints it may be sent to, by their owners.
        engine: tells what is still being sent.

    Raises:
        NotFoundError: there is no endpoint of this name that it may be sent to.
        ConflictError: it is still being sent there, it was sent to none, or to one that was
            deleted.
    """
    there = {each.id for each in candidates}
    if wanted is not None:
        chosen = _named(record, wanted, candidates)
        if deleted := [each for each in chosen if each.endpoint_id not in there]:
            raise _deleted(record, deleted)
    elif record.deliveries:
        missed = [each for each in record.deliveries if each.status != "succeeded"]
        asked = missed or record.deliveries
        chosen = [each for each in asked if each.endpoint_id in there]
        if not chosen:
            raise _deleted(record, asked)
    else:
        raise ConflictError(
            f"event {record.id} was sent to no endpoint, as none wanted it; name endpoints to send"
            " it to, or send another event"
        )
    for each in record.replays:
        if each.status == "accepted" and await engine.is_running(each.workflow_id):
            raise ConflictError(f"replay {each.number} of event {record.id} has just begun; wait")
    for delivery in chosen:
        if delivery.status not in ENDED and await _is_being_sent(record, delivery, engine):
            raise ConflictError(
                f"event {record.id} is still being sent to endpoint {delivery.endpoint!r} (status"
                f" {delivery.status}); wait, or name endpoints that it is not being sent to"
            )
    return chosen


def _deleted(record: EventRecord, deliveries: Sequence[DeliveryRecord]) -> ConflictError:
    which = ", ".join(f"{each.endpoint!r} ({each.endpoint_id})" for each in deliveries[:5])
    were = "endpoint" if len(deliveries) == 1 else "endpoints"
    return ConflictError(
        f"event {record.id} cannot be sent to {were} {which}, deleted since then or no longer"
        " declared; create one, and name it in 'endpoints'"
    )


def _named(
    record: EventRecord, wanted: Sequence[str], candidates: Sequence[EndpointRecord]
) -> list[DeliveryRecord]:
    there = {each.id for each in candidates}
    chosen: dict[str, DeliveryRecord] = {}
    for name in wanted:
        had = [each for each in record.deliveries if name in {each.endpoint, each.endpoint_id}]
        new = [
            # Nothing of it is under way.
            DeliveryRecord(record.id, each.id, each.name, "skipped", 0, 0, record.updated_at)
            for each in candidates
            if name in {each.id, each.name}
        ]
        # One that took the name of one that was deleted is the one that is meant.
        found = [each for each in had if each.endpoint_id in there] or new or had
        if not found:
            known = dict.fromkeys(
                [each.endpoint for each in record.deliveries] + [each.name for each in candidates]
            )
            raise NotFoundError(
                f"event {record.id} was not sent to an endpoint {name[:40]!r}; name some of"
                f" {', '.join([*known][:10]) or 'none'}"
            )
        chosen |= {each.endpoint_id: each for each in found}
    return list(chosen.values())


async def _is_being_sent(record: EventRecord, delivery: DeliveryRecord, engine: Engine) -> bool:
    """By the workflow of this sending, or by the endpoint's queue."""
    sending = record.workflow_id
    if delivery.replay:
        sending = replay_workflow_id(record.workflow_id, delivery.replay)
    lane = lane_workflow_id(delivery.endpoint_id)
    return await engine.is_running(sending) or await engine.is_running(lane)


def replayed(
    record: EventRecord, endpoints: Sequence[str], lanes: Collection[str]
) -> OutboundEvent:
    """What a sending is made with, by the record, but for the replay's number."""
    return OutboundEvent(
        event_id=record.id,
        workflow_id=record.workflow_id,
        namespace=record.namespace,
        webhook=record.webhook,
        event_type=record.event_type,
        idempotency_key=record.dedupe_key,
        user_id=record.user_id,
        headers=record.headers,
        body=record.body,
        body_stored=True,
        sent_at=record.received_at,
        endpoints=list(endpoints),
        lanes=[each for each in endpoints if each in lanes],
    )


def record_of_sent(
    event: OutboundEvent, names: Mapping[str, str], *, status: EventStatus, run_id: str | None
) -> EventRecord:
    """The record of an event that has none yet: nothing was sent.

    Args:
        event: what its workflow was started with.
        names: of endpoints, by id, as far as they are known.
        status: of the workflow.
        run_id: of the workflow; None while the event waits in the inbox.
    """
    return EventRecord(
        id=event.event_id,
        direction="outbound",
        namespace=event.namespace,
        webhook=event.webhook,
        provider=event.provider,
        event_type=event.event_type,
        external_event_id=event.idempotency_key,
        status=status,
        signature_status="skipped",
        received_at=event.sent_at,
        updated_at=event.sent_at,
        method="POST",
        url="",
        headers=event.headers,
        body=event.body,
        dedupe_key=event.idempotency_key,
        workflow_id=event.workflow_id,
        run_id=run_id,
        deliveries=[
            DeliveryRecord(
                event.event_id, each, names.get(each, each), "queued", 0, 0, event.sent_at
            )
            for each in event.endpoints
        ],
        user_id=event.user_id,
        in_inbox=run_id is None,
    )
