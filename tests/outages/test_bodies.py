"""The store of bodies is away: small bodies wait in the engine, large ones with their sender."""

import asyncio
import json
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from layeron import Backend, Event
from layeron.errors import BodyLostError
from tests.outages.history import failing
from tests.support import broken_server
from tests.support.fake_gcs import create_bucket, running_fake_gcs
from tests.support.gate import gate_before
from tests.support.service import Service, running_service
from tests.support.temporal import TemporalServer
from tests.support.vendor import collect, ignore, send, send_new, vendor

ONCE = {"retry": {"attempts": 1}}
SMALL = b'{"id": "small"}'
LARGE = json.dumps({"id": "large", "text": "x" * 200_000}).encode()


@contextmanager
def unusable(folder: Path) -> Generator[None]:
    """A folder of bodies that is away, as a disk that is not mounted; it comes back as it was."""
    aside = folder.with_suffix(".aside")
    folder.rename(aside)
    folder.write_text("in the way")
    try:
        yield
    finally:
        folder.unlink()
        aside.rename(folder)


async def test_a_small_body_waits_in_the_engine_and_no_attempt_is_used_up(
    tmp_path: Path, temporal: TemporalServer
) -> None:
    handled: list[str] = []
    app, webhook = vendor(handler=collect(handled), delivery=ONCE)
    async with running_service(app, tmp_path, temporal) as service:
        with unusable(tmp_path / "bodies"):
            event_id = await send_new(service, body=SMALL)
            await failing(service, f"inbound/{webhook.namespace}/vendor/small", "Unavailable")
            assert handled == []
        record = await service.settled(event_id)
        assert await webhook.events.payload(event_id) == SMALL
    assert [(each.number, each.outcome) for each in record.attempts] == [(1, "succeeded")]
    assert handled == [event_id]


async def test_a_large_body_that_cannot_be_stored_is_not_accepted_and_comes_again(
    tmp_path: Path, temporal: TemporalServer
) -> None:
    app, webhook = vendor(handler=ignore)
    async with running_service(app, tmp_path, temporal) as service:
        with unusable(tmp_path / "bodies"):
            answer = await send(service, body=LARGE)
            assert answer.status_code == 503
            assert "retry-after" in answer.headers
            workflow = f"inbound/{webhook.namespace}/vendor/large"
            assert not await service.tools.engine.is_running(workflow)
        event_id = await send_new(service, body=LARGE)
        await service.settled(event_id)
        assert await webhook.events.payload(event_id) == LARGE


async def test_a_large_body_that_is_away_when_it_is_to_be_handled_is_waited_for(
    tmp_path: Path, temporal: TemporalServer
) -> None:
    seen: list[bytes] = []

    def keep(event: Event) -> None:
        seen.append(event.raw_body)

    app, webhook = vendor(handler=keep, delivery=ONCE)
    async with running_service(app, tmp_path, temporal, worker=False) as service:
        event_id = await send_new(service, body=LARGE)
        with unusable(tmp_path / "bodies"):
            await service.work()
            await failing(service, f"inbound/{webhook.namespace}/vendor/large", "Unavailable")
            answer = await service.api("GET", f"/events/{event_id}/payload")
            assert answer.status_code == 503
        record = await service.settled(event_id)
    assert [each.outcome for each in record.attempts] == ["succeeded"]
    assert seen == [LARGE]


async def test_a_body_that_is_lost_refuses_a_replay_and_makes_one_of_many_a_dead_letter(
    tmp_path: Path, temporal: TemporalServer
) -> None:
    handled: list[str] = []
    app, webhook = vendor(handler=collect(handled))
    async with running_service(app, tmp_path, temporal) as service:
        for body in (SMALL, LARGE):
            event_id = await send_new(service, body=body)
            record = await service.settled(event_id)
            await service.tools.blobs.delete(record.body.name)
            with pytest.raises(BodyLostError):
                await webhook.events.replay(event_id)
            many = await service.api("POST", "/bulk-replays", json={"event_ids": [event_id]})
            assert many.status_code == 202
            record = await service.settled(event_id, {"dead_letter"}, replays=1)
            assert (record.attempts[-1].error or "").startswith("BodyLostError")
            assert len([each for each in record.attempts if each.replay]) == 1
            assert handled == [event_id]
            handled.clear()


@pytest.fixture(scope="module", name="gcs")
def _gcs() -> Generator[str]:
    with running_fake_gcs() as endpoint:
        create_bucket(endpoint, "bodies")
        yield endpoint


@asynccontextmanager
async def on_gcs(
    app: Backend, folder: Path, temporal: TemporalServer, address: str, **settings: Any
) -> AsyncGenerator[Service]:
    """A service whose bodies are in the bucket behind *address*."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("STORAGE_EMULATOR_HOST", f"http://{address}")
        async with running_service(
            app, folder, temporal, blobs="gs://bodies/some/prefix", **settings
        ) as service:
            yield service


async def test_bodies_small_and_large_go_through_a_bucket_of_cloud_storage(
    tmp_path: Path, temporal: TemporalServer, gcs: str
) -> None:
    seen: list[bytes] = []

    def keep(event: Event) -> None:
        seen.append(event.raw_body)

    app, webhook = vendor(handler=keep)
    async with on_gcs(app, tmp_path, temporal, gcs.removeprefix("http://")) as service:
        for body in (SMALL, LARGE, b"", b'{"id": "max"}'.ljust(10 * 2**20)):
            event_id = await send_new(service, body=body)
            await service.settled(event_id)
            await webhook.events.replay(event_id)
            record = await service.settled(event_id, replays=1)
            assert record.status == "succeeded"
            assert seen == [body, body]
            seen.clear()
            answer = await service.api("GET", f"/events/{event_id}/payload")
            assert answer.content == body
        assert (await service.http.get("/health/ready")).status_code == 200
    assert not (tmp_path / "bodies").exists()


async def test_a_bucket_that_refuses_us_for_a_while_loses_nothing(
    tmp_path: Path, temporal: TemporalServer, gcs: str
) -> None:
    handled: list[str] = []
    refuses = False
    passing, refusing = broken_server.passing_on(gcs), broken_server.answering(403)

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await (refusing if refuses else passing)(reader, writer)

    app, webhook = vendor(handler=collect(handled), delivery=ONCE)
    async with (
        broken_server.serving(answer) as either,
        gate_before(either) as gate,
        on_gcs(app, tmp_path, temporal, gate.address) as service,
    ):
        refuses = True
        await gate.shut()  # ends the connections that were let through
        await gate.open()
        small = await send_new(service, body=SMALL)
        assert (await send(service, body=LARGE)).status_code == 503
        await failing(service, f"inbound/{webhook.namespace}/vendor/small", "Unavailable")
        refuses = False
        large = await send_new(service, body=LARGE)
        records = [await service.settled(each) for each in (small, large)]
    assert [each.attempt_count for each in records] == [1, 1]
    assert sorted(handled) == sorted([small, large])


async def test_a_bucket_that_hangs_does_not_hold_up_the_sender(
    tmp_path: Path, temporal: TemporalServer, gcs: str
) -> None:
    app, _ = vendor(handler=ignore)
    async with gate_before(gcs.removeprefix("http://")) as gate:
        soon = timedelta(seconds=0.5)
        async with on_gcs(app, tmp_path, temporal, gate.address, store_timeout=soon) as service:
            await gate.freeze()
            async with asyncio.timeout(10):
                assert (await send(service, body=LARGE)).status_code == 503
            await gate.open()
            await service.settled(await send_new(service, body=LARGE))
