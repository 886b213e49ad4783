"""``layeron send``: send an event to a publisher's endpoints."""

from typing import Annotated

import typer

from layeron.cli.asking import Service, service
from layeron.cli.filters import Namespace, placed
from layeron.cli.given import read_headers, read_json
from layeron.cli.merging import with_options
from layeron.cli.options import AsJson
from layeron.cli.output import print_json
from layeron.outbound.outgoing import OutgoingEvent


@with_options(service)
def send(  # each is one part of an event
    running: Service,
    webhook: Annotated[str, typer.Argument(help="[NAMESPACE/]NAME of a publisher.")],
    event_type: Annotated[str, typer.Argument(metavar="TYPE", help="Such as invoice.paid.")],
    payload: Annotated[
        str, typer.Argument(metavar="JSON", help="The payload, @FILE, or - for standard input.")
    ],
    namespace: Namespace = None,
    key: Annotated[
        str | None, typer.Option(help="Idempotency key: a second event with it is not sent.")
    ] = None,
    user: Annotated[str | None, typer.Option(help="The customer it is for.")] = None,
    endpoint: Annotated[
        list[str] | None, typer.Option(help="Only to this one; may be given several times.")
    ] = None,
    header: Annotated[
        list[str] | None, typer.Option(help="'NAME: VALUE'; may be given several times.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Send an event to the endpoints of a publisher."""
    space, name = placed(webhook, namespace)
    keyed = {} if key is None else {"idempotency_key": key}
    event = OutgoingEvent(
        event_type,
        read_json(payload, "JSON"),
        endpoints=endpoint or None,
        user_id=user,
        headers=read_headers(header) if header else None,
        **keyed,
    )
    sent = running.ask(lambda api: api.send(space or "default", name, event))
    if sent.conflict:
        typer.echo(
            "this key was used for an event with another type, user or payload; use another --key",
            err=True,
        )
    if as_json:
        print_json(sent)
        return
    again = " before, with this key; nothing is sent now" if sent.duplicate else ""
    typer.echo(f"{sent.event_id} was sent{again}")
    for each in sent.deliveries:
        typer.echo(f"  to         {each.endpoint}  {each.status}")
    if not sent.deliveries:
        typer.echo("  to no endpoint: none wants this type of event")
    typer.echo(f"look at it: layeron events show {sent.event_id}")
