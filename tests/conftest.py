"""Real parts that many tests share."""

from collections.abc import AsyncGenerator

import pytest
import pytest_asyncio

from tests.support.temporal import TemporalServer, running_temporal


@pytest_asyncio.fixture(scope="session")
async def temporal(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[TemporalServer]:
    """One Temporal server for the session; tests keep apart by task queues and namespaces."""
    async with running_temporal(tmp_path_factory.mktemp("temporal")) as server:
        yield server
