"""``layeron erase``: delete bodies on request."""

from typing import Annotated

import typer

from layeron.cli.asking import Service, service
from layeron.cli.merging import with_options

app = typer.Typer(help="Delete bodies on request.", no_args_is_help=True)

_Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]


@app.command("event")
@with_options(service)
def event(running: Service, event_id: str, yes: _Yes = False) -> None:
    """Delete the body of an event, which then cannot be replayed any more."""
    if not yes:
        typer.confirm(f"delete the body of {event_id} for ever?", abort=True, err=True)
    running.ask(lambda api: api.erase_event(event_id))
    typer.echo(f"the body of {event_id} is deleted")


@app.command("user")
@with_options(service)
def user(running: Service, user_id: str, yes: _Yes = False) -> None:
    """Delete the bodies of all that was sent for a customer so far, in the background."""
    if not yes:
        typer.confirm(
            f"delete the bodies of all that was sent for {user_id!r}, for ever?",
            abort=True,
            err=True,
        )
    running.ask(lambda api: api.erase_user(user_id))
    typer.echo(
        f"the bodies of what was sent for {user_id!r} are being deleted; what is still being sent,"
        " when that has ended"
    )
