"""One service behind uvicorn, which these tests assail."""

from collections.abc import AsyncGenerator

import pytest
import pytest_asyncio

from layeron.adapters.secret_file import SecretFile
from layeron.adapters.secret_sources import FILE_NAME
from layeron.secrets import Secret
from tests.api import declared
from tests.api.serving import serving
from tests.support.service import Service, running_service
from tests.support.temporal import TemporalServer


@pytest_asyncio.fixture(scope="session")
async def service(
    tmp_path_factory: pytest.TempPathFactory, temporal: TemporalServer
) -> AsyncGenerator[Service]:
    folder = tmp_path_factory.mktemp("assailed")
    secrets = SecretFile(folder / FILE_NAME)
    for name, value in declared.SECRETS.items():
        secrets.set(Secret(name), value)
    async with running_service(declared.declare(), folder, temporal) as running:
        yield running


@pytest_asyncio.fixture(scope="session")
async def address(service: Service) -> AsyncGenerator[str]:
    """Where uvicorn serves it, ``host:port``."""
    async with serving(service) as served:
        yield served
