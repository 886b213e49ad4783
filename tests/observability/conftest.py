"""One service that was traced, told in two ways: with senders that are trusted, and without."""

from collections.abc import AsyncGenerator, Generator
from contextlib import ExitStack

import pytest
import pytest_asyncio

from tests.observability.collector import collecting
from tests.observability.story import UNSAMPLED, Shop, customer, running_shop
from tests.support import vendor
from tests.support.temporal import TemporalServer, running_temporal


@pytest.fixture(autouse=True)
def _secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(vendor.SECRET_NAME, vendor.SECRET)


@pytest_asyncio.fixture(scope="session")
async def engine(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[TemporalServer]:
    """A Temporal server that may be killed."""
    async with running_temporal(tmp_path_factory.mktemp("engine")) as server:
        yield server


@pytest_asyncio.fixture(scope="session")
async def shop(
    tmp_path_factory: pytest.TempPathFactory, engine: TemporalServer
) -> AsyncGenerator[Shop]:
    """A service that has received and sent, and has ended: by its defaults."""
    with ExitStack() as stack:
        collector, endpoint = stack.enter_context(collecting()), stack.enter_context(customer())
        folder = tmp_path_factory.mktemp("shop")
        with running_shop(folder, engine.address, collector, endpoint) as running:
            assert running.post(b"{}", {"x-signature": "00" * 32}).status_code == 401
            for each in ("order.created", "order.refused", "order.packed", "order.broken"):
                running.receive(each)
            await engine.kill()
            late = running.accept("order.late")
            await engine.start()
            running.settle("order.late", late)
            endpoint.wait()
        yield running


@pytest.fixture(scope="session")
def trusting(tmp_path_factory: pytest.TempPathFactory, temporal: TemporalServer) -> Generator[Shop]:
    """The same with settings that let traces come in and go out."""
    with ExitStack() as stack:
        collector, endpoint = stack.enter_context(collecting()), stack.enter_context(customer())
        folder = tmp_path_factory.mktemp("trusting")
        trust = {"LAYERON_TRUST_TRACEPARENT": "true", "LAYERON_SEND_TRACEPARENT": "true"}
        with running_shop(folder, temporal.address, collector, endpoint, **trust) as running:
            running.receive("order.created")
            endpoint.wait()
            running.receive("order.packed", traceparent=UNSAMPLED)
        yield running
