"""The ``layeron`` command."""

import contextlib
import logging
import os
import signal
import sys
from collections.abc import Sequence
from importlib.metadata import version
from typing import Annotated, NoReturn

import typer

from layeron.cli import (
    audit,
    check,
    deployment,
    dev,
    endpoints,
    erase,
    events,
    keys,
    overview,
    production,
    rejections,
    replays,
    secrets,
    send,
    trigger,
    verify,
    webhooks,
)
from layeron.errors import LayeronError

app = typer.Typer(
    help="Receive, send, inspect and replay webhooks.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command("dev")(dev.dev)
app.command("check")(check.check)
app.command("serve")(production.serve)
app.command("worker")(production.worker)
app.command("trigger")(trigger.trigger)
app.command("verify")(verify.verify)
app.command("send")(send.send)
app.command("overview")(overview.overview)
app.add_typer(events.app, name="events")
app.add_typer(replays.app, name="replays")
app.add_typer(erase.app, name="erase")
app.add_typer(rejections.app, name="rejections")
app.add_typer(endpoints.app, name="endpoints")
app.add_typer(webhooks.app, name="webhooks")
app.add_typer(audit.app, name="audit")
app.add_typer(keys.app, name="keys")
app.add_typer(secrets.app, name="secrets")
app.add_typer(production.database, name="db")
app.add_typer(deployment.app, name="deployment")


def _print_version(wanted: bool) -> None:  # noqa: FBT001  # a typer callback gets its flag by position
    if wanted:
        typer.echo(version("layeron-webhooks"))
        raise typer.Exit


@app.callback()
def _options(
    _version: Annotated[
        bool,
        typer.Option("--version", is_eager=True, callback=_print_version, help="Show the version."),
    ] = False,
) -> None:
    """Receive, send, inspect and replay webhooks."""


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line; every mistake ends with one sentence on standard error.

    Args:
        arguments: in place of those of the process.
    """
    code = 0
    try:
        # However it was started: completion and help go by the name people call it.
        app(arguments, prog_name="layeron")
        sys.stdout.flush()
    except SystemExit as exit_:
        code = exit_.code if isinstance(exit_.code, int) else int(exit_.code is not None)
    except LayeronError as error:
        sys.stderr.write(f"layeron: {error}\n")
        code = 1
    except KeyboardInterrupt:
        code = 128 + signal.SIGINT
    except BrokenPipeError:
        code = 128 + signal.SIGPIPE  # who reads our output has read enough
    with contextlib.suppress(OSError):
        sys.stdout.flush()
        sys.stderr.flush()
    logging.shutdown()
    # Temporal's client may crash while the interpreter shuts down (temporalio/sdk-python#300);
    # all work is done and flushed here, so that is skipped.
    os._exit(code)
