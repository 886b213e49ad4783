"""The side effects of handling one received event."""

import base64
import json
import logging
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.bodies import LOST, stored_body
from activities.handler import Ending, run_handler
from activities.heartbeat import heartbeats
from activities.reports import Reporter
from activities.trouble import LOGGED, trouble_of_ours
from layeron import names
from layeron.application import Backend
from layeron.current import working_on
from layeron.event import Context, Event
from layeron.options import Observability
from layeron.ports.blobs import BlobStore
from layeron.ports.engine import Handled
from layeron.ports.records import AlreadySettled, DuplicateOf, RecordStore
from layeron.ports.secrets import SecretSource
from layeron.records import AttemptReport, InboundEvent
from layeron.request import headers_of
from layeron.text import label
from layeron.tracing import about, failed, span

logger = logging.getLogger("layeron.worker")

_LARGEST_IN_HISTORY = 2**20
_LARGEST_INPUT = 2_000_000
"""Bytes of what a user's workflow is started with; Temporal takes less than 2 MiB, and an event
that has more would be tried for ever."""

_LOST = Ending(
    "failed",
    error=f"BodyLostError: {LOST}",
    permanent=True,
)


@dataclass(frozen=True, slots=True)
class Opened:
    """An attempt that a user's workflow will make.

    Attributes:
        settled: the event was handled before; nothing is left to do.
        body_base64: the raw bytes; None when they are too large for the engine's history.
    """

    settled: Handled | None = None
    body_base64: str | None = None


class InboundActivities:
    """Stores, handles and records received events, with the tools it was handed."""

    def __init__(
        self,
        *,
        app: Backend,
        records: RecordStore,
        blobs: BlobStore,
        secrets: SecretSource,
        threads: Executor,
    ) -> None:
        self._app = app
        self._records = records
        self._blobs = blobs
        self._reporter = Reporter(app, secrets, blobs)
        self._threads = threads

    @activity.defn
    async def handle_event(self, event: InboundEvent, body: bytes | None) -> Handled:
        """Make one attempt: store the body, note the attempt, run the handler, note how it ended.

        Args:
            event: what was received.
            body: its bytes, unless they are stored already.
        """
        number = event.attempts_used + activity.info().attempt
        # All the time: a bucket may take longer to answer than the engine waits for a beat.
        async with heartbeats() as beat:
            async with trouble_of_ours(event.event_id, number - 1):
                if settled := await self._begin(event, body, number):
                    return settled
                raw = body if body is not None else await stored_body(self._blobs, event.body)
            report = await self._attempt(event, raw, number, beat)
            # Once the handler has run, only its outcome can be missing: the workflow keeps it then.
            async with trouble_of_ours(event.event_id, asdict(report), kind=names.UNRECORDED):
                await self._write(event, report)
        if report.outcome == "succeeded":
            return Handled(report.status, report.response)
        # The engine's text is UTF-8, which cannot carry lone surrogates.
        told = (report.error or report.outcome).encode(errors="backslashreplace").decode()
        raise ApplicationError(
            told,
            type=names.PERMANENT if report.permanent else names.HANDLER_FAILED,
            non_retryable=report.permanent,
            category=LOGGED,
        )

    @activity.defn
    async def open_attempt(self, event: InboundEvent, body: bytes | None, number: int) -> Opened:
        """Store the body and note that a user's workflow starts to handle the event."""
        async with trouble_of_ours(event.event_id):
            if settled := await self._begin(event, body, number):
                return Opened(settled)
            raw = body if body is not None else await stored_body(self._blobs, event.body)
            if raw is None:
                report = await self._report(event, _LOST, number)
                await self._write(event, report)
                return Opened(Handled(report.status))
        return Opened(body_base64=_for_history(event, raw))

    @activity.defn
    async def record_attempt(self, event: InboundEvent, report: AttemptReport) -> None:
        """Write down how an attempt ended."""
        async with trouble_of_ours(event.event_id):
            await self._write(event, await self._reporter.clean(event, None, report))

    @activity.defn
    async def record_exhausted(self, event: InboundEvent, error: str) -> None:
        """Write down that an event's attempts are used up when no attempt could say so itself."""
        status, now = event.policy.exhausted_status, datetime.now(UTC)
        async with trouble_of_ours(event.event_id):
            clean = await self._reporter.clean_text(event, error)
            await self._records.mark_exhausted(event, status=status, error=clean, at=now)
        if self._observability(event).errors:
            logger.error("%s: %s: %s", event.event_id, status, clean, extra=_about(event))

    async def _begin(self, event: InboundEvent, body: bytes | None, number: int) -> Handled | None:
        """Make body and attempt durable; a value says that nothing is left to do."""
        if body is not None:
            await self._blobs.put(event.body.name, body)
        begun = await self._records.begin_attempt(
            event,
            number=number,
            run_id=activity.info().workflow_run_id or "",
            at=datetime.now(UTC),
        )
        match begun:
            case DuplicateOf(first):
                return Handled("duplicate", duplicate_of=first)
            case AlreadySettled(status, response):
                return Handled(status, response)
            case _:
                return None

    async def _attempt(
        self, event: InboundEvent, raw: bytes | None, number: int, beat: Callable[[], None]
    ) -> AttemptReport:
        if raw is None:
            return await self._report(event, _LOST, number)
        started = datetime.now(UTC)
        webhook = self._app.webhook(event.namespace, event.webhook)
        handler = webhook.handlers.match(event.event_type) if webhook else None
        if webhook is None or handler is None:
            note = f"no handler for {label(event.event_type)}"
            ended = datetime.now(UTC)
            return AttemptReport(number, "succeeded", "unhandled", started, ended, note=note)
        seen = event_of(event, raw, number)
        hidden = await self._reporter.hidden(event, raw)
        context = Context(seen, beat, logs=webhook.observability.logs)
        limit = event.policy.timeout_seconds
        named = {**about(event), "layeron.attempt": number}
        with working_on(event.event_id, _name(event), hidden), span("handler", named) as own:
            ending = await run_handler(handler, seen, context, limit=limit, threads=self._threads)
            own.set_attribute("layeron.status", ending.outcome)
            if ending.outcome != "succeeded":
                failed(own, _kind_of(ending))
        return await self._reporter.report(
            event, raw, ending, number=number, started_at=started, lines=context.lines
        )

    async def _report(self, event: InboundEvent, ending: Ending, number: int) -> AttemptReport:
        return await self._reporter.report(
            event, b"", ending, number=number, started_at=datetime.now(UTC)
        )

    async def _write(self, event: InboundEvent, report: AttemptReport) -> None:
        await self._records.finish_attempt(event, report)
        self._tell(event, report)

    def _tell(self, event: InboundEvent, report: AttemptReport) -> None:
        """Log the attempt, as far as its webhook wants to be heard of."""
        wanted = self._observability(event)
        taken = (report.ended_at - report.started_at).total_seconds()
        if report.outcome == "succeeded":
            if wanted.logs:
                logger.info(
                    "%s %s: %s in %.3f s (attempt %d)",
                    event.webhook, event.event_id, report.status, taken, report.number,
                    extra=_about(event),
                )  # fmt: skip
        elif wanted.errors:
            logger.warning(
                "%s %s: attempt %d %s, now %s: %s",
                event.webhook, event.event_id, report.number, report.outcome, report.status,
                report.error, extra=_about(event) | {"trace": report.error_trace},
            )  # fmt: skip

    def _observability(self, event: InboundEvent) -> Observability:
        webhook = self._app.webhook(event.namespace, event.webhook)
        return webhook.observability if webhook else Observability()


def event_of(event: InboundEvent, body: bytes | None, attempt: int) -> Event:
    """What a handler sees of an event."""
    return Event(
        id=event.event_id,
        webhook=event.webhook,
        namespace=event.namespace,
        provider=event.provider,
        event_type=event.event_type,
        external_event_id=event.external_event_id,
        body=body,
        headers=headers_of(event.headers),
        signature_status=event.signature_status,
        received_at=event.received_at,
        attempt=attempt,
        replay_of=event.event_id if event.replay else None,
    )


def _for_history(event: InboundEvent, raw: bytes) -> str | None:
    """The body as a user's workflow is started with it, if that fits beside what else it gets."""
    if len(raw) > _LARGEST_IN_HISTORY:
        return None
    body = base64.b64encode(raw).decode()
    beside = len(json.dumps([event.headers, event.external_event_id]))
    return body if len(body) + beside <= _LARGEST_INPUT else None


def _about(event: InboundEvent) -> dict[str, str]:
    return {"event_id": event.event_id, "webhook": _name(event)}


def _name(event: InboundEvent) -> str:
    return f"{event.namespace}/{event.webhook}"


def _kind_of(ending: Ending) -> str:
    """The type of what a handler raised, without its message, which may hold anything."""
    return (ending.error or "").partition(":")[0] if ending.trace else ending.outcome
