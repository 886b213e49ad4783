"""``layeron erase``: delete bodies on request."""

import typer

from layeron.cli.asking import Service, service
from layeron.cli.confirming import Yes, confirm
from layeron.cli.merging import with_options

app = typer.Typer(help="Delete bodies on request.", no_args_is_help=True)


@app.command("event")
@with_options(service)
def event(running: Service, event_id: str, yes: Yes = False) -> None:
    """Delete the body of an event, which then cannot be replayed any more."""
    confirm(f"delete the body of {event_id} for ever?", yes=yes)
    running.ask(lambda api: api.erase_event(event_id))
    typer.echo(f"the body of {event_id} is deleted")


@app.command("user")
@with_options(service)
def user(running: Service, user_id: str, yes: Yes = False) -> None:
    """Delete the bodies of all that was sent for a customer so far, in the background."""
    confirm(f"delete the bodies of all that was sent for {user_id!r}, for ever?", yes=yes)
    running.ask(lambda api: api.erase_user(user_id))
    typer.echo(
        f"the bodies of what was sent for {user_id!r} are being deleted; what is still being sent,"
        " when that has ended"
    )
