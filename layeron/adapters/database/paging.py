"""Pages of rows, the newest first, and the cursors that lead on."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from sqlmodel import Session
from sqlmodel.sql.expression import SelectOfScalar

from layeron.adapters.database.table import Table
from layeron.errors import CursorError

Row = TypeVar("Row", bound=Table)


def read_page(
    session: Session,
    statement: SelectOfScalar[Row],
    *,
    key: str = "id",
    is_key: Callable[[str], bool],
    limit: int,
    cursor: str | None,
) -> tuple[Sequence[Row], str | None]:
    """Rows of a statement, and the cursor of the page after them; None on the last one.

    Args:
        session: to read with.
        statement: the rows of one table, in no order.
        key: its column that is ordered by time; the last one of a page is the next cursor.
        is_key: whether a text has the form of a key.
        limit: how many rows.
        cursor: of the page before; None for the first one.

    Raises:
        CursorError: the cursor is not one of ours.
    """
    column = statement.selected_columns[key]
    if cursor is not None:
        check_cursor(cursor, is_key)
        statement = statement.where(column < cursor)
    rows = session.exec(statement.order_by(column.desc()).limit(limit + 1)).all()
    next_cursor = getattr(rows[limit - 1], key) if len(rows) > limit else None
    return rows[:limit], next_cursor


def check_cursor(cursor: str, is_key: Callable[[str], bool]) -> None:
    """Return if a cursor can be one of ours.

    Raises:
        CursorError: it cannot.
    """
    if not is_key(cursor):
        raise CursorError(f"{cursor[:80]!r} is not a cursor; give the next_cursor of a page")
