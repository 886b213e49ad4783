"""Options of the commands about endpoints."""

from dataclasses import dataclass
from typing import Annotated, Any

import typer

from layeron.cli.asking import Service
from layeron.cli.filters import Namespace, placed
from layeron.cli.given import read_headers, read_json
from layeron.cli.options import DataDir, Url
from layeron.settings import load_settings

EndpointName = Annotated[str, typer.Argument(help="Its name or id.")]

SHOWN_ONCE = "the secret is shown this one time; hand it to the receiver, which verifies with it"


@dataclass(frozen=True, slots=True)
class Publisher(Service):
    """The publisher a command is about, and the service it belongs to.

    Attributes:
        place: its namespace and its name.
    """

    place: tuple[str, str]


def publisher(
    *,
    webhook: Annotated[str, typer.Option(help="[NAMESPACE/]NAME of a publisher.")],
    namespace: Namespace = None,
    url: Url = None,
    data_dir: DataDir = None,
) -> Publisher:
    """The options that say which publisher of which service."""
    space, name = placed(webhook, namespace)
    settings = load_settings(url=url, data_dir=data_dir)
    return Publisher(settings, (space or "default", name))


def endpoint_options(  # each is one option of an endpoint that may be left out
    *,
    name: Annotated[str | None, typer.Option(help="Short and stable, such as crm.")] = None,
    event_type: Annotated[
        list[str] | None,
        typer.Option(help="Only these, such as invoice.*; several times; '*' for all."),
    ] = None,
    header: Annotated[
        list[str] | None, typer.Option(help="'NAME: VALUE' sent with each request; several times.")
    ] = None,
    timeout: Annotated[float | None, typer.Option(help="Seconds for a whole attempt.")] = None,
    retry: Annotated[
        list[str] | None,
        typer.Option(help="Delay before the next attempt, such as 5s; several times, in order."),
    ] = None,
    no_retry: Annotated[bool, typer.Option("--no-retry", help="Make one attempt.")] = False,
    rate_limit: Annotated[
        float | None, typer.Option(help="Deliveries a second; 0 for no limit.")
    ] = None,
    fifo: Annotated[
        bool | None, typer.Option("--fifo/--no-fifo", help="One event after the other.")
    ] = None,
    description: Annotated[str | None, typer.Option(help="For people.")] = None,
    metadata: Annotated[
        str | None, typer.Option(metavar="JSON", help="An object of your own, or @FILE.")
    ] = None,
) -> dict[str, Any]:
    """The options that were given, as `EndpointOptions` names them."""
    if retry and no_retry:
        raise typer.BadParameter("leave out one of --retry and --no-retry.")
    delays = [] if no_retry else retry or None
    given = {
        "name": name,
        "event_types": event_type or None,
        "headers": read_headers(header) if header else None,
        "timeout_seconds": timeout,
        "retry": None if delays is None else {"schedule": delays},
        "fifo": fifo,
        "description": description,
        "metadata": None if metadata is None else read_json(metadata, "--metadata"),
    }
    options = {option: value for option, value in given.items() if value is not None}
    return options if rate_limit is None else {**options, "rate_limit": rate_limit or None}
