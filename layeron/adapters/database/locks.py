"""Locks on what is not a row: the right to add one more of something."""

from sqlalchemy import bindparam, func, select
from sqlmodel import Session

from layeron.adapters.database.columns import AnyText
from layeron.adapters.database.upsert import dialect_of

_HOLD = select(
    func.pg_advisory_xact_lock(func.hashtextextended(bindparam("name", type_=AnyText), 0))
)


def hold(session: Session, name: str) -> None:
    """Let other transactions that hold this name wait until this one ends.

    On SQLite the writers wait for each other anyway.
    """
    if dialect_of(session) == "postgresql":
        session.connection().execute(_HOLD, {"name": name})
