"""Which failure of a database passes, and what to tell about it."""

import sqlite3

import psycopg
from sqlalchemy.exc import DBAPIError

from layeron.errors import DatabaseUnavailableError

UPGRADE = "run: layeron db upgrade"

_LOST_A_RACE = {"40001", "40P01", "55P03"}
_NO_SUCH_TABLE_OR_COLUMN = {"42P01", "42703"}
_READ_ONLY = "25006"


def lost_a_race(error: DBAPIError) -> bool:
    """Whether the transaction gave way to another one, so that it is undone and can be repeated."""
    if isinstance(error.orig, sqlite3.Error):
        return _sqlite_code(error.orig) in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
    return isinstance(error.orig, psycopg.Error) and error.orig.sqlstate in _LOST_A_RACE


def unavailable(error: DBAPIError) -> DatabaseUnavailableError | None:
    """The error to raise for a failure that is the database's; None for one that is ours."""
    cause = error.orig
    if _schema_is_missing(cause):
        return DatabaseUnavailableError(f"the database lacks tables of this release; {UPGRADE}.")
    is_ours = not (
        isinstance(cause, sqlite3.OperationalError | psycopg.OperationalError)
        or type(cause) is sqlite3.DatabaseError  # a file that is damaged, or no database
        or (isinstance(cause, psycopg.Error) and cause.sqlstate == _READ_ONLY)
        or error.connection_invalidated
    )
    if is_ours:
        return None
    reason = str(cause).strip().partition("\n")[0]
    return DatabaseUnavailableError(f"the database does not answer as it should: {reason}")


def _schema_is_missing(cause: BaseException | None) -> bool:
    if isinstance(cause, psycopg.Error):
        return cause.sqlstate in _NO_SUCH_TABLE_OR_COLUMN
    return isinstance(cause, sqlite3.OperationalError) and any(
        sign in str(cause) for sign in ("no such table", "no such column", "has no column named")
    )


def _sqlite_code(error: sqlite3.Error) -> int:
    """The primary result code, which the extended codes end with."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF
