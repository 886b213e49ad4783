"""``layeron rejections``: refused requests, why, and letting one in after the mend."""

import asyncio
import base64
from collections.abc import Iterator, Sequence
from dataclasses import fields
from typing import Annotated

import typer

from layeron.cli.asking import Listing, Service, Wanted, service, wanted
from layeron.cli.declared import load_declared
from layeron.cli.explaining import explanation_lines
from layeron.cli.filters import Namespace, placed
from layeron.cli.merging import with_options
from layeron.cli.options import App, AsJson
from layeron.cli.output import at, print_json
from layeron.cli.shown import time_of
from layeron.errors import NotFoundError
from layeron.records import RejectionPage, RejectionRecord
from layeron.rejections import request_of
from layeron.settings import Settings
from layeron.signing.verdict import Cause
from layeron.text import printable

app = typer.Typer(help="Refused requests, and why.", no_args_is_help=True)

_SHOWN_OF_BODY = 2_000


def _row(rejection: RejectionRecord) -> Sequence[str]:
    return (
        rejection.id,
        at(rejection.received_at),
        f"{rejection.namespace}/{rejection.webhook}",
        rejection.cause,
        "accepted" if rejection.accepted_event_id else "rejected",
        printable(rejection.detail, 300),
    )


_LISTING = Listing[RejectionPage, RejectionRecord](
    ("REJECTION", "RECEIVED (UTC)", "WEBHOOK", "CAUSE", "STATUS", "DETAIL"),
    lambda page: page.rejections,
    _row,
    "no rejections match",
    flexible=("WEBHOOK", "DETAIL"),
    optional=("STATUS", "WEBHOOK", "DETAIL"),
    unloaded=("body",),
)


@app.command("list")
@with_options(service, wanted)
def list_(
    running: Service,
    much: Wanted,
    webhook: Annotated[str | None, typer.Option(help="[NAMESPACE/]NAME of a webhook.")] = None,
    namespace: Namespace = None,
    cause: Annotated[Cause | None, typer.Option(help="Why it was refused.")] = None,
) -> None:
    """List refused requests, newest first.

    With --json one object a line.
    """
    space, name = placed(webhook or "", namespace)
    running.ask(
        lambda api: _LISTING.print(
            lambda limit, cursor: api.list_rejections(
                namespace=space,
                webhook=name or None,
                cause=cause and cause.value,
                limit=limit,
                cursor=cursor,
            ),
            much,
        )
    )


@app.command("show")
@with_options(service)
def show(
    running: Service,
    rejection_id: str,
    explain: Annotated[
        bool,
        typer.Option(
            "--explain", help="Verify it again here, step by step, with this machine's secrets."
        ),
    ] = False,
    as_json: AsJson = False,
    app: App = None,
) -> None:
    """Show a refused request and why it was refused."""
    rejection = running.ask(lambda api: api.get_rejection(rejection_id))
    if as_json:
        body = None if rejection.body is None else base64.b64encode(rejection.body).decode()
        shown = {each.name: getattr(rejection, each.name) for each in fields(rejection)}
        del shown["body"]
        print_json({**shown, "body_base64": body})
        return
    for line in _lines(rejection):
        typer.echo(line)
    if explain:
        for line in _explained(rejection, app, running.settings):
            typer.echo(line)


@app.command("accept")
@with_options(service)
def accept(running: Service, rejection_id: str, as_json: AsJson = False) -> None:
    """Let a refused request in after the mend.

    It must verify now, by the time it was received; then it is handled as an event.
    """
    let_in = running.ask(lambda api: api.accept_rejection(rejection_id))
    if as_json:
        print_json(let_in)
        return
    typer.echo(f"it is an event now; look at it: layeron events show {let_in.event_id}")


def _lines(rejection: RejectionRecord) -> Iterator[str]:
    yield f"{rejection.id}  {rejection.cause}"
    yield f"  webhook    {rejection.namespace}/{rejection.webhook}"
    yield f"  received   {time_of(rejection.received_at)}"
    yield f"  why        {printable(rejection.detail, 1000)}"
    if rejection.skipped:
        yield f"  besides    {rejection.skipped} like it before were counted only"
    yield f"  request    {rejection.method} {printable(rejection.url, 500)}"
    for name, value in rejection.headers:
        yield f"             {printable(name)}: {printable(value, 500)}"
    yield f"  body       {rejection.size} bytes, sha256 {rejection.body_sha256[:16]}…"
    if rejection.body:
        text = rejection.body.decode("utf-8", "backslashreplace")
        yield f"             {printable(text, _SHOWN_OF_BODY)}"
    if rejection.accepted_event_id and rejection.accepted_at:
        by = printable(rejection.accepted_by or "")
        yield f"  let in     {time_of(rejection.accepted_at)}, by {by}"
        yield f"  event      {rejection.accepted_event_id}"
    elif rejection.body is not None:
        yield f"  steps      layeron rejections show {rejection.id} --explain"
        yield f"  let it in  layeron rejections accept {rejection.id}"


def _explained(rejection: RejectionRecord, app: str | None, settings: Settings) -> Iterator[str]:
    """What `layeron verify` says of it, by the time it was received.

    Raises:
        NotFoundError: its webhook is not declared here, or its body was not kept.
    """
    place = f"{rejection.namespace}/{rejection.webhook}"
    webhook = load_declared(settings.model_copy(update={"app": app or settings.app})).webhook(
        rejection.namespace, rejection.webhook
    )
    if webhook is None:
        raise NotFoundError(
            f"the application here does not declare {place}; name the one that does with --app."
        )
    if rejection.body is None:
        raise NotFoundError(f"the body of {rejection.id} was too large to be kept.")
    request = request_of(rejection, webhook, rejection.body)
    yield ""
    yield from asyncio.run(
        explanation_lines(webhook, request, settings, now=rejection.received_at)
    )[1]
