"""Events and reports to try a store with."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from layeron.identity import new_event_id
from layeron.ports.records import BeginResult, RecordStore
from layeron.records import AttemptReport, BodyReference, InboundEvent

NOON = datetime(2026, 5, 1, 12, 0, 0, 123456, tzinfo=UTC)
DAY = 86_400


def after(seconds: float) -> datetime:
    """So long after noon."""
    return NOON + timedelta(seconds=seconds)


def an_event(*, at: datetime = NOON, key: str | None = None, **changes: Any) -> InboundEvent:
    """An event received at a time, with a dedupe window of a day."""
    event = InboundEvent(
        event_id=new_event_id(at),
        workflow_id=f"inbound/default/stripe/{key}",
        namespace="default",
        webhook="stripe",
        provider="stripe",
        event_type="invoice.paid",
        external_event_id="evt_1",
        dedupe_key=key,
        dedupe_ttl_seconds=DAY,
        method="POST",
        url="/webhooks/stripe?a=1",
        headers=[("Content-Type", "application/json"), ("X-Twice", "1"), ("X-Twice", "2")],
        body=BodyReference("default/stripe/2026/05/01/abc", 12, "ab" * 32),
        body_stored=False,
        signature_status="verified",
        received_at=at,
        signature_secret="STRIPE_WEBHOOK_SECRET (latest)",
    )
    return replace(event, **changes)


def succeeded(number: int = 1, **changes: Any) -> AttemptReport:
    """The report of an attempt that handled the event."""
    return replace(AttemptReport(number, "succeeded", "succeeded", NOON, after(1)), **changes)


def failed(number: int = 1, **changes: Any) -> AttemptReport:
    """The report of an attempt that will be followed by another."""
    report = AttemptReport(
        number,
        "failed",
        "retrying",
        NOON,
        after(1),
        error="ValueError: no such invoice",
        error_trace="Traceback …\nValueError: no such invoice",
    )
    return replace(report, **changes)


async def begin(
    store: RecordStore, event: InboundEvent, number: int = 1, *, at: datetime | None = None
) -> BeginResult:
    """Begin an attempt, at the time the event was received."""
    return await store.begin_attempt(
        event, number=number, run_id="run-1", at=at or event.received_at
    )


async def handle(
    store: RecordStore, event: InboundEvent, report: AttemptReport | None = None
) -> InboundEvent:
    """Begin and finish an attempt."""
    report = report or succeeded()
    await begin(store, event, report.number)
    await store.finish_attempt(event, report)
    return event
