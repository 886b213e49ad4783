"""Events as lines for people."""

from collections.abc import Iterator

from layeron.records import AttemptRecord, EventPage, EventRecord
from layeron.text import printable


def page_lines(page: EventPage) -> Iterator[str]:
    """A table of events."""
    if not page.events:
        yield "no events match; send one, such as `layeron trigger stripe invoice.paid`"
        return
    head = ("EVENT", "RECEIVED", "WEBHOOK", "STATUS", "TRIES", "REPEATS", "TYPE")
    rows = [head, *(_row(event) for event in page.events)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(head))]
    for row in rows:
        yield "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip()
    if page.next_cursor:
        yield f"more: --cursor {page.next_cursor}"


def event_lines(event: EventRecord) -> Iterator[str]:
    """One event with its life."""
    yield f"{event.id}  {event.status}"
    yield f"  {event.namespace}/{event.webhook}  {printable(event.event_type)}"
    yield f"  received   {event.received_at:%Y-%m-%d %H:%M:%S.%f} UTC"
    yield f"  signature  {event.signature_status} {event.signature_secret or ''}".rstrip()
    yield f"  external   {printable(event.external_event_id or '-')}"
    yield f"  body       {event.body.size} bytes, sha256 {event.body.sha256[:16]}…"
    yield f"  workflow   {event.workflow_id}"
    if event.duplicates:
        other = f", {event.conflicts} with other bytes" if event.conflicts else ""
        yield f"  repeats    {event.duplicates}{other}"
    for attempt in event.attempts:
        yield from _attempt_lines(attempt)
    for replay in event.replays:
        reason = f": {printable(replay.reason)}" if replay.reason else ""
        yield (
            f"  replay {replay.number}   {replay.status}, {replay.requested_at:%Y-%m-%d %H:%M:%S}"
            f" by {printable(replay.requested_by)}{reason}"
        )


def _attempt_lines(attempt: AttemptRecord) -> Iterator[str]:
    took = "" if attempt.duration_seconds is None else f" in {attempt.duration_seconds:.3f} s"
    of = f" of replay {attempt.replay}" if attempt.replay else ""
    yield f"  attempt {attempt.number}{of}  {attempt.outcome}{took}"
    for line in attempt.logs:
        fields = " ".join(f"{name}={printable(value)}" for name, value in line["fields"].items())
        yield f"    {printable(line['message'])} {fields}".rstrip()
    if attempt.error:
        yield f"    {printable(attempt.error, 500)}"
    if attempt.note:
        yield f"    note: {printable(attempt.note, 500)}"


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
