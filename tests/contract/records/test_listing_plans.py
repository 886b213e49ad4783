"""Listing and counting read little of a large table: checked by what the databases say."""

import sqlite3
from collections.abc import Callable, Generator
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Engine, event
from sqlmodel import Session

from benchmarks.listing import SHAPES, fill
from layeron.adapters.database import upgrade
from layeron.adapters.database.activity import activity
from layeron.adapters.database.counting import count
from layeron.adapters.database.engine import open_engine
from layeron.adapters.database.listing import list_events
from layeron.adapters.database.retention import bodies_before, bodies_of_user, delete_before
from layeron.records import EventFilter
from tests.contract.reading import Steps, nodes, rows_read
from tests.support.postgres import fresh_database

MANY = 40_000
A_FEW = 500
# Matches of a search, or of a customer, are counted along an index, up to a limit.
A_COUNT = 7_000

OF_SENT = {
    "user": EventFilter(user_id="7"),
    "user of one event": EventFilter(user_id="one"),
    "user and status": EventFilter(user_id="7", status="dead_letter"),
    "user, webhook and status": EventFilter(
        user_id="7", namespace="billing", webhook="stripe", status="dead_letter"
    ),
    "answer": EventFilter(http_status=200),
    "answer to one event": EventFilter(http_status=418),
    "answer and status": EventFilter(http_status=200, status="dead_letter"),
    "answer, webhook and status": EventFilter(
        http_status=200, namespace="billing", webhook="stripe", status="dead_letter"
    ),
}
COMBINED = {
    "both: user, type": EventFilter(user_id="7", event_type="invoice.paid"),
    "both: user of one event, group": EventFilter(user_id="one", event_type="*"),
    "both: answer, search": EventFilter(http_status=200, search="inv"),
    "both: answer to one event, user": EventFilter(http_status=418, user_id="one"),
}
ALL_SHAPES = {**SHAPES, **OF_SENT, **COMBINED}

# What is sent, and one event of a customer of its own, an old one.
SENT = """
UPDATE events SET direction = 'outbound', user_id = '7', last_http_status = 200
    WHERE namespace = 'billing';
UPDATE webhooks SET direction = 'outbound' WHERE namespace = 'billing';
UPDATE events SET body_erased_at = received_at WHERE received_at < '2026-04-15';
UPDATE events SET user_id = 'one', last_http_status = 418 WHERE id = (
    SELECT min(id) FROM events WHERE namespace = 'billing' AND body_erased_at IS NULL
)
"""

LATE = datetime(2026, 6, 1, tzinfo=UTC)
OLD: dict[str, Any] = {
    "namespace": "billing",
    "webhook": "stripe",
    "before": LATE,
    "limit": 100,
}
QUESTIONS: dict[str, Callable[[Session], object]] = {
    **{
        f"count: {shape}": partial(count, where=where, most=1_000)
        for shape, where in ALL_SHAPES.items()
    },
    "activity": partial(
        activity,
        since=LATE - timedelta(days=90),
        until=LATE,
        bucket=timedelta(days=1),
        most=1_000,
    ),
    "bodies": partial(bodies_before, **OLD),
    "bodies of a user": partial(bodies_of_user, user_id="7", limit=100),
    "bodies of a user of one event": partial(bodies_of_user, user_id="one", limit=100),
    "erased": partial(delete_before, **OLD),
    **{
        shape: partial(list_events, where=where, limit=25, cursor=None)
        for shape, where in ALL_SHAPES.items()
    },
}

Statement = tuple[str, Any]


def statements_of(engine: Engine, question: Callable[[Session], object]) -> list[Statement]:
    """What a question asks the database."""
    asked: list[Statement] = []

    def note(_c: object, _cursor: object, statement: str, values: Any, *_: object) -> None:
        if statement.startswith(("SELECT", "WITH")):
            asked.append((statement, values))

    event.listen(engine, "before_cursor_execute", note)
    with Session(engine) as session:
        assert question(session)
    event.remove(engine, "before_cursor_execute", note)
    return asked


def allowed(name: str) -> int:
    is_counted = name.startswith(("search", "both", "count", "activity"))
    return A_COUNT if is_counted else A_FEW


@pytest.fixture(scope="module")
def postgresql() -> Generator[Engine]:
    with fresh_database() as url:
        prepare(url)
        engine = open_engine(url)
        yield engine
        engine.dispose()


@pytest.fixture(scope="module")
def sqlite(tmp_path_factory: pytest.TempPathFactory) -> Generator[Engine]:
    url = f"sqlite:///{tmp_path_factory.mktemp('plans')}/records.db"
    prepare(url)
    engine = open_engine(url)
    yield engine
    engine.dispose()


def prepare(url: str) -> None:
    """Fill a database, and let some of its events have been sent, and some have lost their body."""
    upgrade(url)
    fill(url, MANY)
    engine = open_engine(url, patient=True)
    with engine.begin() as connection:
        for statement in SENT.split(";"):
            connection.exec_driver_sql(statement)
    if engine.dialect.name == "postgresql":
        alone = engine.execution_options(isolation_level="AUTOCOMMIT")
        with alone.connect() as connection:
            connection.exec_driver_sql("VACUUM ANALYZE events")
    engine.dispose()


@pytest.mark.parametrize("name", QUESTIONS)
def test_postgresql_reads_and_sorts_a_few_index_entries(postgresql: Engine, name: str) -> None:
    for statement, values in statements_of(postgresql, QUESTIONS[name]):
        with postgresql.connect() as connection:
            (answer,) = connection.exec_driver_sql(
                f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}", values
            ).one()
        for node in nodes(answer[0]["Plan"]):
            if node.get("Relation Name") == "events":
                assert node["Node Type"] != "Seq Scan", statement
            assert rows_read(node) <= allowed(name), statement


@pytest.mark.parametrize("name", QUESTIONS)
def test_sqlite_reads_and_sorts_a_few_index_entries(sqlite: Engine, name: str) -> None:
    for statement, values in statements_of(sqlite, QUESTIONS[name]):
        with sqlite.connect() as connection:
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values).all()
            details = [row.detail for row in plan]
            assert "SCAN events" not in details
            raw: sqlite3.Connection = connection.connection.driver_connection  # type: ignore[assignment]  # it is one
            steps = Steps()
            raw.set_progress_handler(steps.count, Steps.EACH)
            connection.exec_driver_sql(statement, values).all()
            raw.set_progress_handler(None, 0)
        assert steps.taken <= allowed(name) * Steps.PER_ENTRY, details
