"""``layeron dev``: engine, API and worker in one foreground command."""

import asyncio
import contextlib
import fcntl
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from layeron.cli.options import DataDir
from layeron.cli.plan import Plan
from layeron.cli.ports import claim
from layeron.cli.supervisor import Supervisor
from layeron.errors import ConfigurationError
from layeron.settings import load_settings


def dev(
    app: Annotated[str, typer.Argument(metavar="MODULE_OR_FILE[:APP]")],
    host: Annotated[str, typer.Option(help="Address of the API.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port of the API; 0 takes a free one.")] = 8000,
    temporal_port: Annotated[int, typer.Option(help="Port of Temporal; 0: a free one.")] = 7233,
    ui_port: Annotated[int, typer.Option(help="Port of its web UI; 0: a free one.")] = 8233,
    reload: Annotated[bool, typer.Option(help="Restart when a Python file changes.")] = True,
    trigger: Annotated[
        str | None, typer.Option(help="Send this when all is up, as 'PROVIDER TYPE'.")
    ] = None,
    data_dir: DataDir = None,
) -> None:
    """Run everything here: the embedded engine with its web UI, the API and a worker."""
    settings = load_settings(data_dir=data_dir)
    folder = settings.data_dir.resolve()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with _only_one(folder):
        plan = Plan(
            app=_absolute(app),
            folder=folder,
            host=host,
            port=claim(host, port, "--port"),
            temporal_port=claim("127.0.0.1", temporal_port, "--temporal-port"),
            ui_port=claim("127.0.0.1", ui_port, "--ui-port"),
        )
        raise typer.Exit(asyncio.run(Supervisor(plan, settings).run(trigger, reload=reload)))


def _absolute(app: str) -> str:
    """The reference of the application, good from any folder if it names a file."""
    place, colon, variable = app.partition(":")
    return f"{Path(place).resolve()}{colon}{variable}" if place.endswith(".py") else app


@contextlib.contextmanager
def _only_one(folder: Path) -> Iterator[None]:
    """Hold the data folder for this process alone; the lock goes with the process."""
    with (folder / "dev.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ConfigurationError(
                f"another `layeron dev` uses {folder}; stop it, or choose another --data-dir."
            ) from None
        yield
