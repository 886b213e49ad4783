"""What tests of the workflow need."""

from collections.abc import AsyncGenerator

import pytest
import pytest_asyncio

from tests.support import vendor
from tests.workflows.skipping import SkippingServer, running_skipping_server


@pytest_asyncio.fixture(scope="session", name="skipping")
async def _skipping() -> AsyncGenerator[SkippingServer]:
    async with running_skipping_server() as server:
        yield server


@pytest.fixture(autouse=True)
def _secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(vendor.SECRET_NAME, vendor.SECRET)
