"""``layeron events``: list, show, follow and replay, over the HTTP API."""

import asyncio
import contextlib
import signal
from collections.abc import AsyncGenerator, Sequence
from typing import Annotated, Literal

import typer

from layeron.cli.api import OperatorAPI, who
from layeron.cli.asking import Listing, Service, Wanted, service, wanted
from layeron.cli.filters import event_filter
from layeron.cli.merging import with_options
from layeron.cli.options import AsJson
from layeron.cli.output import Output, at, print_json, print_line, write_all
from layeron.cli.shown import event_lines, link_lines
from layeron.cli.tail import Tail
from layeron.errors import LayeronError
from layeron.records import EventFilter, EventPage, EventRecord
from layeron.text import printable

app = typer.Typer(help="List, show, follow, export and replay events.", no_args_is_help=True)


def _row(event: EventRecord) -> Sequence[str]:
    return (
        event.id,
        at(event.received_at),
        f"{event.namespace}/{event.webhook}",
        event.status,
        str(event.attempt_count),
        str(event.duplicates),
        printable(event.event_type, 60),
    )


_LISTING = Listing[EventPage, EventRecord](
    ("EVENT", "RECEIVED (UTC)", "WEBHOOK", "STATUS", "TRIES", "REPEATS", "TYPE"),
    lambda page: page.events,
    _row,
    "no events match",
    flexible=("WEBHOOK", "TYPE"),
    optional=("REPEATS", "TRIES", "WEBHOOK"),
    unloaded=("attempts", "replays", "deliveries"),
)


@app.command("list")
@with_options(service, event_filter, wanted)
def list_(running: Service, where: EventFilter, much: Wanted) -> None:
    """List events, newest first.

    With --json one object a line, without attempts, replays and deliveries; see `show`.
    """
    running.ask(
        lambda api: _LISTING.print(
            lambda limit, cursor: api.list_events(where, limit=limit, cursor=cursor), much
        )
    )


@app.command("count")
@with_options(service, event_filter)
def count(running: Service, where: EventFilter, as_json: AsJson = False) -> None:
    """Count events."""
    counted = running.ask(lambda api: api.count_events(where))
    if as_json:
        print_json(counted)
    else:
        typer.echo(f"{counted.total}{' or more' if counted.capped else ''}")


@app.command("export")
@with_options(service, event_filter)
def export(
    running: Service,
    where: EventFilter,
    form: Annotated[Literal["csv", "ndjson"], typer.Option("--format")] = "csv",
    output: Output = None,
    limit: Annotated[int | None, typer.Option(min=1, max=100_000, help="At most.")] = None,
    cursor: Annotated[str | None, typer.Option(help="Begin after this event.")] = None,
) -> None:
    """Export events as a file, newest first.

    At most 100,000 at once; go on with the id of the last one as --cursor.
    """
    running.ask(
        lambda api: write_all(
            api.export_events(where, form=form, limit=limit, cursor=cursor), output
        )
    )


@app.command("show")
@with_options(service)
def show(running: Service, event_id: str, as_json: AsJson = False) -> None:
    """Show one event with all that happened to it.

    Its attempts with their logs and tracebacks, its deliveries and its replays.
    """
    event = running.ask(lambda api: api.get_event(event_id))
    if as_json:
        print_json(event)
        return
    for line in [*event_lines(event, traces=True), *link_lines(event, running.settings)]:
        typer.echo(line)


@app.command("payload")
@with_options(service)
def payload(
    running: Service,
    event_id: str,
    output: Output = None,
) -> None:
    """Print the exact bytes that were received or sent."""

    async def bytes_of(api: OperatorAPI) -> AsyncGenerator[bytes]:
        yield await api.get_payload(event_id)

    running.ask(lambda api: write_all(bytes_of(api), output))


@app.command("tail")
@with_options(service, event_filter)
def tail(
    running: Service,
    where: EventFilter,
    first: Annotated[
        int, typer.Option(min=0, max=200, help="Show so many that are there already.")
    ] = 10,
    every: Annotated[float, typer.Option(min=0.2, help="Seconds between two looks.")] = 2,
    as_json: AsJson = False,
) -> None:
    """Show events as they come and change.

    Until Ctrl-C. With --json one object a line.
    """
    table = _LISTING.table()

    async def show_changes(api: OperatorAPI) -> None:
        async for events in Tail(api, where).changes(first=first, every_seconds=every):
            if not as_json:
                _LISTING.print_rows(table, events)
                continue
            for each in events:
                _LISTING.print_line(each)

    async def following(api: OperatorAPI) -> None:
        shown = asyncio.create_task(show_changes(api))
        # Heard by the loop: Python would interrupt it in the middle of an import or of a callback,
        # and a script's `&` would have it ignored.
        asyncio.get_running_loop().add_signal_handler(signal.SIGINT, shown.cancel)
        with contextlib.suppress(asyncio.CancelledError):
            await shown

    with contextlib.suppress(KeyboardInterrupt):  # which comes before the loop hears it
        running.ask(following)


@app.command("replay")
@with_options(service)
def replay(
    running: Service,
    event_ids: Annotated[list[str], typer.Argument(metavar="EVENT_ID...")],
    endpoint: Annotated[
        list[str] | None, typer.Option(help="Of a sent event: only to this one; several times.")
    ] = None,
    reason: Annotated[str | None, typer.Option(help="Why; kept on the record.")] = None,
    as_json: AsJson = False,
) -> None:
    """Handle events again, or send them again.

    Exit code 1: one of them could not be replayed; the others are.
    """

    async def replaying(api: OperatorAPI) -> int:
        refused = 0
        for event_id in event_ids:
            try:
                begun = await api.replay_event(
                    event_id, requested_by=who(), reason=reason, endpoints=endpoint or None
                )
            except LayeronError as error:
                if len(event_ids) == 1:
                    raise
                refused += 1
                typer.echo(f"layeron: {event_id}: {error}", err=True)
                continue
            if as_json:
                print_line(begun)
                continue
            look = f"layeron events show {event_id}"
            typer.echo(f"replay {begun.number} has begun; look at it: {look}")
        return refused

    if refused := running.ask(replaying):
        raise LayeronError(f"{refused} of {len(event_ids)} are not replayed; see above.")
