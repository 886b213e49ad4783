"""A market, and somebody who operates it in a real Chromium."""

from collections.abc import AsyncGenerator

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from tests.api.serving import serving
from tests.browser.looking import Looker, looking
from tests.support.market import Market, running_market
from tests.support.temporal import TemporalServer


@pytest_asyncio.fixture(scope="module")
async def market(
    tmp_path_factory: pytest.TempPathFactory, temporal: TemporalServer
) -> AsyncGenerator[Market]:
    async with running_market(tmp_path_factory.mktemp("market"), temporal) as made:
        yield made


@pytest_asyncio.fixture
async def looker(chromium: Browser, market: Market) -> AsyncGenerator[Looker]:
    """Somebody who has logged in, in whose browser nothing may go wrong."""
    async with serving(market.service) as address, looking(chromium, f"http://{address}") as found:
        await found.login(market.service.key)
        yield found
