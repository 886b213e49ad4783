"""``layeron endpoints``: where a publisher's events are sent, managed over the HTTP API."""

from collections.abc import Iterator, Sequence
from typing import Annotated, Any

import typer

from layeron.cli import endpoint_work
from layeron.cli.asking import Listing, Wanted, wanted
from layeron.cli.confirming import Yes, confirm
from layeron.cli.endpoint_options import (
    SHOWN_ONCE,
    EndpointName,
    Publisher,
    endpoint_options,
    publisher,
)
from layeron.cli.merging import with_options
from layeron.cli.options import AsJson
from layeron.cli.output import print_json
from layeron.cli.shown import time_of
from layeron.cli.tables import coloured
from layeron.outbound.records import EndpointPage, EndpointRecord
from layeron.text import printable

app = typer.Typer(help="Where events are sent.", no_args_is_help=True)
app.add_typer(endpoint_work.app)  # without a name: its commands are as those below


def _row(endpoint: EndpointRecord) -> Sequence[str]:
    return (
        endpoint.id,
        printable(endpoint.name),
        endpoint.state.status,
        str(endpoint.state.failures),
        "code" if endpoint.declared else "API",
        printable(endpoint.user_id or "-"),
        _types(endpoint),
        printable(endpoint.url, 300),
    )


_LISTING = Listing[EndpointPage, EndpointRecord](
    ("ENDPOINT", "NAME", "STATUS", "FAILURES", "MADE IN", "USER", "TYPES", "URL"),
    lambda page: page.endpoints,
    _row,
    "no endpoints; make one: layeron endpoints create URL --webhook NAME",
    flexible=("USER", "TYPES", "URL"),
    optional=("MADE IN", "FAILURES", "USER", "TYPES"),
)


@app.command("list")
@with_options(publisher, wanted)
def list_(
    to: Publisher,
    much: Wanted,
    user: Annotated[str | None, typer.Option(help="Those of this customer.")] = None,
) -> None:
    """List endpoints, declared ones first.

    With --json one object a line.
    """
    to.ask(
        lambda api: _LISTING.print(
            lambda limit, cursor: api.list_endpoints(
                *to.place, user_id=user, limit=limit, cursor=cursor
            ),
            much,
        )
    )


@app.command("show")
@with_options(publisher)
def show(to: Publisher, endpoint: EndpointName, as_json: AsJson = False) -> None:
    """Show an endpoint and how it is doing; never its secret."""
    _print(to.ask(lambda api: api.get_endpoint(*to.place, endpoint)), as_json=as_json)


@app.command("create")
@with_options(publisher, endpoint_options)
def create(
    to: Publisher,
    options: dict[str, Any],
    address: Annotated[str, typer.Argument(metavar="URL", help="Where events are posted to.")],
    user: Annotated[str | None, typer.Option(help="The customer it belongs to.")] = None,
    as_json: AsJson = False,
) -> None:
    """Make an endpoint and show its secret.

    Its receiver verifies with the secret, which is shown this one time.
    """
    made = {**options, "url": address} | ({} if user is None else {"user_id": user})
    endpoint, new = to.ask(lambda api: api.create_endpoint(*to.place, made))
    if as_json:
        print_json({"endpoint": endpoint, "secret": new.secret if new else None})
    else:
        _print(endpoint, as_json=False)
        typer.echo(f"  secret     {new.secret if new else 'that of its user, as before'}")
    if new:
        typer.echo(SHOWN_ONCE, err=True)


@app.command("change")
@with_options(publisher, endpoint_options)
def change(
    to: Publisher,
    options: dict[str, Any],
    endpoint: EndpointName,
    address: Annotated[
        str | None, typer.Option("--to", metavar="URL", help="Where events are posted to.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Change what is given, and nothing else.

    The next attempt of every delivery goes by it.
    """
    changes = options | ({} if address is None else {"url": address})
    if not changes:
        raise typer.BadParameter("there is nothing to change; give an option such as --to URL.")
    changed = to.ask(lambda api: api.change_endpoint(*to.place, endpoint, changes))
    _print(changed, as_json=as_json)


@app.command("enable")
@with_options(publisher)
def enable(to: Publisher, endpoint: EndpointName, as_json: AsJson = False) -> None:
    """Send again, with its failures forgotten."""
    _set_status(to, endpoint, enabled=True, as_json=as_json)


@app.command("disable")
@with_options(publisher)
def disable(to: Publisher, endpoint: EndpointName, as_json: AsJson = False) -> None:
    """Send nothing more.

    Events for it are held, and a replay sends them.
    """
    _set_status(to, endpoint, enabled=False, as_json=as_json)


@app.command("delete")
@with_options(publisher)
def delete(to: Publisher, endpoint: EndpointName, yes: Yes = False) -> None:
    """Remove an endpoint and its secrets.

    What was sent to it stays on record.
    """
    confirm(f"delete endpoint {endpoint} and its secrets, for ever?", yes=yes)
    to.ask(lambda api: api.delete_endpoint(*to.place, endpoint))
    typer.echo(f"deleted {endpoint}")


def _set_status(to: Publisher, endpoint: str, *, enabled: bool, as_json: bool) -> None:
    changed = to.ask(lambda api: api.set_endpoint_status(*to.place, endpoint, enabled=enabled))
    _print(changed, as_json=as_json)


def _print(endpoint: EndpointRecord, *, as_json: bool) -> None:
    if as_json:
        print_json(endpoint)
        return
    for line in _lines(endpoint):
        typer.echo(line)


def _lines(endpoint: EndpointRecord) -> Iterator[str]:
    state = endpoint.state
    why = f" ({state.disabled_reason})" if state.disabled_reason else ""
    yield f"{endpoint.id}  {printable(endpoint.name)}  {coloured(state.status)}{why}"
    made = "in code" if endpoint.declared else "over the API"
    yield f"  publisher  {endpoint.namespace}/{endpoint.webhook}, made {made}"
    yield f"  url        {printable(endpoint.url, 2048)}"
    yield f"  types      {_types(endpoint)}"
    if endpoint.user_id:
        yield f"  user       {printable(endpoint.user_id)}"
    for name, value in endpoint.headers.items():
        yield f"  header     {printable(name)}: {printable(value)}"
    delays = ", ".join(f"{each:g} s" for each in endpoint.retry_delays)
    yield f"  timeout    {endpoint.timeout_seconds:g} s"
    yield f"  retries    {f'after {delays}' if delays else 'none'}"
    if endpoint.rate_limit is not None:
        yield f"  rate       {endpoint.rate_limit:g} a second at most"
    if endpoint.fifo:
        yield "  fifo       one event after the other"
    if endpoint.description:
        yield f"  about      {printable(endpoint.description, 500)}"
    if state.failing_since:
        yield f"  failing    {state.failures} in a row, since {time_of(state.failing_since)}"
    if state.throttled_until:
        yield f"  throttled  until {time_of(state.throttled_until)}"


def _types(endpoint: EndpointRecord) -> str:
    return printable(", ".join(endpoint.event_types) or "*", 300)
