"""A database in trouble: it answers with an error in time, and heals without a restart of ours."""

import asyncio
import socket
import sqlite3
import threading
from collections.abc import AsyncGenerator, Generator
from pathlib import Path

import psycopg
import pytest
import pytest_asyncio
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from layeron.adapters.database import (
    duplicates,
    events,
    open_record_store,
    transactions,
    upgrade,
)
from layeron.adapters.database.engine import open_engine
from layeron.adapters.database.store import DatabaseRecordStore
from layeron.adapters.database.tables import AliasRow, DuplicateCountRow
from layeron.adapters.database.transactions import Transactions, Work
from layeron.errors import ConfigurationError, DatabaseUnavailableError
from layeron.ports.records import Begun, RecordStore
from tests.contract.records.examples import NOON, an_event, begin, handle
from tests.support.postgres import PostgresServer, running_postgres

TERMINATE_AT_COMMIT = """
CREATE FUNCTION leave() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$;
CREATE CONSTRAINT TRIGGER leave AFTER INSERT ON aliases DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION leave();
INSERT INTO aliases VALUES ('a', 'b');
"""


@pytest.fixture(scope="module")
def server() -> Generator[PostgresServer]:
    with running_postgres() as own:
        yield own


@pytest.fixture
def postgresql_url(server: PostgresServer) -> str:
    url = server.url(server.create_database())
    upgrade(url)
    return url


@pytest_asyncio.fixture
async def postgresql(postgresql_url: str) -> AsyncGenerator[RecordStore]:
    store = open_record_store(postgresql_url)
    yield store
    await store.close()


@pytest_asyncio.fixture
async def work(postgresql_url: str) -> AsyncGenerator[Transactions]:
    engine = open_engine(postgresql_url, connections=2)
    opened = Transactions(engine, threads=2)
    yield opened
    await opened.close()


async def test_a_postgresql_that_was_killed_is_used_again_when_it_is_back(
    server: PostgresServer, postgresql: RecordStore
) -> None:
    before = await handle(postgresql, an_event(key="before"))
    server.crash()
    with pytest.raises(DatabaseUnavailableError, match="does not answer"):
        await begin(postgresql, an_event(key="meanwhile"))
    server.start()
    assert await begin(postgresql, an_event(key="after")) == Begun()
    assert (await postgresql.get_event(before.event_id)).status == "succeeded"


async def test_a_postgresql_that_was_restarted_is_used_again_unnoticed(
    server: PostgresServer, postgresql: RecordStore
) -> None:
    before = [an_event(key=f"before {n}") for n in range(8)]
    await asyncio.gather(*(handle(postgresql, event) for event in before))
    server.stop()
    server.start()
    found = await asyncio.gather(*(postgresql.get_event(event.event_id) for event in before))
    assert [record.status for record in found] == ["succeeded"] * 8


async def test_a_postgresql_that_does_not_move_is_given_up_and_used_again(
    server: PostgresServer, postgresql: RecordStore
) -> None:
    event = await handle(postgresql, an_event())
    with server.frozen():
        with pytest.raises(DatabaseUnavailableError, match="within 5 s"):
            await postgresql.get_event(event.event_id)
        with pytest.raises(DatabaseUnavailableError):
            await postgresql.check()
    assert (await postgresql.get_event(event.event_id)).status == "succeeded"


async def test_a_table_that_is_locked_is_given_up(
    postgresql: RecordStore, postgresql_url: str
) -> None:
    with psycopg.connect(postgresql_url) as other:
        other.execute("LOCK TABLE events IN ACCESS EXCLUSIVE MODE")
        with pytest.raises(DatabaseUnavailableError, match="statement timeout"):
            await begin(postgresql, an_event())
    assert await begin(postgresql, an_event()) == Begun()


async def test_a_server_that_takes_connections_and_says_nothing_is_given_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        store = open_record_store(f"postgresql://user:hunter2@127.0.0.1:{port}/records")
        with pytest.raises(DatabaseUnavailableError, match="timeout expired") as error:
            await store.check()
        assert "hunter2" not in str(error.value)
        await store.close()


async def test_a_server_that_is_not_there_is_named_without_the_password() -> None:
    store = open_record_store("postgresql://user:hunter2@127.0.0.1:1/records")
    with pytest.raises(DatabaseUnavailableError, match=r"127\.0\.0\.1.*port 1 failed") as error:
        await store.check()
    assert "hunter2" not in str(error.value)
    await store.close()


async def test_transactions_that_lock_each_other_out_both_come_through(
    work: Transactions, postgresql: RecordStore
) -> None:
    one, two = [(await handle(postgresql, an_event(key=key))).event_id for key in ("1", "2")]
    both_hold_one = threading.Barrier(2)

    def lock(first: str, second: str) -> Work[None]:
        runs = iter((both_hold_one.wait,))

        def in_turn(session: Session) -> None:
            for event_id in (first, second):
                row = events.lock(session, event_id)
                assert row is not None
                row.attempt_count += 10
                session.flush()
                next(runs, int)()  # wait for the other, the first time

        return in_turn

    await asyncio.gather(work.write(lock(one, two)), work.write(lock(two, one)))
    for event_id in (one, two):
        assert (await postgresql.get_event(event_id)).attempt_count == 21


async def test_a_commit_whose_answer_was_lost_is_not_repeated(work: Transactions) -> None:
    runs: list[int] = []

    def lose_the_connection_at_commit(session: Session) -> None:
        runs.append(1)
        session.connection().exec_driver_sql(TERMINATE_AT_COMMIT)

    with pytest.raises(DatabaseUnavailableError, match="terminating connection"):
        await work.write(lose_the_connection_at_commit)
    assert runs == [1]


async def test_what_was_given_up_writes_nothing_later(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transactions, "DEADLINE_SECONDS", 0.2)
    may_go_on = threading.Event()

    def slow(session: Session) -> None:
        duplicates.count(session, "whevt_x", conflicts=0, at=NOON)
        may_go_on.wait(30)

    work = Transactions(open_engine(url, connections=2), threads=2)
    with pytest.raises(DatabaseUnavailableError, match="did not answer"):
        await work.write(slow)
    may_go_on.set()
    monkeypatch.undo()
    assert await work.write(lambda session: session.get(DuplicateCountRow, "whevt_x")) is None
    await work.close()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    upgrade(f"sqlite:///{tmp_path}/records.db")
    return tmp_path / "records.db"


@pytest_asyncio.fixture
async def sqlite(file: Path) -> AsyncGenerator[RecordStore]:
    store = open_record_store(f"sqlite:///{file}", threads=1)
    yield store
    await store.close()


async def test_a_sqlite_that_is_locked_is_given_up_and_used_again(
    sqlite: RecordStore, file: Path
) -> None:
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(DatabaseUnavailableError, match="database is locked"):
        await begin(sqlite, an_event())
    assert await sqlite.list_keys() == []  # readers go on
    other.rollback()
    assert await begin(sqlite, an_event()) == Begun()
    other.close()


async def test_a_sqlite_waits_for_another_process_to_end_its_transaction(
    sqlite: RecordStore, file: Path
) -> None:
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    waiting = asyncio.create_task(begin(sqlite, an_event()))
    await asyncio.sleep(0.3)
    assert not waiting.done()
    other.rollback()
    assert await waiting == Begun()
    other.close()


async def test_a_full_disk_is_a_passing_failure(file: Path) -> None:
    work = Transactions(open_engine(f"sqlite:///{file}"), threads=1)
    store = DatabaseRecordStore(work)

    async def allow_pages(number: int) -> None:
        await work.read(
            lambda session: session.connection().exec_driver_sql(f"PRAGMA max_page_count={number}")
        )

    await allow_pages(1)  # no more than there are
    large = an_event(url="x" * 1_000_000)
    with pytest.raises(DatabaseUnavailableError, match="disk is full"):
        await begin(store, large)
    await allow_pages(1_000_000)
    assert await begin(store, large) == Begun()
    await store.close()


async def test_a_file_that_is_no_database_is_named_as_such(tmp_path: Path) -> None:
    (tmp_path / "records.db").write_bytes(b"no database" * 1_000)
    store = open_record_store(f"sqlite:///{tmp_path}/records.db")
    with pytest.raises(DatabaseUnavailableError, match="file is not a database"):
        await store.check()
    await store.close()


def test_a_folder_that_cannot_be_made_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="cannot be kept in /dev/null/x"):
        open_record_store("sqlite:////dev/null/x/records.db")


async def test_the_folder_of_a_new_database_is_made(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/a/b/records.db"
    upgrade(url)
    store = open_record_store(url)
    await store.check()
    await store.close()


async def test_a_failure_of_ours_is_not_taken_for_trouble(url: str) -> None:
    work = Transactions(open_engine(url), threads=1)

    def break_a_rule(session: Session) -> None:
        session.add(AliasRow(alias="a", event_id=None))  # type: ignore[arg-type]  # the point

    with pytest.raises(IntegrityError):
        await work.write(break_a_rule)
    await work.close()
