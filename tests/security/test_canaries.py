"""No secret is told: not in logs, errors, histories, records, answers, pages, commands, metrics."""

import asyncio
from collections.abc import AsyncGenerator

import pytest
import pytest_asyncio
from starlette.responses import Response

from layeron.request import Request
from tests.security.living import Life, files_of_engine, live
from tests.support.customer import running_customer
from tests.support.postgres import fresh_database
from tests.support.temporal import running_temporal

MARKED = ("api", "command line", "dashboard", "database", "engine", "logs")


def echo(request: Request) -> Response:
    """Fail, and repeat all that was sent: the proxy's own credentials, too."""
    told = f"{request.url} {dict(request.headers)} {request.body.decode()}"
    return Response(told, 500, {"x-echo": str(dict(request.headers))})


@pytest_asyncio.fixture(scope="module")
async def life(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Life]:
    folder = tmp_path_factory.mktemp("trusted")
    engine = tmp_path_factory.mktemp("engine")
    async with running_customer(echo) as proxy, running_temporal(engine) as temporal:
        address = proxy.url.removeprefix("http://").partition("/")[0]
        with fresh_database() as database:
            life = await asyncio.to_thread(live, folder, database, temporal.address, address)
        assert len(proxy.requests) == 2
        sent = " ".join(str(dict(each.headers)) for each in proxy.requests)
        given = {"caller's token", "crm token", "endpoint token", "proxy password"}
        assert life.canaries.found_in(sent) == given
        life.note("engine", files_of_engine(engine))
        yield life


@pytest.mark.parametrize("place", [*MARKED, "metrics"])
def test_no_secret_is_told_anywhere(life: Life, place: str) -> None:
    assert life.canaries.found_in(life.told[place]) == set()


@pytest.mark.parametrize("place", MARKED)
def test_each_place_was_looked_through_and_tells_what_is_no_secret(life: Life, place: str) -> None:
    assert life.canaries.marker in life.told[place]


def test_metrics_were_read_from_both_processes(life: Life) -> None:
    assert "layeron_requests_rejected_total" in life.told["metrics"]
    assert "layeron_delivery_attempts_total" in life.told["metrics"]
