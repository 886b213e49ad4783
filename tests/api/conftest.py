"""One service for all tests of the HTTP side, reached in process and through uvicorn."""

from collections.abc import AsyncGenerator

import httpx2
import pytest
import pytest_asyncio

from layeron.adapters.secret_file import SecretFile
from layeron.adapters.secret_sources import FILE_NAME
from layeron.secrets import Secret
from tests.api import declared
from tests.api.publishers import Caller, calling
from tests.api.serving import serving
from tests.support.service import Service, running_service
from tests.support.temporal import TemporalServer


@pytest_asyncio.fixture(scope="session")
async def service(
    tmp_path_factory: pytest.TempPathFactory, temporal: TemporalServer
) -> AsyncGenerator[Service]:
    """The running service."""
    folder = tmp_path_factory.mktemp("service")
    secrets = SecretFile(folder / FILE_NAME)
    for name, value in declared.SECRETS.items():
        secrets.set(Secret(name), value)
    ui = "https://temporal.example.com/namespaces/default"
    app = declared.declare()
    async with running_service(app, folder, temporal, temporal_ui=ui) as running:
        yield running


@pytest_asyncio.fixture(scope="session")
async def address(service: Service) -> AsyncGenerator[str]:
    """Where uvicorn serves it, ``host:port``."""
    async with serving(service) as served:
        yield served


@pytest_asyncio.fixture(scope="session", params=["in process", "uvicorn"])
async def http(
    request: pytest.FixtureRequest, service: Service, address: str
) -> AsyncGenerator[httpx2.AsyncClient]:
    """A client of the service, in both ways."""
    if request.param == "in process":
        yield service.http
        return
    host = {"host": "hooks.example.com"}
    base = f"http://{address}"
    async with httpx2.AsyncClient(base_url=base, headers=host, timeout=60) as client:
        yield client


@pytest_asyncio.fixture(scope="module")
async def api(
    tmp_path_factory: pytest.TempPathFactory, temporal: TemporalServer
) -> AsyncGenerator[Caller]:
    """The API of an application that sends, which these tests have for themselves."""
    folder = tmp_path_factory.mktemp("publishers")
    async with calling(folder, temporal, outbound_allow="127.0.0.0/8") as caller:
        yield caller
