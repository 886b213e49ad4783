"""Every test here runs on both databases."""

from collections.abc import AsyncGenerator

import pytest_asyncio

from layeron.adapters.database import open_database
from layeron.ports.endpoints import EndpointStore


@pytest_asyncio.fixture
async def store(url: str) -> AsyncGenerator[EndpointStore]:
    """A store over empty tables."""
    database = open_database(url)
    yield database.endpoints
    await database.close()
