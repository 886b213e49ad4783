"""Migrations: from nothing, again, at once, back and forth, and equal to the tables in code."""

import asyncio
import sys
from datetime import UTC, datetime
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect

from layeron.adapters.database import (
    current_revision,
    head_revision,
    open_database,
    open_record_store,
    upgrade,
)
from layeron.adapters.database.engine import open_engine
from layeron.adapters.database.schema import VERSION_TABLE, downgrade
from layeron.adapters.database.table import METADATA
from layeron.errors import ConfigurationError, DatabaseUnavailableError
from tests.contract.records.examples import an_event, begin

UPGRADE_WHEN_TOLD = """
import sys
from layeron.adapters.database import upgrade
print(flush=True)
sys.stdin.readline()
upgrade(sys.argv[1])
"""

AN_EVENT_OF_BEFORE = """
INSERT INTO events (
    id, direction, namespace, webhook, provider, event_type, status, signature_status,
    received_at, updated_at, method, url, headers, body_name, body_size, body_sha256,
    workflow_id, attempt_count, replay_count
) VALUES (
    '{id}', 'inbound', 'default', 'stripe', 'stripe', 'invoice.paid', 'succeeded', 'verified',
    '2026-05-01 12:00:00', '2026-05-01 12:00:00', 'POST', '/', '[]', 'body', 0, 'ab', 'w', 0, 0
)
"""


A_KEY_OF_BEFORE = """
INSERT INTO api_keys (id, name, secret_hash, created_at)
VALUES ('{id}', 'deploy', 'ab', '2026-05-01 12:00:00')
"""


def tables(url: str) -> set[str]:
    engine = open_engine(url)
    found = set(inspect(engine).get_table_names())
    engine.dispose()
    return found


async def test_an_empty_database_is_brought_to_the_head(empty_url: str) -> None:
    assert current_revision(empty_url) is None
    upgrade(empty_url)
    assert current_revision(empty_url) == head_revision()
    store = open_record_store(empty_url)
    await store.check()
    await store.close()


async def test_an_upgrade_repeated_leaves_the_records(url: str) -> None:
    store = open_record_store(url)
    event = an_event()
    await begin(store, event)
    await asyncio.to_thread(upgrade, url)
    assert (await store.get_event(event.event_id)).id == event.event_id
    await store.close()


async def test_several_processes_may_upgrade_at_once(empty_url: str) -> None:
    pipe = asyncio.subprocess.PIPE
    processes = [
        await asyncio.create_subprocess_exec(
            sys.executable, "-c", UPGRADE_WHEN_TOLD, empty_url, stdin=pipe, stdout=pipe, stderr=pipe
        )
        for _ in range(4)
    ]
    for process in processes:
        assert process.stdout is not None
        await process.stdout.readline()
    ends = await asyncio.gather(*(process.communicate(b"now\n") for process in processes))
    assert [process.returncode for process in processes] == [0] * 4, ends
    assert current_revision(empty_url) == head_revision()


def test_the_tables_in_code_are_those_of_the_migrations(url: str) -> None:
    engine = open_engine(url)
    with engine.connect() as connection:
        options: dict[str, Any] = {"version_table": VERSION_TABLE, "compare_server_default": True}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, METADATA) == []
    engine.dispose()


def test_the_way_back_ends_with_nothing_and_leads_up_again(empty_url: str) -> None:
    upgrade(empty_url)
    there = tables(empty_url)
    downgrade(empty_url, "base")
    assert tables(empty_url) == {VERSION_TABLE}
    assert current_revision(empty_url) is None
    upgrade(empty_url)
    assert tables(empty_url) == there


async def test_what_an_earlier_release_wrote_before_and_after_is_read(empty_url: str) -> None:
    upgrade(empty_url, "0002")
    engine = open_engine(empty_url)
    with engine.begin() as connection:
        connection.exec_driver_sql(AN_EVENT_OF_BEFORE.format(id="before"))
    upgrade(empty_url)
    with engine.begin() as connection:
        connection.exec_driver_sql(AN_EVENT_OF_BEFORE.format(id="after"))
    engine.dispose()
    database = open_database(empty_url)
    store = database.records
    for event_id in ("before", "after"):
        record = await store.get_event(event_id)
        assert (record.status, record.user_id, record.deliveries) == ("succeeded", None, [])
        assert (record.last_http_status, record.body_erased_at) == (None, None)
    with_body = await database.retention.bodies_before(
        "default", "stripe", before=datetime(2026, 6, 1, tzinfo=UTC), limit=10
    )
    assert {event_id for event_id, _ in with_body} == {"before", "after"}
    await database.close()


async def test_a_key_of_an_earlier_release_may_do_everything(empty_url: str) -> None:
    upgrade(empty_url, "0003")
    engine = open_engine(empty_url)
    with engine.begin() as connection:
        connection.exec_driver_sql(A_KEY_OF_BEFORE.format(id="before"))
    upgrade(empty_url)
    with engine.begin() as connection:
        connection.exec_driver_sql(A_KEY_OF_BEFORE.format(id="during"))
    engine.dispose()
    store = open_record_store(empty_url)
    assert {key.id: key.scopes for key in await store.list_keys()} == {
        "before": ("admin",),
        "during": ("admin",),
    }
    await store.close()


async def test_an_old_schema_is_refused_with_the_mend(empty_url: str) -> None:
    store = open_record_store(empty_url)
    with pytest.raises(DatabaseUnavailableError, match="run: layeron db upgrade"):
        await store.check()
    with pytest.raises(DatabaseUnavailableError, match="run: layeron db upgrade"):
        await begin(store, an_event())
    await store.close()


async def test_the_schema_of_a_later_release_serves_this_one_and_is_not_taken_back(
    url: str,
) -> None:
    engine = open_engine(url)
    with engine.begin() as connection:
        for change in (
            "ALTER TABLE events ADD COLUMN tomorrow TEXT",
            "ALTER TABLE events ADD COLUMN weight INTEGER NOT NULL DEFAULT 1",
            "CREATE TABLE things_of_tomorrow (id TEXT PRIMARY KEY)",
            "UPDATE layeron_schema SET version_num = '9999'",
        ):
            connection.exec_driver_sql(change)
    engine.dispose()
    store = open_record_store(url)
    await store.check()
    event = an_event()
    await begin(store, event)
    assert (await store.get_event(event.event_id)).id == event.event_id
    await store.close()
    with pytest.raises(DatabaseUnavailableError, match=r"9999.*run the later release"):
        upgrade(url)


def test_the_migrations_of_a_user_in_the_same_database_are_left_alone(empty_url: str) -> None:
    engine = open_engine(empty_url)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE alembic_version (version_num VARCHAR(32))")
        connection.exec_driver_sql("INSERT INTO alembic_version VALUES ('theirs')")
    upgrade(empty_url)
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT * FROM alembic_version").scalar() == "theirs"
    engine.dispose()


@pytest.mark.parametrize(
    "url",
    [
        "mysql://u:hunter2@h/d",
        "sqlite://",
        "sqlite:///:memory:",
        "nonsense",
        "",
        "postgresql+x://h",
    ],
)
def test_an_address_of_another_database_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(ConfigurationError, match="write sqlite:///FILE or postgresql://") as error:
        open_record_store(url)
    assert "hunter2" not in str(error.value)
