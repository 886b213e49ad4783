"""What commands print: records as JSON, exact bytes, times."""

import sys
from codecs import getincrementaldecoder
from collections.abc import AsyncIterable, Sequence
from dataclasses import fields
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, cast

import typer

from layeron.errors import LayeronError
from layeron.text import printable
from layeron.wire import to_json

Output = Annotated[Path | None, typer.Option(help="File to write to, in place of standard output.")]


def print_json(value: object) -> None:
    """Print one record as JSON."""
    typer.echo(to_json(value, indent=2))


def print_line(record: object, unloaded: Sequence[str] = ()) -> None:
    """Print one record as a line of JSON, without the fields that were not loaded."""
    if unloaded:
        names = [each.name for each in fields(cast("Any", record)) if each.name not in unloaded]
        record = {name: getattr(record, name) for name in names}
    typer.echo(to_json(record))


async def write_all(chunks: AsyncIterable[bytes], path: Path | None) -> None:
    """Write bytes to standard output or a file, which is there when all of it is.

    On a terminal they come without what would steer it.

    Raises:
        LayeronError: the file cannot be written.
    """
    if path is not None:
        await _write_file(chunks, path)
        return
    decoder = getincrementaldecoder("utf-8")("backslashreplace")
    async for chunk in chunks:
        if not sys.stdout.isatty():
            sys.stdout.buffer.write(chunk)
            continue
        lines = decoder.decode(chunk).replace("\r\n", "\n").split("\n")
        shown = (printable(each.replace("\t", "    "), 2 * len(chunk)) for each in lines)
        typer.echo("\n".join(shown), nl=False)
    if sys.stdout.isatty():
        typer.echo()


async def _write_file(chunks: AsyncIterable[bytes], path: Path) -> None:
    part = path.with_name(f"{path.name}.part")
    try:
        with part.open("wb") as file:
            async for chunk in chunks:
                file.write(chunk)
        part.replace(path)
    except OSError as error:
        raise LayeronError(
            f"{path} cannot be written ({error.strerror}); name another with --output."
        ) from None
    finally:
        part.unlink(missing_ok=True)


def at(moment: datetime) -> str:
    """A time for a column."""
    return f"{moment:%Y-%m-%d %H:%M:%S}"
