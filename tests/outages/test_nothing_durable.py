"""Neither the engine nor the inbox takes an event: only then is its sender asked to try again."""

import asyncio
from collections.abc import Generator
from pathlib import Path

import pytest

from layeron.errors import UnavailableError
from layeron.ports.engine import Started
from layeron.services import connect_services
from tests.contract.deliveries import examples as sent
from tests.outages.test_inbox_races import an_event
from tests.outages.waiting import IMPATIENT, behind_a_gate, drained, handled_once, told
from tests.support.postgres import PostgresServer, running_postgres
from tests.support.service import Service, eventually
from tests.support.temporal import TemporalServer
from tests.support.vendor import collect, ignore, send, vendor

HEARING = 10  # seconds that the strictest sender waits for an answer


@pytest.fixture(scope="module", name="server")
def _server() -> Generator[PostgresServer]:
    with running_postgres() as server:
        yield server


async def refused(service: Service, payload: object) -> None:
    """The sender is asked to try again, while it still listens."""
    async with asyncio.timeout(HEARING):
        answer = await send(service, payload)
    assert answer.status_code == 503
    assert answer.json()["error"] == {"code": "unavailable", "message": "try again later"}
    assert int(answer.headers["retry-after"]) > 0


async def test_one_of_engine_and_database_suffices_and_without_both_senders_try_again(
    tmp_path: Path, temporal: TemporalServer, server: PostgresServer
) -> None:
    handled: list[str] = []
    app, _ = vendor(handler=collect(handled))
    url = server.url(server.create_database())
    # A drainer would find out by itself that the engine is back.
    async with behind_a_gate(
        app, tmp_path, temporal, worker=False, drainer=False, database_url=url, **IMPATIENT
    ) as (service, gate):
        ids = [(await told(service, {"id": "both"}))[1]]
        server.crash()
        ids.append((await told(service, {"id": "the engine alone"}))[1])
        assert await state(service) == (200, "degraded")
        await gate.shut()
        await refused(service, {"id": "none"})
        assert await state(service) == (503, "not ready")
        server.start()
        ids.append((await told(service, {"id": "the inbox alone"}))[1])
        assert await state(service) == (200, "degraded")
        server.crash()
        await gate.open()
        # The engine was known to be away; that is not believed for want of anything better.
        ids.append((await told(service, {"id": "none"}))[1])
        server.start()
        await service.work()
        for each in ids:
            await handled_once(service, each)
        await drained(service)
        assert await state(service) == (200, "ready")
    assert sorted(handled) == sorted(ids)


async def state(service: Service) -> tuple[int, str]:
    ready = await service.http.get("/health/ready")
    return ready.status_code, ready.json()["status"]


async def test_a_full_inbox_takes_no_more_until_it_is_drained(
    tmp_path: Path, temporal: TemporalServer
) -> None:
    app, _ = vendor(handler=ignore)
    async with behind_a_gate(app, tmp_path, temporal, inbox_limit="20KiB", **IMPATIENT) as (
        service,
        gate,
    ):
        await gate.shut()
        ids: list[str] = []

        async def full() -> bool | None:
            answer = await send(service, {"id": str(len(ids)), "filler": "x" * 2_000})
            if answer.status_code == 202:
                ids.append(answer.json()["event_id"])
            return answer.status_code == 503 or None

        await eventually(full)
        await refused(service, {"id": "one more"})
        assert 5 <= len(ids) <= 20
        ready = await service.http.get("/health/ready")
        assert ready.status_code == 503
        assert ready.json()["parts"]["inbox"] == "Unavailable"
        await gate.open()
        for each in ids:
            await handled_once(service, each)
        await drained(service)
        assert (await told(service, {"id": "one more"}))[0] == "accepted"


async def test_what_would_overtake_others_for_its_queue_is_refused_if_the_inbox_is_away(
    tmp_path: Path, temporal: TemporalServer, server: PostgresServer
) -> None:
    app, _ = vendor(handler=ignore)
    url = server.url(server.create_database())
    async with behind_a_gate(
        app, tmp_path, temporal, worker=False, drainer=False, database_url=url, **IMPATIENT
    ) as (service, gate):
        starts = connect_services(app, service.tools, service.settings).starts
        await gate.shut()
        first, second = (sent.an_event(sent.A, lanes=[sent.A.id], key=key) for key in "ab")
        taken = await starts.start(first, b"")
        assert isinstance(taken, Started)
        assert taken.waits
        await gate.open()
        server.crash()
        with pytest.raises(UnavailableError):
            await starts.start(second, b"")
        server.start()
        assert await service.tools.engine.find(second.event_id) is None


async def test_a_frozen_inbox_in_which_something_waits_makes_nobody_wait_for_long(
    tmp_path: Path, temporal: TemporalServer, server: PostgresServer
) -> None:
    app, _ = vendor(handler=ignore)
    url = server.url(server.create_database())
    async with behind_a_gate(
        app, tmp_path, temporal, worker=False, drainer=False, database_url=url, **IMPATIENT
    ) as (service, gate):
        starts = connect_services(app, service.tools, service.settings).starts
        await told(service, {"id": "to connect"})
        await service.tools.inbox.add(an_event(app, "waits"), b"{}")
        assert (await starts.look()).events == 1
        await gate.freeze()
        with server.frozen():
            async with asyncio.timeout(HEARING):
                with pytest.raises(UnavailableError):
                    await starts.start(an_event(app, "1"), b"{}")
