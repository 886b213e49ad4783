"""Follow an event of the running service to its end."""

import asyncio

import typer

from layeron.cli.shown import attempt_line, event_lines, link_lines
from layeron.client import HTTPGateway
from layeron.errors import GatewayError, NotFoundError
from layeron.records import FINAL_STATUSES, EventRecord
from layeron.settings import Settings

_EVERY_SECONDS = 0.1


async def follow(event_id: str, settings: Settings, *, patience_seconds: float) -> EventRecord:
    """Wait for an event's end, telling of attempts that will be made again; then show all of it.

    When patience is at its end it is shown as it is by then.

    Raises:
        GatewayError: the service does not answer, or does not know the event.
    """
    api = HTTPGateway.from_settings(settings)
    record: EventRecord | None = None
    told = 0
    for _ in range(max(round(patience_seconds / _EVERY_SECONDS), 1)):
        try:
            record = await api.get_event(event_id)
        except NotFoundError:
            record = None  # the engine's index is a moment behind its starts
        if record and record.status in FINAL_STATUSES:
            break
        if record and record.status == "retrying":
            for attempt in record.attempts[told:]:
                typer.echo(f"{attempt_line(attempt)}; it is tried again")
            told = len(record.attempts)
        await asyncio.sleep(_EVERY_SECONDS)
    if record is None:
        raise GatewayError(f"event {event_id} is not visible yet; is a worker running?")
    for line in [*event_lines(record), *link_lines(record, settings)]:
        typer.echo(line)
    return record
