"""A bulk replay as people and programs see it: what it is about, and how far it is."""

import asyncio
import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import asdict

import typer

from layeron.cli.api import OperatorAPI
from layeron.cli.asking import Service
from layeron.cli.output import print_json, print_line
from layeron.cli.shown import time_of
from layeron.cli.tables import coloured
from layeron.operating_records import BulkReplay
from layeron.text import printable

_ENDED = {"finished": 0, "stopped": 1}
"""Exit codes."""


def about(bulk: BulkReplay) -> str:
    """Which events it is about, in a few words."""
    if bulk.where is None:
        return f"{bulk.total} ids"
    said = {name: value for name, value in asdict(bulk.where).items() if value is not None}
    place = "/".join(said.pop(name) for name in ("namespace", "webhook") if name in said)
    gaps = f"gaps of {bulk.endpoint_id}" if bulk.endpoint_id else ""
    until = said.pop("until", None)
    since = said.pop("since", None)
    times = [
        f"{name} {time:%Y-%m-%d %H:%M}"
        for name, time in (("since", since), ("until", until))
        if time is not None
    ]
    values = [str(value) for value in said.values()]
    return printable(" ".join([gaps, place, *(bulk.statuses or ()), *values, *times]).strip())


def progress_of(bulk: BulkReplay) -> str:
    """How many events of how many."""
    return f"{bulk.examined:,}/{bulk.total:,}{'+' if bulk.capped else ''}"


def print_bulk(bulk: BulkReplay, *, as_json: bool) -> None:
    """Print one."""
    if as_json:
        print_json(_without_ids(bulk))
        return
    for line in _lines(bulk):
        typer.echo(line)


def watch_bulk(running: Service, bulk_id: str, *, every_seconds: float, as_json: bool) -> int:
    """Show how far it is until it has ended; its exit code."""
    print_changes = _print_bar if sys.stdout.isatty() and not as_json else _print_lines

    async def watching(api: OperatorAPI) -> BulkReplay:
        return await print_changes(_changes(api, bulk_id, every_seconds), as_json)

    bulk = running.ask(watching)
    if not as_json:
        done = f"{bulk.replayed:,} replayed, {bulk.skipped:,} could not be"
        typer.echo(f"{bulk.id} {coloured(bulk.status)}: {done}")
    return _ENDED[bulk.status]


async def _changes(
    api: OperatorAPI, bulk_id: str, every_seconds: float
) -> AsyncIterator[BulkReplay]:
    """The bulk replay whenever it has changed, at last as it ended."""
    before: BulkReplay | None = None
    while before is None or before.status not in _ENDED:
        bulk = await api.get_bulk_replay(bulk_id)
        if bulk != before:
            yield bulk
        if bulk.status not in _ENDED:
            await asyncio.sleep(every_seconds)
        before = bulk


async def _print_lines(changes: AsyncIterator[BulkReplay], as_json: bool) -> BulkReplay:  # noqa: FBT001  # as its twin below
    bulk: BulkReplay | None = None
    async for bulk in changes:
        if as_json:
            print_line(bulk, ("event_ids",))
        else:
            typer.echo(f"{coloured(bulk.status)}  {progress_of(bulk)}  {bulk.skipped} skipped")
    assert bulk is not None  # noqa: S101  # there is at least one
    return bulk


async def _print_bar(changes: AsyncIterator[BulkReplay], _as_json: bool) -> BulkReplay:  # noqa: FBT001  # as its twin above
    # Loaded here, as other commands need not wait for it.
    from rich.progress import (  # noqa: PLC0415
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    bulk: BulkReplay | None = None
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn()
    with Progress(*columns, TimeRemainingColumn(), transient=True) as progress:
        task = progress.add_task("")
        async for bulk in changes:
            progress.update(
                task,
                description=bulk.status,
                completed=bulk.examined,
                total=max(bulk.total, bulk.examined),
            )
    assert bulk is not None  # noqa: S101  # there is at least one
    return bulk


def _lines(bulk: BulkReplay) -> Iterator[str]:
    yield f"{bulk.id}  {coloured(bulk.status)}"
    yield f"  about      {about(bulk)}"
    yield f"  asked for  {time_of(bulk.created_at)}, by {printable(bulk.requested_by)}"
    if bulk.reason:
        yield f"  why        {printable(bulk.reason, 500)}"
    yield f"  done       {progress_of(bulk)}, at most {bulk.rate_per_second:g} in a second"
    yield f"  replayed   {bulk.replayed:,}"
    yield f"  skipped    {bulk.skipped:,}, which could not be replayed"
    yield f"  changed    {time_of(bulk.updated_at)}"


def _without_ids(bulk: BulkReplay) -> dict[str, object]:
    return {name: value for name, value in asdict(bulk).items() if name != "event_ids"}
