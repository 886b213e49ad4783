"""A market, and visitors of the pages for operating it."""

from collections.abc import AsyncGenerator

import httpx2
import pytest
import pytest_asyncio

from tests.api.operating.visiting import Visitor
from tests.api.serving import serving
from tests.support.market import Market, running_market
from tests.support.temporal import TemporalServer


@pytest_asyncio.fixture(scope="module")
async def market(
    tmp_path_factory: pytest.TempPathFactory, temporal: TemporalServer
) -> AsyncGenerator[Market]:
    async with running_market(tmp_path_factory.mktemp("market"), temporal) as made:
        yield made


@pytest_asyncio.fixture(scope="module")
async def base(market: Market) -> AsyncGenerator[str]:
    async with serving(market.service) as address:
        yield f"http://{address}"


@pytest_asyncio.fixture
async def stranger(base: str) -> AsyncGenerator[Visitor]:
    async with httpx2.AsyncClient(base_url=base, timeout=60, trust_env=False) as http:
        yield Visitor(http, base)


@pytest_asyncio.fixture
async def visitor(market: Market, stranger: Visitor) -> Visitor:
    await stranger.login(market.service.key)
    return stranger
