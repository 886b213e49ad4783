"""Events as lines for people."""

from collections.abc import Iterator
from datetime import datetime

from layeron.links import workflow_page
from layeron.local import LocalService
from layeron.records import FINAL_STATUSES, AttemptRecord, EventPage, EventRecord
from layeron.settings import Settings
from layeron.text import printable


def page_lines(page: EventPage) -> Iterator[str]:
    """A table of events."""
    if not page.events:
        yield "no events match"
        return
    head = ("EVENT", "RECEIVED (UTC)", "WEBHOOK", "STATUS", "TRIES", "REPEATS", "TYPE")
    rows = [head, *(_row(event) for event in page.events)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(head))]
    for row in rows:
        yield "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip()
    if page.next_cursor:
        yield f"older ones: --cursor {page.next_cursor}"


def event_lines(event: EventRecord) -> Iterator[str]:
    """One event with its life: accepted, stored, each attempt, and how it ended."""
    yield f"{event.id}  {printable(event.event_type)}  {event.status}"
    external = event.external_event_id
    known_as = f", external id {printable(external)}" if external else ""
    yield f"  webhook    {event.namespace}/{event.webhook}{known_as}"
    secret = f" by {event.signature_secret}" if event.signature_secret else ""
    yield f"  accepted   {_time(event.received_at)}, signature {event.signature_status}{secret}"
    stored = "stored" if event.attempts else "body  "
    yield f"  {stored}     {event.body.size} bytes, sha256 {event.body.sha256[:16]}…"
    if event.duplicates:
        other = f", {event.conflicts} of them with other bytes" if event.conflicts else ""
        yield f"  repeats    {event.duplicates}{other}"
    yield from _handling_lines(event, 0)
    for replay in event.replays:
        reason = f": {printable(replay.reason)}" if replay.reason else ""
        by = printable(replay.requested_by)
        yield f"  replay {replay.number}   {_time(replay.requested_at)}, by {by}{reason}"
        yield from _handling_lines(event, replay.number)
    if event.status in FINAL_STATUSES:
        yield f"  {_ENDINGS.get(event.status, event.status):<10} {_time(event.updated_at)}"
    yield f"  workflow   {event.workflow_id}"


def link_lines(event: EventRecord, settings: Settings) -> Iterator[str]:
    """Where to look further."""
    local = LocalService.of(settings.data_dir)
    yield f"  API        {settings.url or local.url}/api/v1/events/{event.id}"
    if temporal_ui := settings.temporal_pages or local.temporal_ui:
        yield f"  Temporal   {workflow_page(temporal_ui, event)}"


def attempt_line(attempt: AttemptRecord) -> str:
    """How one attempt went."""
    took = "" if attempt.duration_seconds is None else f" in {attempt.duration_seconds:.3f} s"
    error = f": {printable(attempt.error, 500)}" if attempt.error else ""
    return f"  attempt {attempt.number}  {attempt.outcome}{took}{error}"


_ENDINGS = {"succeeded": "handled", "dead_letter": "given up"}


def _handling_lines(event: EventRecord, replay: int) -> Iterator[str]:
    """The attempts of the first handling (0) or of a replay."""
    for attempt in event.attempts:
        if attempt.replay != replay:
            continue
        yield attempt_line(attempt)
        for line in attempt.logs:
            fields = " ".join(
                f"{name}={printable(value)}" for name, value in line["fields"].items()
            )
            yield f"               {printable(line['message'])} {fields}".rstrip()
        if attempt.note:
            yield f"               note: {printable(attempt.note, 500)}"


def _time(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S}.{at.microsecond // 1000:03d} UTC"


def _row(event: EventRecord) -> tuple[str, ...]:
    return (
        event.id,
        f"{event.received_at:%Y-%m-%d %H:%M:%S}",
        f"{event.namespace}/{event.webhook}",
        event.status,
        str(event.attempt_count),
        str(event.duplicates),
        printable(event.event_type, 60),
    )
