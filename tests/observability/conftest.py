"""One service that was traced, told in two ways: with senders that are trusted, and without."""

from collections.abc import AsyncGenerator, Generator
from contextlib import ExitStack

import pytest
import pytest_asyncio

from tests.observability.collector import collecting
from tests.observability.story import UNSAMPLED, Shop, customer, running_shop
from tests.support import vendor
from tests.support.temporal import TemporalServer


@pytest.fixture(autouse=True)
def _secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(vendor.SECRET_NAME, vendor.SECRET)


@pytest_asyncio.fixture(scope="session")
async def engine(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[TemporalServer]:
    """A Temporal server that is yet to be started."""
    server = TemporalServer(tmp_path_factory.mktemp("engine"))
    yield server
    await server.stop()


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
            late = running.accept("order.late")
            await engine.start()
            running.work()
            running.settle("order.late", late)
            for each in ("order.created", "order.refused", "order.packed", "order.broken"):
                running.receive(each)
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
            running.work()
            running.receive("order.created")
            endpoint.wait()
            running.receive("order.packed", traceparent=UNSAMPLED)
        yield running
