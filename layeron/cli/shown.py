"""One event with its life, as lines for people."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from layeron.cli.tables import coloured
from layeron.links import workflow_page
from layeron.local import LocalService
from layeron.records import FINAL_STATUSES, AttemptRecord, EventRecord, EventStatus
from layeron.settings import Settings
from layeron.text import printable

_ENDINGS = {"succeeded": "handled", "dead_letter": "given up"}
_INDENT = " " * 15
_LONGEST_LINE = 500


def event_lines(event: EventRecord, *, traces: bool = False) -> Iterator[str]:
    """Accepted, stored, each attempt and each replay, and how it ended.

    Args:
        event: with its attempts.
        traces: whether to show the tracebacks of failed attempts.
    """
    yield f"{event.id}  {printable(event.event_type)}  {coloured(event.status)}"
    external = event.external_event_id
    known_as = f", external id {printable(external)}" if external else ""
    yield f"  webhook    {event.namespace}/{event.webhook}{known_as}"
    yield _beginning(event)
    if event.in_inbox:
        yield "  waiting    in the inbox, until the engine takes it"
    stored = "stored" if event.attempts else "body  "
    yield f"  {stored}     {event.body.size} bytes, sha256 {event.body.sha256[:16]}…"
    if event.body_erased_at:
        yield f"  erased     {time_of(event.body_erased_at)}: the body is there no more"
    if event.duplicates:
        other = f", {event.conflicts} of them with other bytes" if event.conflicts else ""
        yield f"  repeats    {event.duplicates}{other}"
    for delivery in event.deliveries:
        due = f", next one {time_of(delivery.next_attempt_at)}" if delivery.next_attempt_at else ""
        tries = f"{delivery.attempt_count} attempt{'s' * (delivery.attempt_count != 1)}"
        status = coloured(delivery.status)
        yield f"  to         {printable(delivery.endpoint)}  {status}, {tries}{due}"
    yield from _handling_lines(event, 0, traces=traces)
    for replay in event.replays:
        reason = f": {printable(replay.reason)}" if replay.reason else ""
        bulk = f", part of {replay.bulk_id}" if replay.bulk_id else ""
        by = printable(replay.requested_by)
        yield f"  replay {replay.number}   {time_of(replay.requested_at)}, by {by}{bulk}{reason}"
        yield from _handling_lines(event, replay.number, traces=traces)
    if event.status in FINAL_STATUSES:
        yield f"  {_ENDINGS.get(event.status, event.status):<10} {time_of(event.updated_at)}"
    yield f"  workflow   {event.workflow_id}"


def link_lines(event: EventRecord, settings: Settings) -> Iterator[str]:
    """Where to look further."""
    local = LocalService.of(settings.data_dir)
    base = settings.url or local.url
    yield f"  dashboard  {base}/dashboard/events/{event.id}"
    yield f"  API        {base}/api/v1/events/{event.id}"
    if temporal_ui := settings.temporal_pages or local.temporal_ui:
        yield f"  Temporal   {workflow_page(temporal_ui, event)}"


def attempt_line(attempt: AttemptRecord) -> str:
    """How one attempt went."""
    took = "" if attempt.duration_seconds is None else f" in {attempt.duration_seconds:.3f} s"
    to = f" to {printable(attempt.endpoint)}" if attempt.endpoint else ""
    answered = "" if attempt.http_status is None else f", answered {attempt.http_status}"
    error = f": {printable(attempt.error, _LONGEST_LINE)}" if attempt.error else ""
    return f"  attempt {attempt.number}{to}  {attempt.outcome}{took}{answered}{error}"


def counts_of(counts: Mapping[EventStatus, int]) -> str:
    """How many events have which status."""
    return ", ".join(f"{number} {status}" for status, number in counts.items() if number)


def time_of(at: datetime) -> str:
    """A moment, to the millisecond."""
    return f"{at:%Y-%m-%d %H:%M:%S}.{at.microsecond // 1000:03d} UTC"


def _beginning(event: EventRecord) -> str:
    if event.direction == "outbound":
        user = f", for user {printable(event.user_id)}" if event.user_id else ""
        return f"  sent       {time_of(event.received_at)}{user}"
    secret = f" by {event.signature_secret}" if event.signature_secret else ""
    return f"  accepted   {time_of(event.received_at)}, signature {event.signature_status}{secret}"


def _handling_lines(event: EventRecord, replay: int, *, traces: bool) -> Iterator[str]:
    """The attempts of the first handling (0) or of a replay."""
    before: str | None = None
    for attempt in event.attempts:
        if attempt.replay != replay:
            continue
        yield attempt_line(attempt)
        for line in attempt.logs:
            fields = " ".join(
                f"{name}={printable(str(value))}" for name, value in line["fields"].items()
            )
            yield f"{_INDENT}{printable(line['message'])} {fields}".rstrip()
        if attempt.note:
            yield f"{_INDENT}note: {printable(attempt.note, _LONGEST_LINE)}"
        if not traces:
            continue
        if attempt.response_excerpt:
            yield f"{_INDENT}answer: {printable(attempt.response_excerpt, _LONGEST_LINE)}"
        if attempt.error_trace and attempt.error_trace == before:
            yield f"{_INDENT}with the same traceback"
        elif attempt.error_trace:
            for text in attempt.error_trace.rstrip().splitlines():
                yield f"{_INDENT}{printable(text, _LONGEST_LINE)}"
        before = attempt.error_trace
