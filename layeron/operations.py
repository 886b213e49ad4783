"""What an operator does with events: list, inspect, read, replay; over the ports alone."""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime

from layeron.application import Backend
from layeron.errors import BodyLostError, ConflictError, NotFoundError
from layeron.identity import is_event_id
from layeron.ports.blobs import BlobStore
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


@dataclass(frozen=True, slots=True)
class Operations:
    """The gateway of the service's own processes (see `layeron.events.EventsGateway`)."""

    app: Backend
    engine: Engine
    records: RecordStore
    blobs: BlobStore

    async def list_events(
        self, where: EventFilter, *, limit: int, cursor: str | None = None
    ) -> EventPage:
        """A page of events, newest first."""
        return await self.records.list_events(where, limit=limit, cursor=cursor)

    async def get_event(self, event_id: str) -> EventRecord:
        """One event; before its record exists, what the engine knows of it.

        Raises:
            NotFoundError: neither knows it.
        """
        try:
            return await self.records.get_event(event_id)
        except NotFoundError:
            execution = await self._execution(event_id)
            if execution is None:
                raise
            return _record_of(execution)

    async def get_payload(self, event_id: str) -> bytes:
        """The exact bytes received.

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
            record = _record_of(execution)
        body = await self.blobs.get(record.body.name)
        if hashlib.sha256(body).hexdigest() != record.body.sha256:
            raise BodyLostError(
                f"event {record.id}: the stored body was altered after it was received"
            )
        return body

    async def replay_event(
        self, event_id: str, *, requested_by: str, reason: str | None
    ) -> ReplayRecord:
        """Start a new workflow over the stored bytes.

        Raises:
            NotFoundError: there is no such event, or its webhook is no longer declared.
            ConflictError: it is still being handled.
        """
        record = await self.get_event(event_id)
        webhook = self.app.webhook(record.namespace, record.webhook)
        if webhook is None:
            raise NotFoundError(
                f"webhook {record.namespace}/{record.webhook} is not declared any more; declare it"
                " again to replay its events"
            )
        last = record.replays[-1] if record.replays else record
        if last.status not in FINAL_STATUSES and await self.engine.is_running(last.workflow_id):
            raise ConflictError(
                f"event {record.id} is still being handled (status {last.status}); replay it when"
                " it has ended"
            )
        replay = await self.records.add_replay(
            record.id, requested_by=requested_by, reason=reason, at=datetime.now(UTC)
        )
        handler = webhook.handlers.match(record.event_type)
        child = handler.workflow_name if handler else None
        event = _event_of(record, webhook.policy, child, replay.number)
        try:
            await self.engine.start_replay(event)
        except BaseException:
            await self.records.fail_replay(record.id, replay.number)
            raise
        return replay

    async def _execution(self, event_id: str) -> Execution | None:
        """What the engine knows; it is asked in a query, which a text that is no id could alter."""
        return await self.engine.find(event_id) if is_event_id(event_id) else None


def _event_of(
    record: EventRecord, policy: HandlingPolicy, child_workflow: str | None, replay: int
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
        replay=replay,
    )


def _record_of(execution: Execution) -> EventRecord:
    event = execution.event
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
    )
