"""Tables for people: they fit the terminal, and statuses have colours there."""

import os
import shutil
import sys
from collections.abc import Iterator, Sequence

import typer
from rich.cells import cell_len, set_cell_size

_GAP = "  "
_NARROWEST = 8
_COLOURS = {
    **dict.fromkeys(("succeeded", "enabled", "in force", "finished"), "green"),
    **dict.fromkeys(("dead_letter", "failed", "rejected", "disabled", "revoked"), "red"),
    **dict.fromkeys(("retrying", "held", "unhandled", "paused", "stopped", "skipped"), "yellow"),
    **dict.fromkeys(("accepted", "processing", "queued", "running"), "cyan"),
}


class Table:
    """Rows that come in several lots and stay in their columns.

    Args:
        head: the names of the columns; what is in one named STATUS has a colour.
        flexible: the columns whose text may be cut where the terminal is too narrow.
        optional: the columns that are left out where that is not enough, the first one first.
    """

    def __init__(
        self, head: Sequence[str], *, flexible: Sequence[str] = (), optional: Sequence[str] = ()
    ) -> None:
        self._head = head
        self._flexible = {number for number, name in enumerate(head) if name in flexible}
        self._optional = [head.index(name) for name in optional]
        self._widths = [0] * len(head)
        self._shown: list[int] = []

    def lines(self, rows: Sequence[Sequence[str]]) -> Iterator[str]:
        """The next rows as lines, the head before the first ones."""
        first = not self._shown
        rows = [self._head, *rows] if first else rows
        for column, width in enumerate(self._widths):
            self._widths[column] = max([width, *(cell_len(row[column]) for row in rows)])
        room = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
        if first:
            self._shown = self._columns(room)
        widths = self._fitting(room)
        for row in rows:
            yield _GAP.join(self._cell(row, each, widths[each]) for each in self._shown).rstrip()

    def _cell(self, row: Sequence[str], column: int, width: int) -> str:
        text = _sized(row[column], width)
        is_status = self._head[column] == "STATUS" and row is not self._head
        return _painted(text, row[column]) if is_status else text

    def _columns(self, room: int | None) -> list[int]:
        """The columns there is room for."""
        shown = list(range(len(self._head)))
        for column in self._optional:
            widths = [self._least(each) + len(_GAP) for each in shown]
            if room is None or sum(widths) - len(_GAP) <= room:
                break
            shown.remove(column)
        return shown

    def _least(self, column: int) -> int:
        width = self._widths[column]
        return min(width, _NARROWEST) if column in self._flexible else width

    def _fitting(self, room: int | None) -> list[int]:
        """The widths, with the widest flexible columns made narrower as far as it is needed."""
        widths = list(self._widths)
        flexible = [each for each in self._shown if each in self._flexible]
        if room is None or not flexible:
            return widths
        room -= len(_GAP) * (len(self._shown) - 1)
        while sum(widths[each] for each in self._shown) > room:
            widest = max(flexible, key=lambda column: widths[column])
            if widths[widest] <= _NARROWEST:
                break
            widths[widest] -= 1
        return widths


def has_colours() -> bool:
    """Whether what is printed may have colours: on a terminal, unless NO_COLOR is set."""
    plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    return sys.stdout.isatty() and not plain


def coloured(status: str) -> str:
    """A status in its colour."""
    return _painted(status, status)


def _painted(text: str, status: str) -> str:
    # What follows a status is a time.
    colour = _COLOURS.get(status.partition(" 2")[0])
    return typer.style(text, fg=colour) if colour and has_colours() else text


def _sized(text: str, width: int) -> str:
    """Exactly so many columns of a terminal, in which a character may take two."""
    if cell_len(text) > width:
        text = f"{set_cell_size(text, width - 1).rstrip()}…"
    return set_cell_size(text, width)
