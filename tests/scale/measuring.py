"""What one event of each kind leaves behind: run once, and its rows copied many times."""

import json
import re
import secrets
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeGuard

import sqlalchemy
from ulid import ULID

from layeron.adapters.database import upgrade
from layeron.adapters.database.table import METADATA
from tests.support.postgres import fresh_database, shared_postgres

Rows = Mapping[str, Sequence[Mapping[str, Any]]]
"""By the name of their table."""

_NAME = re.compile(r"whevt_\w+|whatt_\w+|[0-9a-f]{32,64}")
"""What no two events have in common; the last is how the tests call an event as its sender does."""

_ROWS = 2000
_SIZE_OF_SQLITE = "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size"
_SIZE_OF_POSTGRESQL = (
    "SELECT sum(pg_total_relation_size(oid)) FROM pg_class"
    " WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
)


@dataclass(frozen=True, slots=True)
class Left:
    """What an event left behind in one database.

    Attributes:
        beneath: its rows that were there before.
        names: its own, which a copy has others for.
    """

    rows: Rows
    beneath: Rows
    names: Sequence[str]

    @property
    def count(self) -> int:
        return sum(map(len, self.rows.values()))

    def copy(self) -> tuple[Rows, Rows]:
        """The same of another event: what is beneath, and the rows."""
        others = {each: _another(each) for each in self.names}
        beneath, rows = (
            {
                table: [{key: _renamed(value, others) for key, value in row.items()} for row in of]
                for table, of in part.items()
            }
            for part in (self.beneath, self.rows)
        )
        return beneath, rows


def _another(name: str) -> str:
    kind, parted, _ = name.partition("_")
    return f"{kind}_{ULID()}" if parted else secrets.token_hex(32)[: len(name)]


def _renamed(value: Any, others: Mapping[str, str]) -> Any:
    if isinstance(value, dict | list):
        return json.loads(_renamed(json.dumps(value), others))
    if isinstance(value, str):
        for old, new in others.items():
            value = value.replace(old, new)
    return value


def rows_of(url: str) -> Rows:
    """Every row there is."""
    engine = sqlalchemy.create_engine(url)
    with engine.connect() as connection:
        found = {
            table.name: [dict(each) for each in connection.execute(table.select()).mappings()]
            for table in METADATA.sorted_tables
        }
    engine.dispose()
    return found


def left_by(event_id: str, before: Rows, after: Rows) -> Left:
    """What came since and names the event: what is counted up elsewhere is no row of its own."""
    rows: dict[str, list[Mapping[str, Any]]] = {}
    beneath: dict[str, list[Mapping[str, Any]]] = {}
    for table in METADATA.sorted_tables:
        known = {_key(table, each) for each in before[table.name]}
        own = [each for each in after[table.name] if event_id in each.values()]
        rows[table.name] = [each for each in own if _key(table, each) not in known]
        beneath[table.name] = [each for each in own if _key(table, each) in known]
    every = [row for part in (rows, beneath) for of in part.values() for row in of]
    names = {value for row in every for value in row.values() if is_name(value)}
    return Left(rows, beneath, sorted(names))


def _key(table: sqlalchemy.Table, row: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(row[each.name] for each in table.primary_key)


def is_name(value: object) -> TypeGuard[str]:
    return isinstance(value, str) and _NAME.fullmatch(value) is not None


class Growth:
    """New databases of either kind, which tell what events add to them.

    Args:
        sqlite: a file with our tables, to be copied.
        postgresql: the name of a database with our tables, to be copied.
    """

    def __init__(self, sqlite: Path, postgresql: str) -> None:
        self._sqlite = sqlite
        self._postgresql = postgresql

    def in_sqlite(self, left: Left) -> int:
        """Bytes that an event adds to the file, on average."""
        copy = self._sqlite.with_name(f"{secrets.token_hex(8)}.db")
        shutil.copyfile(self._sqlite, copy)
        return _growth(left, f"sqlite:///{copy}", _SIZE_OF_SQLITE)

    def in_postgresql(self, left: Left) -> int:
        """Bytes that an event adds to tables and indexes, on average."""
        with fresh_database(self._postgresql) as url:
            psycopg_url = url.replace("postgresql://", "postgresql+psycopg://")
            return _growth(left, psycopg_url, _SIZE_OF_POSTGRESQL)


def open_growth(folder: Path) -> Growth:
    """Make the tables once."""
    sqlite = folder / "tables.db"
    upgrade(f"sqlite:///{sqlite}")
    server = shared_postgres()
    name = server.create_database()
    upgrade(server.url(name))
    return Growth(sqlite, name)


def _growth(left: Left, url: str, size: str) -> int:
    engine = sqlalchemy.create_engine(url)
    copies = [left.copy() for _ in range(max(_ROWS // left.count, 10))]
    with engine.begin() as connection:
        _insert(connection, [beneath for beneath, _ in copies])
        before = int(connection.execute(sqlalchemy.text(size)).scalar_one())
        _insert(connection, [rows for _, rows in copies])
        after = int(connection.execute(sqlalchemy.text(size)).scalar_one())
    engine.dispose()
    return round((after - before) / len(copies))


def _insert(connection: sqlalchemy.Connection, several: Sequence[Rows]) -> None:
    for table in METADATA.sorted_tables:
        if rows := [row for each in several for row in each[table.name]]:
            connection.execute(table.insert(), rows)
