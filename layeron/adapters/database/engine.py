"""Opening SQLite and PostgreSQL so that they are durable, and never hang."""

import sqlite3
import time
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError

from layeron.errors import ConfigurationError

# A server that is gone is noticed by libpq; one that is slow ends the statement itself. Both
# come before the deadline of a transaction, so that its answer can name the reason.
_LIBPQ: dict[str, Any] = {
    "application_name": "layeron",
    "connect_timeout": 3,
    "tcp_user_timeout": 4_000,
    "keepalives_idle": 10,
    "keepalives_interval": 2,
    "keepalives_count": 3,
}
_STATEMENT_SECONDS = 4
_BUSY_SECONDS = 3  # for another process to end its transaction
_IDLE_SECONDS = 30
_WAL_SECONDS = 3


def open_engine(url: str, *, connections: int = 1, patient: bool = False) -> Engine:
    """Prepare a pool; nothing is connected yet.

    Args:
        url: ``sqlite:///…`` or ``postgresql://…``.
        connections: at most so many.
        patient: let statements take as long as they take, as migrations need.

    Raises:
        ConfigurationError: the address is for neither of the two, or names no usable folder.
    """
    address = parse_url(url)
    if address.get_backend_name() == "sqlite":
        return _open_sqlite(address, connections, 60 if patient else _BUSY_SECONDS)
    statement_seconds = 0 if patient else _STATEMENT_SECONDS
    return _open_postgresql(address, connections, statement_seconds)


def parse_url(url: str) -> URL:
    """Read an address, and name the driver we use.

    Raises:
        ConfigurationError: the address is for neither of the two.
    """
    mend = "write sqlite:///FILE or postgresql://USER:PASSWORD@HOST/DATABASE"
    try:
        address = make_url(url)
    except (ArgumentError, ValueError):
        raise ConfigurationError(f"the database address has no usable form; {mend}.") from None
    if address.drivername in {"postgresql", "postgres", "postgresql+psycopg"}:
        return address.set(drivername="postgresql+psycopg")
    if address.drivername != "sqlite":
        raise ConfigurationError(
            f"{address.drivername!r} is not a database we keep records in; {mend}."
        )
    if address.database in {None, "", ":memory:"}:
        raise ConfigurationError(f"a database in memory forgets its records; {mend}.")
    return address


def _open_postgresql(address: URL, connections: int, statement_seconds: int) -> Engine:
    asked = address.query.get("options", ())
    options = (
        f"-c statement_timeout={statement_seconds}s",
        f"-c idle_in_transaction_session_timeout={_IDLE_SECONDS}s",
        # For queries as short as ours, compiling and more processes cost more than they save.
        "-c jit=off",
        "-c max_parallel_workers_per_gather=0",
        *((asked,) if isinstance(asked, str) else asked),
    )
    defaults = {name: value for name, value in _LIBPQ.items() if name not in address.query}
    return create_engine(
        address.difference_update_query(["options"]),
        pool_size=connections,
        max_overflow=0,
        hide_parameters=True,
        connect_args={
            **defaults,
            "options": " ".join(options),
            # Plans are made for the values at hand: a status is rare or common. It also keeps
            # poolers that share connections between transactions usable.
            "prepare_threshold": None,
        },
    )


def _open_sqlite(address: URL, connections: int, busy_seconds: int) -> Engine:
    folder = Path(address.database or "").parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigurationError(
            f"the database cannot be kept in {folder}: {error.strerror}; name another folder."
        ) from error
    engine = create_engine(
        address,
        pool_size=connections,
        max_overflow=0,
        hide_parameters=True,
        connect_args={"timeout": busy_seconds, "isolation_level": None},
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    _use_wal(connection)
    # A power cut loses nothing that was confirmed. Measured, it costs half a millisecond a
    # transaction over NORMAL, which would lose the last ones.
    connection.execute("PRAGMA synchronous = FULL").close()
    connection.execute("PRAGMA foreign_keys = ON").close()


def _use_wal(connection: sqlite3.Connection) -> None:
    # While another process does the same to a new file, SQLite refuses at once and does not wait.
    last = time.monotonic() + _WAL_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL").close()
        except sqlite3.OperationalError:
            if time.monotonic() > last:
                raise
            time.sleep(0.02)
        else:
            return


def _begin_sqlite(connection: Connection) -> None:
    # The driver's own begin is switched off: it would come late, and as a reader that may find
    # itself unable to write.
    mode = "IMMEDIATE" if connection.get_execution_options().get("writes") else "DEFERRED"
    connection.exec_driver_sql(f"BEGIN {mode}")
