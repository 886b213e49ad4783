"""A service that people look at, and a real Chromium that does."""

import os
import shutil
from collections.abc import AsyncGenerator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright

from tests.api.serving import serving
from tests.browser.looking import Looker, looking
from tests.browser.shop import Shop, opened
from tests.support.temporal import TemporalServer

_ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest_asyncio.fixture(scope="session")
async def chromium() -> AsyncGenerator[Browser]:
    path = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if path is None:
        pytest.fail(
            "the tests of the dashboard need Chromium; install it (Debian: apt-get install"
            " chromium) or name yours: CHROMIUM=/path/to/chromium"
        )
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=_ARGUMENTS)
        yield browser
        await browser.close()


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
