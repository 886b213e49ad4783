"""``layeron replays``: replay many events, see how far that is, pause, resume and stop it."""

import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from layeron.bulk import DEFAULT_RATE, FASTEST, SLOWEST
from layeron.cli.api import who
from layeron.cli.asking import Listing, Service, Wanted, service, wanted
from layeron.cli.confirming import Yes
from layeron.cli.filters import event_filter, read_time
from layeron.cli.merging import with_options
from layeron.cli.options import AsJson
from layeron.cli.output import at, print_json
from layeron.cli.watching import about, print_bulk, progress_of, watch_bulk
from layeron.errors import LayeronError
from layeron.operating_records import BulkReplay, BulkReplayPage, Count
from layeron.records import EventFilter
from layeron.remote_bulk import BulkCommand
from layeron.text import printable

app = typer.Typer(help="Replay many events at once.", no_args_is_help=True)

_EVENT_ID = re.compile(r"whevt_[0-9A-Z]{26}")


def _row(bulk: BulkReplay) -> Sequence[str]:
    return (
        bulk.id,
        at(bulk.created_at),
        bulk.status,
        progress_of(bulk),
        str(bulk.skipped),
        about(bulk),
        printable(bulk.requested_by, 40),
    )


_LISTING = Listing[BulkReplayPage, BulkReplay](
    ("BULK REPLAY", "STARTED (UTC)", "STATUS", "DONE", "SKIPPED", "ABOUT", "BY"),
    lambda page: page.bulk_replays,
    _row,
    "no bulk replays; start one: layeron replays start --status dead_letter",
    flexible=("ABOUT", "BY"),
    unloaded=("event_ids",),
)


@app.command("start")
@with_options(service, event_filter)
def start(  # noqa: PLR0913  # each is one option of the command
    running: Service,
    where: EventFilter,
    *,
    ids_file: Annotated[
        Path | None,
        typer.Option(help="Instead of a filter: a file with ids of events; - reads on."),
    ] = None,
    recover_since: Annotated[
        datetime | None,
        typer.Option(
            parser=read_time,
            metavar="TIME",
            help="All that failed since: dead letters, failed and held events.",
        ),
    ] = None,
    endpoint: Annotated[
        str | None, typer.Option(help="With --missing: name or id of an endpoint of --webhook.")
    ] = None,
    missing: Annotated[
        bool, typer.Option("--missing", help="What --endpoint has not taken, to it alone.")
    ] = False,
    rate: Annotated[
        float, typer.Option(min=SLOWEST, max=FASTEST, help="Events in a second at most.")
    ] = DEFAULT_RATE,
    reason: Annotated[str | None, typer.Option(help="Why; kept on the record.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only count the events.")] = False,
    yes: Yes = False,
    watch: Annotated[bool, typer.Option("--watch", help="Wait for its end.")] = False,
    as_json: AsJson = False,
) -> None:
    """Replay the events of a filter or a file, what failed, or what an endpoint misses.

    Exit code with --watch: 0 if it has finished, 1 if it was stopped.
    """
    asked = _asked(where, ids_file, recover_since, endpoint, missing=missing)
    count = running.ask(lambda api: api.count_bulk_replay(asked))
    if dry_run:
        _print_count(count, as_json=as_json)
        return
    if not yes and sys.stdin.isatty() and not as_json:
        question = f"replay {_events(count)}, at most {rate:g} in a second?"
        typer.confirm(question, abort=True, err=True)
    asked |= {"rate_per_second": rate, "reason": reason, "requested_by": who() or None}
    bulk = running.ask(lambda api: api.start_bulk_replay(asked))
    if watch:
        raise typer.Exit(watch_bulk(running, bulk.id, every_seconds=1, as_json=as_json))
    if as_json:
        print_json(bulk)
        return
    typer.echo(f"{bulk.id} replays {_events(count)}; watch it: layeron replays watch {bulk.id}")


@app.command("list")
@with_options(service, wanted)
def list_(running: Service, much: Wanted) -> None:
    """List bulk replays, newest first; with --json one object a line."""
    running.ask(
        lambda api: _LISTING.print(
            lambda limit, cursor: api.list_bulk_replays(limit=limit, cursor=cursor), much
        )
    )


@app.command("show")
@with_options(service)
def show(running: Service, bulk_id: str, as_json: AsJson = False) -> None:
    """Show a bulk replay and how far it is."""
    print_bulk(running.ask(lambda api: api.get_bulk_replay(bulk_id)), as_json=as_json)


@app.command("watch")
@with_options(service)
def watch(
    running: Service,
    bulk_id: str,
    every: Annotated[float, typer.Option(min=0.2, help="Seconds between two looks.")] = 1,
    as_json: AsJson = False,
) -> None:
    """Wait for the end of a bulk replay; with --json one object a line for each change.

    Exit code: 0 if it has finished, 1 if it was stopped. Ctrl-C ends the watching alone.
    """
    raise typer.Exit(watch_bulk(running, bulk_id, every_seconds=every, as_json=as_json))


def _command(command: BulkCommand) -> Callable[..., None]:
    @with_options(service)
    def change(running: Service, bulk_id: str, as_json: AsJson = False) -> None:
        print_bulk(
            running.ask(lambda api: api.change_bulk_replay(bulk_id, command)), as_json=as_json
        )

    return change


app.command("pause", help="Pause a bulk replay before its next event.")(_command("pause"))
app.command("resume", help="Let a paused bulk replay go on.")(_command("resume"))
app.command("stop", help="Stop a bulk replay before its next event, for good.")(_command("stop"))


def _asked(
    where: EventFilter,
    ids_file: Path | None,
    recover_since: datetime | None,
    endpoint: str | None,
    *,
    missing: bool,
) -> dict[str, Any]:
    """What the API is asked for, by options that fit together."""
    said = {name: value for name, value in asdict(where).items() if value is not None}
    if missing != (endpoint is not None):
        raise typer.BadParameter("--missing and --endpoint go together.")
    ways = [ids_file is not None, recover_since is not None, missing]
    if sum(ways) > 1:
        raise typer.BadParameter("give one of --ids-file, --recover-since and --missing.")
    if ids_file is not None:
        _only(said, "--ids-file")
        return {"event_ids": _ids_in(ids_file)}
    if recover_since is not None:
        _only(said, "--recover-since", "webhook", "namespace")
        return {"recover": {**said, "since": recover_since}}
    if missing:
        _only(said, "--missing", "webhook", "namespace", "since", "until")
        if not {"webhook", "since"} <= said.keys():
            raise typer.BadParameter("--missing needs --webhook and --since.")
        return {"missing": {**said, "endpoint": endpoint}}
    renamed = {"event_type": "type", "external_event_id": "external_id"}
    return {"where": {renamed.get(name, name): value for name, value in said.items()}}


def _only(said: dict[str, Any], option: str, *fitting: str) -> None:
    if others := sorted(said.keys() - set(fitting)):
        use = ", ".join(f"--{each}" for each in fitting) or "none"
        raise typer.BadParameter(
            f"{option} does not go with a filter by {others[0]}; filters that fit: {use}."
        )


def _ids_in(path: Path) -> list[str]:
    """The ids of events in a text, such as lines of `layeron events list --json`."""
    try:
        text = sys.stdin.read() if str(path) == "-" else path.read_text(errors="replace")
    except OSError as error:
        raise LayeronError(f"{path} cannot be read ({error.strerror}).") from None
    ids = list(dict.fromkeys(_EVENT_ID.findall(text)))
    if not ids:
        raise LayeronError(f"{path} holds no id of an event, such as whevt_01J…")
    return ids


def _events(count: Count) -> str:
    more = "more than " if count.capped else ""
    return f"{more}{count.total:,} event{'s' * (count.total != 1)}"


def _print_count(count: Count, *, as_json: bool) -> None:
    if as_json:
        print_json(count)
    else:
        typer.echo(f"{_events(count)} would be replayed")
