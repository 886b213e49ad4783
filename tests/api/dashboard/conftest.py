"""Visitors of the dashboard."""

from collections.abc import AsyncGenerator

import httpx2
import pytest_asyncio

from tests.api.dashboard.visiting import Visitor
from tests.support.service import Service


@pytest_asyncio.fixture
async def stranger(address: str) -> AsyncGenerator[Visitor]:
    """Somebody who has not logged in."""
    host = {"host": "hooks.example.com"}
    base = f"http://{address}"
    async with httpx2.AsyncClient(base_url=base, headers=host, timeout=60, trust_env=False) as http:
        yield Visitor(http)


@pytest_asyncio.fixture
async def visitor(service: Service, stranger: Visitor) -> Visitor:
    """Somebody who has logged in and may do everything."""
    assert (await stranger.login(service.key)).status_code == 303
    return stranger
