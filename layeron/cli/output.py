"""What commands print: records as JSON, exact bytes, times."""

import sys
from collections.abc import Iterable, Sequence
from dataclasses import fields
from datetime import datetime
from pathlib import Path
from typing import Any, cast

import typer

from layeron.errors import LayeronError
from layeron.text import printable
from layeron.wire import to_json


def print_json(value: object) -> None:
    """Print one record as JSON."""
    typer.echo(to_json(value, indent=2))


def print_line(record: object, unloaded: Sequence[str] = ()) -> None:
    """Print one record as a line of JSON, without the fields that were not loaded."""
    if unloaded:
        names = [each.name for each in fields(cast("Any", record)) if each.name not in unloaded]
        record = {name: getattr(record, name) for name in names}
    typer.echo(to_json(record))


def print_bytes(body: bytes) -> None:
    """Print exactly these bytes; on a terminal, without what would steer it."""
    if not sys.stdout.isatty():
        sys.stdout.buffer.write(body)
        return
    lines = body.decode("utf-8", "backslashreplace").split("\n")
    typer.echo("\n".join(printable(each.replace("\t", "    "), len(body)) for each in lines))


def write_file(path: Path, parts: Iterable[bytes]) -> None:
    """Write a file.

    Raises:
        LayeronError: it cannot be written.
    """
    try:
        with path.open("wb") as file:
            file.writelines(parts)
    except OSError as error:
        raise LayeronError(
            f"{path} cannot be written ({error.strerror}); name another with --output."
        ) from None


def at(moment: datetime) -> str:
    """A time for a column."""
    return f"{moment:%Y-%m-%d %H:%M:%S}"
