"""The revision of the schema: the one a database has, the one this release wants, the way there."""

from collections.abc import Generator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from layeron.adapters.database.engine import open_engine
from layeron.adapters.database.faults import UPGRADE, unavailable
from layeron.errors import DatabaseUnavailableError

VERSION_TABLE = "layeron_schema"
"""Not Alembic's own name, which a user's migrations may have taken in the same database."""

_LOCK = 7_738_151_096_083_411_822  # any number, so long as no other application takes it


def upgrade(url: str, revision: str = "head") -> None:
    """Bring a database to a revision; one process at a time does it, the others find it done.

    Raises:
        ConfigurationError: the address has no usable form.
        DatabaseUnavailableError: the database does not answer, or is of a later release.
    """
    with _locked(url) as config:
        command.upgrade(config, revision)


def downgrade(url: str, revision: str) -> None:
    """Take a database back to a revision, or to ``base`` and lose all; raises as `upgrade`."""
    with _locked(url) as config:
        command.downgrade(config, revision)


def current_revision(url: str) -> str | None:
    """The revision of a database, None if it has none; raises as `upgrade`."""
    with _connected(url) as connection:
        return _revision_of(connection)


@cache
def head_revision() -> str:
    """The revision this release was written for."""
    (head,) = ScriptDirectory.from_config(_config()).get_heads()
    return head


def require_head(connection: Connection) -> None:
    """Return if the schema has all that this release needs.

    That of a later release has: migrations only add, and add nothing that must be filled in, so
    that the code of before goes on while a release is rolled out, and can be brought back.

    Raises:
        DatabaseUnavailableError: it is older, or not ours.
    """
    revision, head = _revision_of(connection), head_revision()
    if revision != head and not _is_later(revision):
        raise DatabaseUnavailableError(
            f"the database is at revision {revision or 'none'}, this release needs {head};"
            f" {UPGRADE}."
        )


def _is_later(revision: str | None) -> bool:
    return revision is not None and revision not in _known_revisions()


@cache
def _known_revisions() -> frozenset[str]:
    script = ScriptDirectory.from_config(_config())
    return frozenset(each.revision for each in script.walk_revisions())


def _refuse_later(revision: str | None) -> None:
    if _is_later(revision):
        raise DatabaseUnavailableError(
            f"the database is at revision {revision}, of a later release than this one, which"
            f" knows {head_revision()}; run the later release."
        )


@contextmanager
def _locked(url: str) -> Generator[Config]:
    """One transaction that holds out every other migration, and Alembic set up to run in it."""
    with _connected(url) as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        _refuse_later(_revision_of(connection))
        config = _config()
        config.attributes["connection"] = connection
        yield config


@contextmanager
def _connected(url: str) -> Generator[Connection]:
    engine = open_engine(url, patient=True)
    try:
        # On SQLite the transaction starts as a writer, which is the lock.
        with engine.execution_options(writes=True).begin() as connection:
            yield connection
    except DBAPIError as error:
        failure = unavailable(error)
        if failure is None:
            raise
        raise failure from error
    finally:
        engine.dispose()


def _revision_of(connection: Connection) -> str | None:
    options = {"version_table": VERSION_TABLE}
    return MigrationContext.configure(connection, opts=options).get_current_revision()


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return config
