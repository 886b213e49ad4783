"""A service that people look at, and a real Chromium that does."""

from collections.abc import AsyncGenerator

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from tests.api.serving import serving
from tests.browser.looking import Looker, looking, running_chromium
from tests.browser.shop import Shop, opened
from tests.support.temporal import TemporalServer


@pytest_asyncio.fixture(scope="session")
async def chromium() -> AsyncGenerator[Browser]:
    async with running_chromium() as browser:
        yield browser


@pytest_asyncio.fixture(scope="session")
async def shop(
    tmp_path_factory: pytest.TempPathFactory, temporal: TemporalServer
) -> AsyncGenerator[Shop]:
    async with opened(tmp_path_factory.mktemp("shop"), temporal) as made:
        yield made


@pytest_asyncio.fixture
async def looker(chromium: Browser, shop: Shop) -> AsyncGenerator[Looker]:
    """Somebody who has logged in, in whose browser nothing may go wrong."""
    async with serving(shop.service) as address, looking(chromium, f"http://{address}") as found:
        await found.login(shop.service.key)
        yield found
