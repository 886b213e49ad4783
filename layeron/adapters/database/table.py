"""What the tables share. A change in one needs a migration: a test compares the two."""

from typing import ClassVar

from sqlalchemy import Index, MetaData, text
from sqlalchemy.orm import registry
from sqlmodel import SQLModel

# Our own, so that the tables of a user's application in the same process are not mixed with ours.
_REGISTRY = registry(metadata=MetaData())


class Table(SQLModel, registry=_REGISTRY):
    """The base of every table."""

    __tablename__: ClassVar[str]  # pyright: ignore[reportIncompatibleVariableOverride]  # SQLModel declares it for class names only


METADATA = Table.metadata


def partial_index(name: str, *columns: str, where: str, unique: bool = False) -> Index:
    """An index of the rows that fulfil a condition."""
    condition = text(where)
    return Index(name, *columns, unique=unique, sqlite_where=condition, postgresql_where=condition)
