"""Listing reads little of a large table, whatever the filter: checked by what the databases say."""

import sqlite3
from collections.abc import Generator
from typing import Any

import pytest
from sqlalchemy import Engine, event
from sqlmodel import Session

from benchmarks.listing import SHAPES, fill
from layeron.adapters.database import upgrade
from layeron.adapters.database.engine import open_engine
from layeron.adapters.database.listing import list_events
from layeron.records import EventFilter
from tests.support.postgres import fresh_database

MANY = 40_000
A_FEW = 500
# Matches of a search are counted along an index, up to a limit.
A_COUNT = 5_500

Statement = tuple[str, Any]


def statements_of(engine: Engine, where: EventFilter) -> list[Statement]:
    """What a listing asks the database."""
    asked: list[Statement] = []

    def note(_c: object, _cursor: object, statement: str, values: Any, *_: object) -> None:
        if not statement.startswith("BEGIN"):
            asked.append((statement, values))

    event.listen(engine, "before_cursor_execute", note)
    with Session(engine) as session:
        page = list_events(session, where, limit=25, cursor=None)
    event.remove(engine, "before_cursor_execute", note)
    assert page.events
    return asked


def allowed(shape: str) -> int:
    return A_COUNT if shape.startswith("search") else A_FEW


@pytest.fixture(scope="module")
def postgresql() -> Generator[Engine]:
    with fresh_database() as url:
        upgrade(url)
        fill(url, MANY)
        engine = open_engine(url)
        yield engine
        engine.dispose()


@pytest.fixture(scope="module")
def sqlite(tmp_path_factory: pytest.TempPathFactory) -> Generator[Engine]:
    url = f"sqlite:///{tmp_path_factory.mktemp('plans')}/records.db"
    upgrade(url)
    fill(url, MANY)
    engine = open_engine(url)
    yield engine
    engine.dispose()


def nodes(plan: dict[str, Any]) -> Generator[dict[str, Any]]:
    yield plan
    for part in plan.get("Plans", []):
        yield from nodes(part)


def rows_read(node: dict[str, Any]) -> float:
    removed = node.get("Rows Removed by Filter", 0)
    rows: float = (node["Actual Rows"] + removed) * node["Actual Loops"]
    return rows


@pytest.mark.parametrize("shape", SHAPES)
def test_postgresql_reads_and_sorts_a_few_index_entries(postgresql: Engine, shape: str) -> None:
    for statement, values in statements_of(postgresql, SHAPES[shape]):
        with postgresql.connect() as connection:
            (answer,) = connection.exec_driver_sql(
                f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}", values
            ).one()
        for node in nodes(answer[0]["Plan"]):
            if node.get("Relation Name") == "events":
                assert node["Node Type"] != "Seq Scan", statement
            assert rows_read(node) <= allowed(shape), statement


@pytest.mark.parametrize("shape", SHAPES)
def test_sqlite_reads_and_sorts_a_few_index_entries(sqlite: Engine, shape: str) -> None:
    for statement, values in statements_of(sqlite, SHAPES[shape]):
        with sqlite.connect() as connection:
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values).all()
            details = [row.detail for row in plan]
            assert "SCAN events" not in details
            raw: sqlite3.Connection = connection.connection.driver_connection  # type: ignore[assignment]  # it is one
            steps = Steps()
            raw.set_progress_handler(steps.count, Steps.EACH)
            connection.exec_driver_sql(statement, values).all()
            raw.set_progress_handler(None, 0)
        assert steps.taken <= allowed(shape) * Steps.PER_ENTRY, details


class Steps:
    """Counts the instructions of SQLite's machine."""

    EACH = 100
    PER_ENTRY = 10

    def __init__(self) -> None:
        self.taken = 0

    def count(self) -> None:
        self.taken += self.EACH
