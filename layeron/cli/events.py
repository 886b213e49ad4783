"""``layeron events``: list, show and replay, over the HTTP API."""

import asyncio
import getpass
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Annotated, TypeVar, cast, get_args

import typer

from layeron.cli.options import AsJson, DataDir, Url
from layeron.cli.tables import event_lines, link_lines, page_lines
from layeron.client import HTTPGateway
from layeron.durations import parse_duration
from layeron.errors import ConfigurationError
from layeron.records import EventFilter, EventStatus
from layeron.settings import Settings, load_settings
from layeron.wire import to_json

app = typer.Typer(help="List, show and replay events.", no_args_is_help=True)

T = TypeVar("T")


@app.command("list")
def list_(  # noqa: PLR0913, PLR0917  # each is one filter that may be left out
    webhook: Annotated[str | None, typer.Option(help="[NAMESPACE/]NAME of a webhook.")] = None,
    status: Annotated[
        str | None, typer.Option(help=f"One of {', '.join(get_args(EventStatus))}.")
    ] = None,
    event_type: Annotated[
        str | None, typer.Option("--type", help="Such as invoice.paid or invoice.*")
    ] = None,
    external_id: Annotated[str | None, typer.Option(help="The provider's id.")] = None,
    search: Annotated[str | None, typer.Option(help="Beginning of a type or an id.")] = None,
    since: Annotated[
        str | None, typer.Option(help="Received since: 15m, 12h, 7d ago, or a time in ISO 8601.")
    ] = None,
    until: Annotated[str | None, typer.Option(help="Received before, in the same forms.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=200)] = 25,
    cursor: Annotated[str | None, typer.Option(help="Where the last page ended.")] = None,
    as_json: AsJson = False,
    url: Url = None,
    data_dir: DataDir = None,
) -> None:
    """List events, newest first."""
    if status is not None and status not in get_args(EventStatus):
        raise ConfigurationError(f"--status is one of {', '.join(get_args(EventStatus))}.")
    namespace, _, name = (webhook or "").rpartition("/")
    where = EventFilter(
        namespace=namespace or None,
        webhook=name or None,
        status=cast("EventStatus | None", status),
        event_type=event_type,
        external_event_id=external_id,
        search=search,
        since=_time(since, "--since"),
        until=_time(until, "--until"),
    )
    settings = load_settings(url=url, data_dir=data_dir)
    page = ask(settings, lambda api: api.list_events(where, limit=limit, cursor=cursor))
    if as_json:
        typer.echo(to_json(page, indent=2))
        return
    for line in page_lines(page):
        typer.echo(line)


@app.command("show")
def show(
    event_id: str,
    payload: Annotated[bool, typer.Option(help="Print the exact bytes received.")] = False,
    as_json: AsJson = False,
    url: Url = None,
    data_dir: DataDir = None,
) -> None:
    """Show one event with its attempts and replays."""
    settings = load_settings(url=url, data_dir=data_dir)
    if payload:
        sys.stdout.buffer.write(ask(settings, lambda api: api.get_payload(event_id)))
        return
    event = ask(settings, lambda api: api.get_event(event_id))
    if as_json:
        typer.echo(to_json(event, indent=2))
        return
    for line in [*event_lines(event), *link_lines(event, settings)]:
        typer.echo(line)


@app.command("replay")
def replay(
    event_id: str,
    reason: Annotated[str | None, typer.Option(help="Why; kept on the record.")] = None,
    as_json: AsJson = False,
    url: Url = None,
    data_dir: DataDir = None,
) -> None:
    """Run an event's handler again over the stored bytes."""
    who = getpass.getuser()
    begun = ask(
        load_settings(url=url, data_dir=data_dir),
        lambda api: api.replay_event(event_id, requested_by=who, reason=reason),
    )
    if as_json:
        typer.echo(to_json(begun, indent=2))
        return
    typer.echo(f"replay {begun.number} has begun; look at it: layeron events show {event_id}")


def ask(settings: Settings, question: Callable[[HTTPGateway], Awaitable[T]]) -> T:
    """Ask the API one question."""
    api = HTTPGateway.from_settings(settings)

    async def run() -> T:
        return await question(api)

    return asyncio.run(run())


def _time(text: str | None, option: str) -> datetime | None:
    """A time that is named by itself or by how long ago it was."""
    if text is None:
        return None
    now = datetime.now(UTC)
    try:
        return now - parse_duration(text)
    except (ValueError, OverflowError):
        pass
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError):
        raise ConfigurationError(
            f"{option}: {text!r} is no time; write how long ago, such as 12h, or a time such as"
            f" {now:%Y-%m-%dT%H:%MZ}."
        ) from None
