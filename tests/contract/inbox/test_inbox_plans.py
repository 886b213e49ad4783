"""What is asked with every batch reads little of an inbox that holds much."""

import sqlite3
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Engine, event, insert
from sqlmodel import Session

from layeron.adapters.database import inbox
from layeron.adapters.database.engine import open_engine
from layeron.adapters.database.inbox_table import InboxRow
from layeron.identity import new_event_id
from layeron.wire import to_json
from tests.contract.deliveries import examples as sent
from tests.contract.reading import Steps, nodes, rows_read
from tests.contract.records.examples import NOON

MANY = 20_000
A_FEW = 500
NOW = datetime(2126, 6, 1, tzinfo=UTC)


def fill(engine: Engine) -> None:
    """Let much wait, of which the engine refused some."""
    row: dict[str, Any] = {
        "direction": "outbound", "received_at": NOON, "sha256": "ab" * 32, "size": 1_000,
        "event": to_json(sent.an_event(sent.A)), "due_at": NOON, "queued": True,
    }  # fmt: skip
    rows = [
        {
            **row,
            "event_id": new_event_id(NOON),
            "workflow_id": f"outbound/default/orders/{n}",
            "refusals": int(n % 1_000 == 0),
            "user_id": str(n % 1_000),
        }
        for n in range(MANY)
    ]
    with engine.begin() as connection:
        connection.execute(insert(InboxRow), rows)
    if engine.dialect.name == "postgresql":
        alone = engine.execution_options(isolation_level="AUTOCOMMIT")
        with alone.connect() as connection:
            connection.exec_driver_sql("VACUUM ANALYZE inbox")


def ask(session: Session) -> None:
    """Do what is done with every batch, and the look of somebody who erases."""
    lot = inbox.claim(session, owner="a", limit=64, at=NOW, until=NOW + timedelta(seconds=9))
    assert len(lot) == 64
    assert inbox.claim(session, owner="b", limit=64, at=NOW, until=NOW) == []
    assert inbox.find_first(session, event=lot[0].event) is None
    assert inbox.find(session, event_id=lot[0].event.event_id) is None
    assert inbox.waits_for(session, user_id="7", before=NOW)
    inbox.postpone(session, numbers=[lot[0].number], until=NOW)
    inbox.release(session, owner="a", at=NOW)


def read_of_sqlite(session: Session, statement: str, values: Any) -> float:
    """About how many entries a statement reads."""
    raw: sqlite3.Connection = session.connection().connection.driver_connection  # type: ignore[assignment]  # it is one
    steps = Steps()
    raw.set_progress_handler(steps.count, Steps.EACH)
    session.connection().exec_driver_sql(statement, values)
    raw.set_progress_handler(None, 0)
    return steps.taken / Steps.PER_ENTRY


def read_of_postgresql(session: Session, statement: str, values: Any) -> float:
    """The most rows that a step of a statement reads."""
    explained = f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}"
    (answer,) = session.connection().exec_driver_sql(explained, values).one()
    return max(rows_read(node) for node in nodes(answer[0]["Plan"]))


def test_a_batch_costs_the_same_however_much_waits(url: str) -> None:
    engine = open_engine(url)
    fill(engine)
    asked: list[tuple[str, Any]] = []

    def note(_c: object, _cursor: object, statement: str, values: Any, *_: object) -> None:
        # The rows that are claimed are changed by their numbers.
        if isinstance(values, list):
            return
        if "FROM inbox" in statement or statement.startswith("UPDATE inbox"):
            asked.append((statement, values))

    event.listen(engine, "before_cursor_execute", note)
    with Session(engine) as session:
        ask(session)
        event.remove(engine, "before_cursor_execute", note)
        session.rollback()
        read = read_of_sqlite if engine.dialect.name == "sqlite" else read_of_postgresql
        costs: dict[str, float] = {}
        for statement, values in asked:
            costs[statement] = read(session, statement, values)
    engine.dispose()
    assert len(costs) > 6
    assert {each: cost for each, cost in costs.items() if cost > A_FEW} == {}
