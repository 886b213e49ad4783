"""What an operator does with events: list, inspect, read, replay; over the ports alone."""

import hashlib
import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from layeron.application import Backend
from layeron.errors import (
    BodyErasedError,
    BodyLostError,
    ConflictError,
    NotFoundError,
    PayloadError,
    UnavailableError,
)
from layeron.identity import is_event_id
from layeron.outbound.records import OutboundEvent
from layeron.outbound.replaying import deliveries_to_replay, record_of_sent, replayed
from layeron.outbound.sealing import Seals
from layeron.outbound.showing import shown_event
from layeron.ports.blobs import BlobStore
from layeron.ports.endpoints import EndpointStore
from layeron.ports.engine import Engine, Execution
from layeron.ports.records import RecordStore
from layeron.records import (
    FINAL_STATUSES,
    EventFilter,
    EventPage,
    EventRecord,
    HandlingPolicy,
    InboundEvent,
    ReplayRecord,
)
from layeron.starts import Starts

logger = logging.getLogger("layeron.operations")


@dataclass(frozen=True, slots=True)
class Operations:
    """The gateway of the service's own processes (see `layeron.events.EventsGateway`)."""

    app: Backend
    engine: Engine
    records: RecordStore
    blobs: BlobStore
    endpoints: EndpointStore
    seals: Seals
    starts: Starts

    async def list_events(
        self, where: EventFilter, *, limit: int, cursor: str | None = None
    ) -> EventPage:
        """A page of events, newest first."""
        page = await self.records.list_events(where, limit=limit, cursor=cursor)
        return replace(page, events=[shown_event(each) for each in page.events])

    async def get_event(self, event_id: str) -> EventRecord:
        """One event; before its record exists, what the inbox or the engine knows of it.

        Raises:
            NotFoundError: none knows it.
        """
        return shown_event(await self.read_event(event_id))

    async def read_event(self, event_id: str) -> EventRecord:
        """The same for the service itself: with its header fields as they are kept."""
        try:
            return await self.records.get_event(event_id)
        except NotFoundError:
            execution = await self._execution(event_id)
            if execution is None:
                raise
            return self._record_of(execution)

    async def get_payload(self, event_id: str) -> bytes:
        """The exact bytes that were received or sent.

        Raises:
            NotFoundError: there is no such event.
            BodyLostError: the stored body is gone or was altered.
        """
        try:
            record = await self.records.get_event(event_id)
        except NotFoundError:
            execution = await self._execution(event_id)
            if execution is None:
                raise
            if execution.body is not None:
                return execution.body
            record = self._record_of(execution)
        return await self._body_of(record)

    async def _body_of(self, record: EventRecord) -> bytes:
        if record.body_erased_at is not None:
            raise _erased(record)
        body = await self.blobs.get(record.body.name)
        if hashlib.sha256(body).hexdigest() != record.body.sha256:
            raise BodyLostError(
                f"event {record.id}: the stored body was altered after it was stored"
            )
        return body

    async def replay_event(
        self,
        event_id: str,
        *,
        requested_by: str,
        reason: str | None,
        endpoints: Sequence[str] | None = None,
    ) -> ReplayRecord:
        """Start a new workflow over the stored bytes.

        Args:
            event_id: which event.
            requested_by: who asked.
            reason: why.
            endpoints: of an event that is sent, to whom (see `deliveries_to_replay`).

        Raises:
            NotFoundError: there is no such event, or its webhook is no longer declared.
            ConflictError: it is still being handled or sent.
            BodyLostError: its body was deleted, is gone or was altered.
            PayloadError: endpoints are named, and the event was received.
        """
        record = await self.read_event(event_id)
        if record.status in FINAL_STATUSES:
            # Read once before, as a replay without its body would only be another dead letter.
            await self._look_for_body(record)
        return await self.replay_record(
            record, requested_by=requested_by, reason=reason, endpoints=endpoints
        )

    async def replay_record(
        self,
        record: EventRecord,
        *,
        requested_by: str,
        reason: str | None,
        endpoints: Sequence[str] | None = None,
        bulk_id: str | None = None,
    ) -> ReplayRecord:
        """The same for an event whose record was read just now, by `read_event`.

        Of one bulk replay an event has one replay, however often this is asked for: one that is on
        record is started if it was not.
        """
        if record.in_inbox:
            raise ConflictError(
                f"event {record.id} waits in the inbox for the engine; replay it when it has ended"
            )
        begun = next((each for each in record.replays if bulk_id and each.bulk_id == bulk_id), None)
        if begun is not None:
            if begun.status != "accepted" or await self.engine.is_running(begun.workflow_id):
                return begun
            others = [each for each in record.replays if each is not begun]
            record = replace(record, replays=others, replay_count=begun.number - 1)
        again = await self._again(record, endpoints)
        replay = await self.records.add_replay(
            record.id,
            requested_by=requested_by,
            reason=reason,
            at=datetime.now(UTC),
            bulk_id=bulk_id,
        )
        if replay.number != record.replay_count + 1:
            await self.records.fail_replay(record.id, replay.number)
            raise ConflictError(f"another replay of event {record.id} began at this moment; wait")
        try:
            await self.engine.start_replay(replace(again, replay=replay.number))
        except BaseException:
            if bulk_id is None:  # which tries again until it is started
                await self.records.fail_replay(record.id, replay.number)
            raise
        return replay

    async def _look_for_body(self, record: EventRecord) -> None:
        try:
            await self._body_of(record)
        except UnavailableError:
            logger.warning("event %s: its body cannot be looked for now", record.id)

    async def _again(
        self, record: EventRecord, endpoints: Sequence[str] | None
    ) -> InboundEvent | OutboundEvent:
        if record.body_erased_at is not None:
            raise _erased(record)
        if record.direction == "outbound":
            return await self._sent_again(record, endpoints)
        if endpoints is not None:
            raise PayloadError(
                f"event {record.id} was received, not sent, so it goes to no endpoint; leave"
                " 'endpoints' out"
            )
        return await self._handled_again(record)

    async def _handled_again(self, record: EventRecord) -> InboundEvent:
        webhook = self.app.webhook(record.namespace, record.webhook)
        if webhook is None:
            raise _undeclared(record)
        handlings: Sequence[EventRecord | ReplayRecord] = record.replays or [record]
        for each in handlings:
            if each.status not in FINAL_STATUSES and await self.engine.is_running(each.workflow_id):
                raise ConflictError(
                    f"event {record.id} is still being handled (status {each.status}); replay it"
                    " when it has ended"
                )
        handler = webhook.handlers.match(record.event_type)
        return _event_of(record, webhook.policy, handler.workflow_name if handler else None)

    async def _sent_again(
        self, record: EventRecord, endpoints: Sequence[str] | None
    ) -> OutboundEvent:
        publisher = self.app.publisher(record.namespace, record.webhook)
        if publisher is None:
            raise _undeclared(record)
        created = await self.endpoints.matching(
            record.namespace, record.webhook, user_id=record.user_id
        )
        known = [*publisher.records.values(), *created]
        candidates = [each for each in known if each.user_id in {None, record.user_id}]
        chosen = await deliveries_to_replay(record, endpoints, candidates, self.engine)
        lanes = {each.id for each in known if each.fifo}
        again = replayed(record, [each.endpoint_id for each in chosen], lanes)
        return replace(again, headers=await self.seals.seal(again.headers))

    def _record_of(self, execution: Execution) -> EventRecord:
        event = execution.event
        if isinstance(event, InboundEvent):
            return _record_of_received(event, execution)
        publisher = self.app.publisher(event.namespace, event.webhook)
        declared = publisher.records.values() if publisher else ()
        names = {each.id: each.name for each in declared}
        return record_of_sent(event, names, status=execution.status, run_id=execution.run_id)

    async def _execution(self, event_id: str) -> Execution | None:
        """What is known before a record exists.

        The engine is asked in a query, which a text that is no id could alter.
        """
        return await self.starts.find(event_id) if is_event_id(event_id) else None


def _undeclared(record: EventRecord) -> NotFoundError:
    return NotFoundError(
        f"webhook {record.namespace}/{record.webhook} is not declared any more; declare it again to"
        " replay its events"
    )


def _erased(record: EventRecord) -> BodyErasedError:
    return BodyErasedError(
        f"event {record.id}: the body was deleted on {record.body_erased_at:%Y-%m-%d}, by the"
        " retention policy or on request"
    )


def _event_of(
    record: EventRecord, policy: HandlingPolicy, child_workflow: str | None
) -> InboundEvent:
    return InboundEvent(
        event_id=record.id,
        workflow_id=record.workflow_id,
        namespace=record.namespace,
        webhook=record.webhook,
        provider=record.provider,
        event_type=record.event_type,
        external_event_id=record.external_event_id,
        dedupe_key=None,
        dedupe_ttl_seconds=0,
        method=record.method,
        url=record.url,
        headers=record.headers,
        body=record.body,
        body_stored=True,
        signature_status=record.signature_status,
        received_at=record.received_at,
        policy=policy,
        signature_secret=record.signature_secret,
        child_workflow=child_workflow,
    )


def _record_of_received(event: InboundEvent, execution: Execution) -> EventRecord:
    return EventRecord(
        id=event.event_id,
        direction="inbound",
        namespace=event.namespace,
        webhook=event.webhook,
        provider=event.provider,
        event_type=event.event_type,
        external_event_id=event.external_event_id,
        status=execution.status,
        signature_status=event.signature_status,
        received_at=event.received_at,
        updated_at=event.received_at,
        method=event.method,
        url=event.url,
        headers=event.headers,
        body=event.body,
        dedupe_key=event.dedupe_key,
        workflow_id=event.workflow_id,
        run_id=execution.run_id,
        signature_secret=event.signature_secret,
        in_inbox=execution.run_id is None,
    )
