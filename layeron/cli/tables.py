"""Tables for people: they fit the terminal, and statuses have colours there."""

import os
import shutil
import sys
from collections.abc import Collection, Iterator, Sequence

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
    """

    def __init__(self, head: Sequence[str], *, flexible: Collection[str] = ()) -> None:
        self._head = head
        self._flexible = [number for number, name in enumerate(head) if name in flexible]
        self._status = head.index("STATUS") if "STATUS" in head else -1
        self._widths = [0] * len(head)
        self._begun = False

    def lines(self, rows: Sequence[Sequence[str]]) -> Iterator[str]:
        """The next rows as lines, the head before the first ones."""
        if not self._begun:
            rows = [self._head, *rows]
            self._begun = True
        for column, width in enumerate(self._widths):
            self._widths[column] = max([width, *(cell_len(row[column]) for row in rows)])
        widths = self._fitting()
        for row in rows:
            cells = [_sized(text, width) for text, width in zip(row, widths, strict=True)]
            if self._status >= 0 and has_colours():
                colour = _COLOURS.get(row[self._status].partition(" 2")[0])
                cells[self._status] = typer.style(cells[self._status], fg=colour)
            yield _GAP.join(cells).rstrip()

    def _fitting(self) -> list[int]:
        """The widths, with the widest flexible columns made narrower as far as it is needed."""
        widths = list(self._widths)
        if not (self._flexible and sys.stdout.isatty()):
            return widths
        room = shutil.get_terminal_size().columns - len(_GAP) * (len(widths) - 1)
        while sum(widths) > room:
            widest = max(self._flexible, key=lambda column: widths[column])
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
    colour = _COLOURS.get(status)
    return typer.style(status, fg=colour) if colour and has_colours() else status


def _sized(text: str, width: int) -> str:
    """Exactly so many columns of a terminal, in which a character may take two."""
    if cell_len(text) > width:
        text = f"{set_cell_size(text, width - 1).rstrip()}…"
    return set_cell_size(text, width)
