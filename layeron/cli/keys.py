"""``layeron keys``: keys of the HTTP API; works on the database itself, audit log included."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar, get_args

import typer

from layeron.cli.api import who
from layeron.cli.options import AsJson, DataDir
from layeron.cli.output import at, print_json, print_line
from layeron.cli.tables import Table
from layeron.errors import NotFoundError
from layeron.identity import new_audit_id
from layeron.keys import new_key
from layeron.operating_records import ApiKey, AuditEntry, Scope
from layeron.ports.records import RecordStore
from layeron.settings import load_settings
from layeron.text import printable

if TYPE_CHECKING:
    from layeron.adapters.database import Database

app = typer.Typer(help="Keys of the HTTP API.", no_args_is_help=True)

T = TypeVar("T")

_NOT_FOUND = 404


def _scopes() -> list[str]:
    return list(get_args(Scope))


@app.command("create")
def create(
    name: str,
    scope: Annotated[
        list[str] | None,
        typer.Option(
            autocompletion=_scopes,
            help="read, replay (reads, too), send, or admin, which is all; several times.",
        ),
    ] = None,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Make a key and print it, alone.

    It is not shown again. Without --scope it opens everything.
    """
    scopes: list[Scope] = [_scope(each) for each in scope or ["admin"]]
    record, text = new_key(name, scopes)
    _change(
        data_dir,
        lambda records: records.add_key(record),
        AuditChange("key.create", record.id, {"name": printable(name), "scopes": scopes}, 201),
    )
    if as_json:
        print_json({**_shown(record), "key": text})
    else:
        typer.echo(text)


@app.command("list")
def list_(as_json: AsJson = False, data_dir: DataDir = None) -> None:
    """List the keys, without their secrets.

    With --json one object a line.
    """
    keys = _ask(data_dir, lambda database: database.records.list_keys())
    if as_json:
        for key in keys:
            print_line(_shown(key))
        return
    if not keys:
        typer.echo("no keys; make one: layeron keys create NAME", err=True)
        return
    head = ("KEY", "CREATED (UTC)", "STATUS", "SCOPES", "NAME")
    table = Table(head, flexible=("NAME",), optional=("CREATED (UTC)",))
    for line in table.lines([_row(each) for each in keys]):
        typer.echo(line)


@app.command("revoke")
def revoke(key_id: str, data_dir: DataDir = None) -> None:
    """End a key's life at once."""
    _change(
        data_dir,
        lambda records: records.revoke_key(key_id, at=datetime.now(UTC)),
        AuditChange("key.revoke", printable(key_id), {}, 204),
    )
    typer.echo(f"revoked {key_id}")


def _scope(text: str) -> Scope:
    known: Sequence[Scope] = get_args(Scope)
    for each in known:
        if each == text:
            return each
    raise typer.BadParameter(f"{text!r} is no scope; use {', '.join(known)}.", param_hint="--scope")


def _row(key: ApiKey) -> Sequence[str]:
    ended = f"revoked {at(key.revoked_at)}" if key.revoked_at else "in force"
    return key.id, at(key.created_at), ended, ",".join(key.scopes), printable(key.name)


def _shown(key: ApiKey) -> dict[str, object]:
    """The key without the hash of its secret."""
    return {
        "id": key.id,
        "name": key.name,
        "scopes": key.scopes,
        "created_at": key.created_at,
        "revoked_at": key.revoked_at,
    }


@dataclass(frozen=True, slots=True)
class AuditChange:
    """What the audit log is told of a change.

    Attributes:
        status: what the API answers when it makes such a change.
    """

    action: str
    target: str
    detail: Mapping[str, Any]
    status: int


def _change(
    data_dir: Path | None, do: Callable[[RecordStore], Awaitable[None]], change: AuditChange
) -> None:
    """Make a change that the audit log knows of before it is made."""

    async def noted(database: "Database") -> None:
        at = datetime.now(UTC)
        actor, detail = printable(f"command line {who()}".strip()), dict(change.detail)
        entry = AuditEntry(new_audit_id(at), at, actor, change.action, change.target, detail)
        await database.audit.add(entry)
        try:
            await do(database.records)
        except NotFoundError:
            await database.audit.complete(entry.id, _NOT_FOUND)
            raise
        await database.audit.complete(entry.id, change.status)

    _ask(data_dir, noted)


def _ask(data_dir: Path | None, question: "Callable[[Database], Awaitable[T]]") -> T:
    # Loaded here, as the database's packages take longer to load than all the others.
    from layeron.cli.records import with_database  # noqa: PLC0415

    return with_database(load_settings(data_dir=data_dir), question)
