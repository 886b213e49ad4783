"""Processes that several tests share."""

from collections.abc import AsyncGenerator, Generator

import pytest
import pytest_asyncio

from tests.processes.deployed import API, Deployment, deployment_of
from tests.processes.local import READY, Local, running_dev
from tests.support.fake_gcs import running_fake_gcs
from tests.support.postgres import fresh_database
from tests.support.temporal import running_temporal

ELSEWHERE = {
    "TEMPORAL_ADDRESS": "cloud.example.com:7233",
    "TEMPORAL_NAMESPACE": "other",
    "TEMPORAL_API_KEY": "of-the-cloud",
    "TEMPORAL_TLS": "true",
}


@pytest.fixture(scope="session")
def dev(tmp_path_factory: pytest.TempPathFactory) -> Generator[Local]:
    """One `layeron dev` that runs the application; tests leave it running and well."""
    folder = tmp_path_factory.mktemp("dev")
    arguments = ("hooks.py:app", "--trigger", "vendor order.created")
    with running_dev(*arguments, folder=folder, **ELSEWHERE) as local:
        local.process.until(READY)
        yield local


@pytest_asyncio.fixture(scope="session")
async def deployment(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Deployment]:
    """PostgreSQL, a bucket and a Temporal that may be killed; no worker runs yet."""
    folder = tmp_path_factory.mktemp("deployment")
    async with running_temporal(folder) as temporal:
        with fresh_database() as database, running_fake_gcs() as storage:
            yield deployment_of(folder, temporal, database, storage)


@pytest.fixture(scope="session")
def api(deployment: Deployment) -> Generator[API]:
    """One API of the deployment, which goes on running; one of its variables is misspelt."""
    with deployment.api("api", LAYERON_MAX_BODDY="1MiB") as api:
        yield api
