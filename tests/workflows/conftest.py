"""What tests of the workflow need."""

from collections.abc import AsyncGenerator, Generator

import pytest
import pytest_asyncio

from tests.workflows.scenarios import ENVIRONMENT
from tests.workflows.skipping import SkippingServer, running_skipping_server


@pytest.fixture(scope="module", autouse=True)  # other folders' tests have no part in it
def _environment() -> Generator[None]:
    with pytest.MonkeyPatch.context() as environment:
        for name, value in ENVIRONMENT.items():
            environment.setenv(name, value)
        yield


@pytest_asyncio.fixture(scope="session", name="skipping")
async def _skipping() -> AsyncGenerator[SkippingServer]:
    async with running_skipping_server() as server:
        yield server
