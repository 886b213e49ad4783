"""Every test here runs on both databases."""

from collections.abc import AsyncGenerator

import pytest_asyncio

from layeron.adapters.database import Database, open_database


@pytest_asyncio.fixture
async def database(url: str) -> AsyncGenerator[Database]:
    """The stores over empty tables."""
    opened = open_database(url)
    yield opened
    await opened.close()
