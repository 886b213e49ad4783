"""An engine of these tests' own, whose file they search, and a key for its history."""

from collections.abc import AsyncGenerator, Generator
from pathlib import Path

import pytest
import pytest_asyncio

from layeron.secrets import ENCRYPTION_KEY
from tests.privacy.codec import KEY, NAME
from tests.support.temporal import TemporalServer, running_temporal
from tests.support.vendor import SECRET, SECRET_NAME


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("searched")


@pytest_asyncio.fixture(scope="session")
async def temporal(folder: Path) -> AsyncGenerator[TemporalServer]:
    async with running_temporal(folder) as server:
        yield server


@pytest.fixture
def database(folder: Path, temporal: TemporalServer) -> list[Path]:
    """The files of the engine's database."""
    assert temporal.address
    return list(folder.glob("temporal.db*"))


@pytest.fixture(autouse=True, scope="module")
def _secrets() -> Generator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(SECRET_NAME, SECRET)
        patch.setenv(ENCRYPTION_KEY.name, "what endpoints are trusted with: this key")
        patch.setenv(NAME, KEY)
        patch.delenv(f"{NAME}_PREVIOUS", raising=False)
        yield
