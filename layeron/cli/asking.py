"""Ask the running service: the options that say where it is, and how much of a list is wanted."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Generic, Protocol, TypeVar

import typer

from layeron.cli.api import OperatorAPI
from layeron.cli.options import AsJson, DataDir, Url
from layeron.cli.output import print_line
from layeron.cli.tables import Table
from layeron.settings import Settings, load_settings

T = TypeVar("T")

_MOST_IN_A_PAGE = 200


@dataclass(frozen=True, slots=True)
class Service:
    """The running service that a command is about."""

    settings: Settings

    def ask(self, question: Callable[[OperatorAPI], Awaitable[T]]) -> T:
        """Ask its API, in one event loop.

        Raises:
            LayeronError: what it answers, or that nobody does.
        """
        api = OperatorAPI.from_settings(self.settings)

        async def run() -> T:
            return await question(api)

        return asyncio.run(run())


def service(*, url: Url = None, data_dir: DataDir = None) -> Service:
    """The options that say where the service is."""
    return Service(load_settings(url=url, data_dir=data_dir))


@dataclass(frozen=True, slots=True)
class Wanted:
    """How much of a list is wanted, and in which form.

    Attributes:
        limit: how many at most; None for all.
        cursor: where to begin.
        as_json: one JSON object a line, in place of a table.
    """

    limit: int | None
    cursor: str | None
    as_json: bool


def wanted(
    *,
    limit: Annotated[int, typer.Option(min=1, help="How many at most.")] = 25,
    every: Annotated[
        bool, typer.Option("--all", help="Every one, however many there are.")
    ] = False,
    cursor: Annotated[str | None, typer.Option(help="Where the last list ended.")] = None,
    as_json: AsJson = False,
) -> Wanted:
    """The options of every list."""
    return Wanted(None if every else limit, cursor, as_json)


class Page(Protocol):
    """One page of any list."""

    @property
    def next_cursor(self) -> str | None:
        """Give it to get the next page; None on the last one."""
        ...


AnyPage = TypeVar("AnyPage", bound=Page)


@dataclass(frozen=True)  # slots and generics do not go together in Python 3.11
class Listing(Generic[AnyPage, T]):
    """How pages of things become a table, or lines of JSON.

    Attributes:
        of: the things of a page.
        row: the cells of one.
        nothing: what is said when there is none.
        flexible: columns that may be cut on a narrow terminal.
        optional: columns that may be left out there, the first one first.
        unloaded: fields that lists do not load, which their JSON leaves out.
    """

    head: Sequence[str]
    of: Callable[[AnyPage], Sequence[T]]
    row: Callable[[T], Sequence[str]]
    nothing: str
    flexible: Sequence[str] = ()
    optional: Sequence[str] = ()
    unloaded: Sequence[str] = ()

    async def print(
        self, fetch: Callable[[int, str | None], Awaitable[AnyPage]], wanted: Wanted
    ) -> None:
        """Print page after page as they come; what is left is told of on standard error.

        Args:
            fetch: gives a page of so many things after a cursor.
            wanted: how much of them.
        """
        table = self.table()
        left, cursor, printed = wanted.limit, wanted.cursor, 0
        while left is None or left > 0:
            most = _MOST_IN_A_PAGE if left is None else min(left, _MOST_IN_A_PAGE)
            page = await fetch(most, cursor)
            things, cursor = self.of(page), page.next_cursor
            if wanted.as_json:
                for each in things:
                    self.print_line(each)
            elif things:
                self.print_rows(table, things)
            printed += len(things)
            left = None if left is None else left - len(things)
            if cursor is None:
                break
        if not printed:
            typer.echo(self.nothing, err=True)
        elif cursor is not None:
            typer.echo(f"there are more: --all, a higher --limit, or --cursor {cursor}", err=True)

    def table(self) -> Table:
        """An empty table for these things."""
        return Table(self.head, flexible=self.flexible, optional=self.optional)

    def print_rows(self, table: Table, things: Sequence[T]) -> None:
        """Print things as the next rows of a table."""
        for line in table.lines([self.row(each) for each in things]):
            typer.echo(line)

    def print_line(self, thing: T) -> None:
        """Print one as a line of JSON."""
        print_line(thing, self.unloaded)
