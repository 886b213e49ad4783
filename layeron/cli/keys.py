"""``layeron keys``: keys of the HTTP API; works on the database itself."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import typer

from layeron.cli.options import DataDir
from layeron.keys import new_key
from layeron.ports.records import RecordStore
from layeron.settings import load_settings
from layeron.text import printable

app = typer.Typer(help="Keys of the HTTP API.", no_args_is_help=True)

T = TypeVar("T")


@app.command("create")
def create(name: str, data_dir: DataDir = None) -> None:
    """Make a key and print it, alone; it is not shown again."""
    record, text = new_key(name)
    _ask(data_dir, lambda records: records.add_key(record))
    typer.echo(text)


@app.command("list")
def list_(data_dir: DataDir = None) -> None:
    """List the keys, without their secrets."""
    keys = _ask(data_dir, lambda records: records.list_keys())
    for key in keys:
        ended = f"revoked {key.revoked_at:%Y-%m-%d %H:%M}" if key.revoked_at else "in force"
        typer.echo(f"{key.id}  {key.created_at:%Y-%m-%d %H:%M}  {ended}  {printable(key.name)}")
    if not keys:
        typer.echo("no keys; make one: layeron keys create NAME", err=True)


@app.command("revoke")
def revoke(key_id: str, data_dir: DataDir = None) -> None:
    """End a key's life at once."""
    _ask(data_dir, lambda records: records.revoke_key(key_id, at=datetime.now(UTC)))
    typer.echo(f"revoked {key_id}")


def _ask(data_dir: Path | None, question: Callable[[RecordStore], Awaitable[T]]) -> T:
    # Loaded here, as the database's packages take longer to load than all the others.
    from layeron.cli.records import with_records  # noqa: PLC0415

    return with_records(load_settings(data_dir=data_dir), question)
