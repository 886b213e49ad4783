"""``layeron dev``: engine, API and worker in one foreground command."""

import asyncio
import contextlib
import fcntl
import os
import secrets as random
import signal
from collections.abc import Generator
from pathlib import Path
from typing import Annotated

import typer

from layeron.adapters.secret_file import SecretFile
from layeron.adapters.secret_sources import FILE_NAME
from layeron.cli.options import AppArgument, DataDir, Host, Port
from layeron.cli.plan import Plan
from layeron.cli.ports import claim
from layeron.errors import ConfigurationError
from layeron.loading import required
from layeron.local import make_data_folder
from layeron.secrets import ENCRYPTION_KEY
from layeron.settings import Settings, load_settings

_DRAIN_SECONDS = 5


def dev(
    app: AppArgument = None,
    host: Host = None,
    port: Port = None,
    temporal_port: Annotated[int, typer.Option(help="Port of Temporal; 0: a free one.")] = 7233,
    ui_port: Annotated[int, typer.Option(help="Port of its web UI; 0: a free one.")] = 8233,
    reload: Annotated[bool, typer.Option(help="Start again when a Python file changes.")] = True,
    trigger: Annotated[
        str | None, typer.Option(help="Send this when all is up, such as 'stripe invoice.paid'.")
    ] = None,
    data_dir: DataDir = None,
) -> None:
    """Run it all here: engine, web UI, API, dashboard and a worker."""
    # Until the supervisor hears Ctrl-C there is no child to end, so the kernel may end us. Python
    # would raise KeyboardInterrupt in the middle of an import, whose callbacks can swallow it; and
    # a script's `&` would have it ignored.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    settings = load_settings(app=app, host=host, port=port, data_dir=data_dir)
    if settings.production:
        raise ConfigurationError(
            "`layeron dev` is no production service; unset LAYERON_PRODUCTION, or run `layeron"
            " serve` and `layeron worker`."
        )
    reference = _absolute(required(settings.app))
    folder = make_data_folder(settings.data_dir)
    with _only_one(folder):
        _make_encryption_key(settings, folder)
        api, temporal, web = claim(
            {
                "--port": (settings.host, settings.port),
                "--temporal-port": ("127.0.0.1", temporal_port),
                "--ui-port": ("127.0.0.1", ui_port),
            }
        )
        plan = Plan(
            app=reference,
            folder=folder,
            here=Path.cwd(),
            host=settings.host,
            port=api,
            temporal_port=temporal,
            ui_port=web,
            task_queue=settings.task_queue,
            drain_seconds=_drain_seconds(settings),
        )
        # What follows loads the engine's client, which other commands need not wait for.
        from layeron.cli.supervisor import Supervisor  # noqa: PLC0415

        supervisor = Supervisor(plan, settings)
        raise typer.Exit(asyncio.run(supervisor.run(trigger, reload=reload)))


def _absolute(app: str) -> str:
    """The reference of the application, good from any folder if it names a file."""
    place, colon, variable = app.partition(":")
    return f"{Path(place).resolve()}{colon}{variable}" if place.endswith(".py") else app


def _make_encryption_key(settings: Settings, folder: Path) -> None:
    """Make the key that generated secrets are kept with, where there is none yet.

    Whether the application sends anything is not known yet, and a reload may change it.
    """
    if settings.secrets != "environment" or os.environ.get(ENCRYPTION_KEY.name):
        return
    file = SecretFile(folder / FILE_NAME)
    if ENCRYPTION_KEY.name not in file.read():
        file.set(ENCRYPTION_KEY, random.token_urlsafe(32))


def _drain_seconds(settings: Settings) -> float:
    """A developer waits less long for handlers than a deployment, unless told to."""
    told = "drain_timeout" in settings.model_fields_set
    return settings.drain_timeout.total_seconds() if told else _DRAIN_SECONDS


@contextlib.contextmanager
def _only_one(folder: Path) -> Generator[None]:
    """Hold the data folder for this process alone; the lock goes with the process."""
    with (folder / "dev.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ConfigurationError(
                f"another `layeron dev` uses {folder}; stop it, or choose another --data-dir."
            ) from None
        yield
