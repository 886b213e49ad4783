"""``INSERT … ON CONFLICT``, which both databases have and SQLAlchemy keeps apart."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, SQLModel


def insert(session: Session, table: type[SQLModel]) -> postgresql.Insert | sqlite.Insert:
    """An insert into a table, with ``on_conflict_do_nothing`` and ``on_conflict_do_update``."""
    return insert_for(dialect_of(session), table)


def insert_if_new(session: Session, table: type[SQLModel], values: Mapping[str, Any]) -> None:
    """Insert a row, unless one with its key is there."""
    statement = _unless_there(dialect_of(session), table)  # pyright: ignore[reportArgumentType]  # a class can be hashed
    session.connection().execute(statement, dict(values))


def insert_for(dialect: str, table: type[SQLModel]) -> postgresql.Insert | sqlite.Insert:
    """An insert of a dialect, for statements that are built once and kept."""
    return sqlite.insert(table) if dialect == "sqlite" else postgresql.insert(table)


def dialect_of(session: Session) -> str:
    """The name of the session's dialect."""
    return session.get_bind().dialect.name


# Built once, as building a statement anew takes several times as long as running it.
@cache
def _unless_there(dialect: str, table: type[SQLModel]) -> postgresql.Insert | sqlite.Insert:
    return insert_for(dialect, table).on_conflict_do_nothing()
