"""Every migration lets the code of before go on: it adds, and adds nothing that must be filled in.

A release is rolled out while the one before runs, and may be brought back. So a migration may make
tables and indexes, and add columns that may be empty or have a default in the database. What is to
go is first no longer used by a release, and goes with a later one.
"""

import io
import re
from typing import Any

import pytest
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import Script, ScriptDirectory

from tests.deploy.terraform import ROOT

MIGRATIONS = ROOT / "layeron" / "adapters" / "database" / "migrations"


def scripts() -> list[Script]:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return [*ScriptDirectory.from_config(config).walk_revisions()][::-1]


def statements(script: Script) -> list[str]:
    """What the migration says to PostgreSQL, statement by statement."""
    said = io.StringIO()
    options: dict[str, Any] = {"as_sql": True, "output_buffer": said}
    context = MigrationContext.configure(dialect_name="postgresql", opts=options)
    with Operations.context(context):
        script.module.upgrade()
    return [" ".join(each.split()) for each in said.getvalue().split(";") if each.strip()]


def breaks(statement: str, made: set[str]) -> bool:
    """Whether code of before could stumble over it; *made* are tables of the same migration."""
    if match := re.match(r"CREATE TABLE (\w+)", statement):
        made.add(match[1])
        return False
    if match := re.match(r"CREATE (UNIQUE )?INDEX \w+ ON (\w+)", statement):
        # On rows of before it must not refuse what code of before writes.
        return bool(match[1]) and match[2] not in made and " WHERE " not in statement
    if match := re.match(r"ALTER TABLE (\w+) ADD COLUMN (.+)", statement):
        is_needed = " NOT NULL" in match[2] and " DEFAULT " not in match[2]
        return match[1] not in made and is_needed
    return not re.match(r"DROP INDEX ", statement)


@pytest.mark.parametrize("script", scripts(), ids=lambda each: each.revision)
def test_code_of_before_survives_the_migration(script: Script) -> None:
    said = statements(script)
    assert said
    made: set[str] = set()
    assert [each for each in said if breaks(each, made)] == []


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE events ADD COLUMN weight INTEGER NOT NULL",
        "ALTER TABLE events DROP COLUMN status",
        "ALTER TABLE events ALTER COLUMN user_id SET NOT NULL",
        "ALTER TABLE events RENAME TO happenings",
        "ALTER TABLE events ADD CONSTRAINT one UNIQUE (webhook)",
        "CREATE UNIQUE INDEX one ON events (webhook)",
        "DROP TABLE events",
        "UPDATE events SET status = 'done'",
    ],
)
def test_what_would_break_code_of_before_is_found(statement: str) -> None:
    assert breaks(statement, set())
