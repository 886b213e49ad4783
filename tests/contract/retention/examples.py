"""What is left in a database, table by table."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select, text

from layeron.adapters.database.engine import open_engine
from layeron.adapters.database.table import METADATA


def rows_left(url: str) -> Mapping[str, int]:
    """How many rows there are, of each table that has some."""
    engine = open_engine(url)
    with engine.connect() as connection:
        counts = {
            table.name: connection.scalar(select(func.count()).select_from(table)) or 0
            for table in METADATA.sorted_tables
        }
    engine.dispose()
    return {name: count for name, count in counts.items() if count}


def execute(url: str, statement: str, **values: Any) -> None:
    """Run a statement as an earlier release would."""
    engine = open_engine(url)
    with engine.begin() as connection:
        connection.execute(text(statement), values)
    engine.dispose()
