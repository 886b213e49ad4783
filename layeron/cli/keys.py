"""``layeron keys``: keys of the HTTP API; works on the database itself."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import TypeVar

import typer

from layeron.adapters.database import open_record_store
from layeron.cli.options import DataDir
from layeron.keys import new_key
from layeron.ports.records import RecordStore
from layeron.settings import Settings, load_settings

app = typer.Typer(help="Keys of the HTTP API.", no_args_is_help=True)

T = TypeVar("T")


@app.command("create")
def create(name: str, data_dir: DataDir = None) -> None:
    """Make a key and print it, alone; it is not shown again."""
    record, text = new_key(name)
    _with_records(load_settings(data_dir=data_dir), lambda records: records.add_key(record))
    typer.echo(text)


@app.command("list")
def list_(data_dir: DataDir = None) -> None:
    """List the keys, without their secrets."""
    settings = load_settings(data_dir=data_dir)
    for key in _with_records(settings, lambda records: records.list_keys()):
        ended = f"revoked {key.revoked_at:%Y-%m-%d %H:%M}" if key.revoked_at else "in force"
        typer.echo(f"{key.id}  {key.created_at:%Y-%m-%d %H:%M}  {ended}  {key.name}")


@app.command("revoke")
def revoke(key_id: str, data_dir: DataDir = None) -> None:
    """End a key's life at once."""
    settings = load_settings(data_dir=data_dir)
    _with_records(settings, lambda records: records.revoke_key(key_id, at=datetime.now(UTC)))
    typer.echo(f"revoked {key_id}")


def _with_records(settings: Settings, ask: Callable[[RecordStore], Awaitable[T]]) -> T:
    async def run() -> T:
        records = open_record_store(settings.effective_database_url)
        try:
            await records.check()
            return await ask(records)
        finally:
            await records.close()

    return asyncio.run(run())
