"""``layeron events``: list, show and replay, over the HTTP API."""

import asyncio
import getpass
from collections.abc import Awaitable, Callable
from typing import Annotated, TypeVar, cast, get_args

import typer

from layeron.cli.options import AsJson, DataDir, Url
from layeron.cli.tables import event_lines, page_lines
from layeron.client import HTTPGateway
from layeron.errors import ConfigurationError
from layeron.records import EventFilter, EventStatus
from layeron.settings import load_settings
from layeron.wire import to_json

app = typer.Typer(help="Events: list, show, replay.", no_args_is_help=True)

T = TypeVar("T")


@app.command("list")
def list_(
    webhook: Annotated[str | None, typer.Option(help="Only of this webhook.")] = None,
    status: Annotated[str | None, typer.Option(help="Only with this status.")] = None,
    event_type: Annotated[str | None, typer.Option("--type", help="Such as invoice.*")] = None,
    search: Annotated[str | None, typer.Option(help="Beginning of a type or an id.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=200)] = 25,
    cursor: Annotated[str | None, typer.Option(help="Where the last page ended.")] = None,
    as_json: AsJson = False,
    url: Url = None,
    data_dir: DataDir = None,
) -> None:
    """List events, newest first."""
    if status is not None and status not in get_args(EventStatus):
        raise ConfigurationError(f"--status is one of {', '.join(get_args(EventStatus))}.")
    where = EventFilter(
        webhook=webhook,
        status=cast("EventStatus | None", status),
        event_type=event_type,
        search=search,
    )
    page = ask(url, data_dir, lambda api: api.list_events(where, limit=limit, cursor=cursor))
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
    if payload:
        typer.echo(ask(url, data_dir, lambda api: api.get_payload(event_id)), nl=False)
        return
    event = ask(url, data_dir, lambda api: api.get_event(event_id))
    if as_json:
        typer.echo(to_json(event, indent=2))
        return
    for line in event_lines(event):
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
        url, data_dir, lambda api: api.replay_event(event_id, requested_by=who, reason=reason)
    )
    if as_json:
        typer.echo(to_json(begun, indent=2))
        return
    typer.echo(f"replay {begun.number} of {begun.event_id} has begun: {begun.workflow_id}")


def ask(url: str | None, data_dir: object, question: Callable[[HTTPGateway], Awaitable[T]]) -> T:
    """Ask the API one question."""
    api = HTTPGateway.from_settings(load_settings(url=url, data_dir=data_dir))

    async def run() -> T:
        return await question(api)

    return asyncio.run(run())
