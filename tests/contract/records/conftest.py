"""Every test here runs on both databases."""

from collections.abc import AsyncGenerator

import pytest_asyncio

from layeron.adapters.database import open_record_store
from layeron.ports.records import RecordStore


@pytest_asyncio.fixture
async def store(url: str) -> AsyncGenerator[RecordStore]:
    """A store over empty tables."""
    opened = open_record_store(url)
    yield opened
    await opened.close()
