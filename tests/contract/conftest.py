"""Databases to try stores on: what takes a `url` runs on both."""

from collections.abc import AsyncGenerator, Generator
from pathlib import Path

import pytest
import pytest_asyncio

from layeron.adapters.database import Database, open_database, upgrade
from tests.support.postgres import fresh_database, shared_postgres


@pytest.fixture(scope="session")
def migrated_template() -> str:
    """A PostgreSQL database with our tables, to be copied."""
    server = shared_postgres()
    name = server.create_database()
    upgrade(server.url(name))
    return name


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Generator[str]:
    """The address of a database without tables."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/records.db"
    else:
        with fresh_database() as url:
            yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Generator[str]:
    """The address of a database with our tables."""
    if request.param == "sqlite":
        sqlite = f"sqlite:///{tmp_path}/records.db"
        upgrade(sqlite)
        yield sqlite
    else:
        with fresh_database(request.getfixturevalue("migrated_template")) as postgresql:
            yield postgresql


@pytest_asyncio.fixture
async def database(url: str) -> AsyncGenerator[Database]:
    """The stores over empty tables."""
    opened = open_database(url)
    yield opened
    await opened.close()
