"""PostgreSQL crashes: events are still received, and each is handled once, at its full count."""

import asyncio
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import pytest

from layeron import Backend, Context, Event
from layeron.errors import NotFoundError
from tests.outages.history import failing
from tests.support.postgres import PostgresServer, running_postgres
from tests.support.service import Service, eventually, running_service
from tests.support.temporal import TemporalServer
from tests.support.vendor import QUICK, collect, ignore, send, send_new, vendor

ONCE = {"retry": {"attempts": 1}}


@pytest.fixture(scope="module", name="server")
def _server() -> Generator[PostgresServer]:
    with running_postgres() as server:
        yield server


@asynccontextmanager
async def on_postgres(
    app: Backend, folder: Path, temporal: TemporalServer, server: PostgresServer, *, worker: bool
) -> AsyncGenerator[Service]:
    """A service on a database of its own."""
    url = server.url(server.create_database())
    async with running_service(app, folder, temporal, worker=worker, database_url=url) as service:
        yield service


@contextmanager
def down(server: PostgresServer) -> Generator[None]:
    """The server has crashed, and recovers in the end."""
    server.crash()
    try:
        yield
    finally:
        server.start()


async def test_events_are_received_while_it_is_down_and_handled_when_it_is_back(
    tmp_path: Path, temporal: TemporalServer, server: PostgresServer
) -> None:
    handled: list[str] = []
    app, webhook = vendor(handler=collect(handled), delivery=ONCE)
    async with on_postgres(app, tmp_path, temporal, server, worker=False) as service:
        with down(server):
            event_id = await send_new(service, {"id": "1"})
            repeat = await send(service, {"id": "1"})
            assert repeat.json() == {"event_id": event_id, "status": "duplicate"}
            await service.work()
            workflow = f"inbound/{webhook.namespace}/vendor/1"
            await failing(service, workflow, "Unavailable")
            assert handled == []
        record = await service.settled(event_id)
    assert record.status == "succeeded"
    assert [(each.number, each.outcome) for each in record.attempts] == [(1, "succeeded")]
    assert handled == [event_id]


async def test_a_window_longer_than_the_engines_memory_does_not_stop_reception(
    tmp_path: Path, temporal: TemporalServer, server: PostgresServer
) -> None:
    handled: list[str] = []
    app, _ = vendor(handler=collect(handled), dedupe={"ttl": "90d"})
    async with on_postgres(app, tmp_path, temporal, server, worker=True) as service:
        with down(server):
            event_id = await send_new(service, {"id": "1"})
        await service.settled(event_id)
    assert handled == [event_id]


async def test_a_handler_that_succeeded_is_not_run_again_when_only_its_outcome_was_unwritten(
    tmp_path: Path, temporal: TemporalServer, server: PostgresServer
) -> None:
    handled: list[str] = []
    began, go_on = asyncio.Event(), asyncio.Event()
    app, webhook = vendor(delivery=ONCE)

    @webhook.handler
    async def handle(event: Event, ctx: Context) -> None:
        handled.append(event.id)
        began.set()
        await go_on.wait()
        for _ in range(300):  # more than is kept, or could be carried by the engine
            await ctx.log("😀" * 3_000, more="😀" * 3_000)

    async with on_postgres(app, tmp_path, temporal, server, worker=True) as service:
        event_id = await send_new(service, {"id": "1"})
        await asyncio.wait_for(began.wait(), 20)
        with down(server):
            go_on.set()
            await failing(service, f"inbound/{webhook.namespace}/vendor/1", "Unrecorded")
        record = await service.settled(event_id)
    assert record.status == "succeeded"
    assert [(each.number, each.outcome) for each in record.attempts] == [(1, "succeeded")]
    assert 0 < len(record.attempts[0].logs) <= 25
    assert handled == [event_id]


async def test_a_handler_that_failed_meanwhile_has_its_other_attempts_and_all_are_on_record(
    tmp_path: Path, temporal: TemporalServer, server: PostgresServer
) -> None:
    seen: list[int] = []
    began, go_on = asyncio.Event(), asyncio.Event()
    app, webhook = vendor(delivery=QUICK)

    @webhook.handler
    async def handle(event: Event) -> None:
        seen.append(event.attempt)
        began.set()
        await go_on.wait()
        if event.attempt < 3:
            raise ValueError(f"attempt {event.attempt}")

    async with on_postgres(app, tmp_path, temporal, server, worker=True) as service:
        event_id = await send_new(service, {"id": "1"})
        await asyncio.wait_for(began.wait(), 20)
        with down(server):
            go_on.set()
            await failing(service, f"inbound/{webhook.namespace}/vendor/1", "Unrecorded")
        record = await service.settled(event_id)
    assert record.status == "succeeded"
    assert [(each.number, each.outcome, each.error) for each in record.attempts] == [
        (1, "failed", "ValueError: attempt 1"),
        (2, "failed", "ValueError: attempt 2"),
        (3, "succeeded", None),
    ]
    assert seen == [1, 2, 3]


async def test_the_last_attempts_failure_makes_a_dead_letter_also_when_it_was_unwritten(
    tmp_path: Path, temporal: TemporalServer, server: PostgresServer
) -> None:
    began, go_on = asyncio.Event(), asyncio.Event()
    app, webhook = vendor(delivery=ONCE)

    @webhook.handler
    async def handle(_: Event) -> None:
        began.set()
        await go_on.wait()
        raise ValueError("for good")

    async with on_postgres(app, tmp_path, temporal, server, worker=True) as service:
        event_id = await send_new(service, {"id": "1"})
        await asyncio.wait_for(began.wait(), 20)
        with down(server):
            go_on.set()
            await failing(service, f"inbound/{webhook.namespace}/vendor/1", "Unrecorded")
        record = await service.settled(event_id)
    assert record.status == "dead_letter"
    assert record.last_error == "ValueError: for good"
    assert len(record.attempts) == 1


async def test_a_sender_that_waits_has_its_answer_although_it_cannot_be_written(
    tmp_path: Path, temporal: TemporalServer, server: PostgresServer
) -> None:
    began, go_on = asyncio.Event(), asyncio.Event()
    delivery = {**ONCE, "queue": False, "respond_within_seconds": 30}
    app, webhook = vendor(delivery=delivery)

    @webhook.handler
    async def handle(_: Event) -> dict[str, int]:
        began.set()
        await go_on.wait()
        return {"answer": 42}

    async with on_postgres(app, tmp_path, temporal, server, worker=True) as service:
        asked = asyncio.create_task(send(service, {"id": "1"}))
        await asyncio.wait_for(began.wait(), 20)
        with down(server):
            go_on.set()
            await failing(service, f"inbound/{webhook.namespace}/vendor/1", "Unrecorded")
        assert (await asked).json() == {"answer": 42}


async def test_the_api_says_that_it_is_down_and_nothing_of_where_it_is(
    tmp_path: Path, temporal: TemporalServer, server: PostgresServer
) -> None:
    app, _ = vendor(handler=ignore)
    async with on_postgres(app, tmp_path, temporal, server, worker=False) as service:
        with down(server):
            for path in ("/events", "/events/whevt_01M87HX43ACC2282GBSNFBF3Q6"):
                answer = await service.api("GET", path)
                assert answer.status_code == 503
                assert answer.json()["error"] == {
                    "code": "unavailable",
                    "message": "keys cannot be checked now; try again later",
                }
            ready = await service.http.get("/health/ready")
            assert ready.json()["parts"] == {
                "engine": "ok",
                "database": "DatabaseUnavailable",
                "inbox": "DatabaseUnavailable",
                "bodies": "ok",
            }
        assert (await service.api("GET", "/events")).status_code == 200
        assert (await service.http.get("/health/ready")).status_code == 200


async def test_a_database_that_hangs_holds_up_no_sender(
    tmp_path: Path, temporal: TemporalServer, server: PostgresServer
) -> None:
    handled: list[str] = []
    app, webhook = vendor(handler=collect(handled), delivery=ONCE)
    async with on_postgres(app, tmp_path, temporal, server, worker=True) as service:
        await service.settled(await send_new(service, {"id": "0"}))
        with server.frozen():
            event_id = await send_new(service, {"id": "1"})
            await failing(service, f"inbound/{webhook.namespace}/vendor/1", "Unavailable")
        record = await service.settled(event_id)
    assert [each.outcome for each in record.attempts] == ["succeeded"]
    assert handled.count(event_id) == 1


async def test_what_is_accepted_while_it_is_down_is_shown_once_it_is_back(
    tmp_path: Path, temporal: TemporalServer, server: PostgresServer
) -> None:
    app, webhook = vendor(handler=ignore)
    async with on_postgres(app, tmp_path, temporal, server, worker=False) as service:
        with down(server):
            event_id = await send_new(service, {"id": "1"})

        async def shown() -> str | None:
            try:
                return (await webhook.events.get(event_id)).status
            except NotFoundError:
                return None

        assert await eventually(shown) == "accepted"
