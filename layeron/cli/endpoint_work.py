"""``layeron endpoints``: test one, renew its secret, and tend to its deliveries."""

from collections.abc import Sequence
from typing import Annotated

import typer

from layeron.cli.asking import Listing, Wanted, wanted
from layeron.cli.endpoint_options import SHOWN_ONCE, EndpointName, Publisher, publisher
from layeron.cli.merging import with_options
from layeron.cli.options import AsJson
from layeron.cli.output import at, print_json
from layeron.cli.shown import event_lines, link_lines, time_of
from layeron.errors import LayeronError
from layeron.outbound.endpoints import DEFAULT_GRACE, read_grace
from layeron.outbound.records import DeliveryPage
from layeron.ports.engine import QueueCommand
from layeron.records import DeliveryRecord, DeliveryStatus
from layeron.text import printable

app = typer.Typer(help="Where events are sent.", no_args_is_help=True)


def _row(delivery: DeliveryRecord) -> Sequence[str]:
    return (
        delivery.event_id,
        delivery.status,
        str(delivery.attempt_count),
        at(delivery.next_attempt_at) if delivery.next_attempt_at else "-",
        printable(delivery.last_error or "", 300),
    )


_LISTING = Listing[DeliveryPage, DeliveryRecord](
    ("EVENT", "STATUS", "TRIES", "NEXT TRY (UTC)", "LAST ERROR"),
    lambda page: page.deliveries,
    _row,
    "no deliveries match",
    flexible=("LAST ERROR",),
    optional=("TRIES", "NEXT TRY (UTC)"),
)


@app.command("deliveries")
@with_options(publisher, wanted)
def deliveries(
    to: Publisher, much: Wanted, endpoint: EndpointName, status: DeliveryStatus | None = None
) -> None:
    """List what was and will be sent to an endpoint.

    With --json one object a line.
    """
    to.ask(
        lambda api: _LISTING.print(
            lambda limit, cursor: api.list_deliveries(
                *to.place, endpoint, status=status, limit=limit, cursor=cursor
            ),
            much,
        )
    )


@app.command("test")
@with_options(publisher)
def send_test(
    to: Publisher,
    endpoint: EndpointName,
    event_type: Annotated[
        str | None, typer.Option("--type", help="A declared type, whose example is sent.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Send a test event and tell what became of it.

    It is sent at once, in one attempt. Exit code 1: it was not delivered.
    """
    event = to.ask(lambda api: api.test_endpoint(*to.place, endpoint, event_type=event_type))
    if as_json:
        print_json(event)
    else:
        for line in [*event_lines(event, traces=True), *link_lines(event, to.settings)]:
            typer.echo(line)
    if event.status != "succeeded":
        raise LayeronError(f"the test event was not delivered to {endpoint} ({event.status}).")


@app.command("rotate-secret")
@with_options(publisher)
def rotate_secret(
    to: Publisher,
    endpoint: Annotated[str | None, typer.Argument(help="Its name or id.")] = None,
    user: Annotated[
        str | None, typer.Option(help="Instead: the customer whose endpoints share it.")
    ] = None,
    grace: Annotated[
        str, typer.Option(help="How long the one before signs, too; 0s ends it at once.")
    ] = DEFAULT_GRACE,
    as_json: AsJson = False,
) -> None:
    """Make a new signing secret and print it, alone.

    It is not shown again.
    """
    if (endpoint is None) == (user is None):
        raise typer.BadParameter("name an endpoint, or a customer with --user; one of the two.")
    seconds = read_grace(grace)
    new = to.ask(
        lambda api: api.rotate_secret(
            *to.place, endpoint=endpoint, user_id=user, grace_seconds=seconds
        )
    )
    if as_json:
        print_json(new)
    else:
        typer.echo(new.secret)
    typer.echo(SHOWN_ONCE, err=True)
    if new.previous_expires_at:
        typer.echo(f"the one before signs, too, until {time_of(new.previous_expires_at)}", err=True)


@app.command("skip")
@with_options(publisher)
def skip(to: Publisher, endpoint: EndpointName, event_id: str) -> None:
    """Let a fifo queue go on without the event it waits for."""
    _tell(to, endpoint, "skip", event_id)
    typer.echo(f"the queue of {endpoint} goes on without {event_id}")


@app.command("retry")
@with_options(publisher)
def retry(to: Publisher, endpoint: EndpointName, event_id: str) -> None:
    """Try the event that a fifo queue waits for at once."""
    _tell(to, endpoint, "retry", event_id)
    typer.echo(f"the queue of {endpoint} tries {event_id} again")


def _tell(to: Publisher, endpoint: str, command: QueueCommand, event_id: str) -> None:
    to.ask(lambda api: api.tell_queue(*to.place, endpoint, command=command, event_id=event_id))
