"""The engine is away, or does not answer: the sender is asked to try again, and nothing doubles."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Any

import httpx2

from layeron import InboundWebhook
from tests.support.gate import gate_before
from tests.support.service import Service, eventually, running_service
from tests.support.temporal import TemporalServer, running_temporal
from tests.support.vendor import collect, send, vendor

TIMEOUT = 1.5
HEARING = 10  # seconds that the strictest sender waits for an answer


async def refused(service: Service, payload: object) -> None:
    """The sender is asked to try again, while it still listens."""
    async with asyncio.timeout(HEARING):
        answer = await send(service, payload)
    assert answer.status_code == 503
    assert answer.json()["error"] == {"code": "unavailable", "message": "try again later"}
    assert int(answer.headers["retry-after"]) > 0


async def taken(ask: Callable[[], Awaitable[httpx2.Response]]) -> dict[str, Any]:
    """What is answered to somebody who tries again until it is taken, as providers do."""

    async def look() -> dict[str, Any] | None:
        answer = await ask()
        return answer.json() if answer.status_code == 202 else None

    return await eventually(look)


async def retried(service: Service, payload: object) -> str:
    """The id of an event whose sender tries again until it is taken."""
    return str((await taken(partial(send, service, payload)))["event_id"])


async def test_while_nothing_listens_senders_are_asked_to_try_again(
    tmp_path: Path, temporal: TemporalServer
) -> None:
    handled: list[str] = []
    app, _ = vendor(handler=collect(handled))
    async with (
        gate_before(temporal.address) as gate,
        running_service(
            app, tmp_path, temporal, temporal_address=gate.address, engine_timeout=TIMEOUT
        ) as service,
    ):
        await gate.shut()
        await refused(service, {"id": "1"})  # before it ever connected
        await gate.open()
        first = await retried(service, {"id": "1"})
        await gate.shut()
        await refused(service, {"id": "2"})  # after it was connected
        await gate.open()
        second = await retried(service, {"id": "2"})
        for each in (first, second):
            await service.settled(each)
    assert sorted(handled) == sorted([first, second])


async def test_while_it_is_frozen_senders_are_answered_within_the_time_limit(
    tmp_path: Path, temporal: TemporalServer
) -> None:
    app, _ = vendor(handler=collect([]))
    async with (
        gate_before(temporal.address) as gate,
        running_service(
            app, tmp_path, temporal, temporal_address=gate.address, engine_timeout=TIMEOUT
        ) as service,
    ):
        await gate.freeze()
        await refused(service, {"id": "1"})
        await gate.open()
        await service.settled(await retried(service, {"id": "2"}))
        await gate.freeze()
        await refused(service, {"id": "3"})
        await gate.open()
        await service.settled(await retried(service, {"id": "4"}))


async def test_a_start_that_came_through_unanswered_makes_the_retry_a_duplicate(
    tmp_path: Path, temporal: TemporalServer
) -> None:
    handled: list[str] = []
    app, webhook = vendor(handler=collect(handled))
    async with (
        gate_before(temporal.address) as gate,
        running_service(
            app, tmp_path, temporal, temporal_address=gate.address, engine_timeout=TIMEOUT
        ) as service,
    ):
        await retried(service, {"id": "a first one"})
        await gate.freeze(only_answers=True)
        await refused(service, {"id": "1"})
        await gate.open()
        retry = await taken(partial(send, service, {"id": "1"}))
        assert retry["status"] == "duplicate"
        event_id = retry["event_id"]
        assert (await service.settled(event_id)).external_event_id == "1"
        assert await known(webhook, "1") == [event_id]
    assert handled.count(event_id) == 1


async def known(webhook: InboundWebhook, external_id: str) -> list[str]:
    page = await webhook.events.list(external_event_id=external_id)
    return [each.id for each in page.events]


async def test_a_crowd_of_senders_is_told_at_once_and_served_afterwards(
    tmp_path: Path, temporal: TemporalServer
) -> None:
    app, _ = vendor(handler=collect([]))
    async with (
        gate_before(temporal.address) as gate,
        running_service(
            app, tmp_path, temporal, temporal_address=gate.address, engine_timeout=TIMEOUT
        ) as service,
    ):
        await gate.freeze()
        await asyncio.gather(*(refused(service, {"id": str(n)}) for n in range(50)))
        await gate.open()
        ids = await asyncio.gather(*(retried(service, {"id": str(n)}) for n in range(50)))
        assert len(set(ids)) == 50


async def test_what_was_accepted_is_shown_while_the_engine_is_away(
    tmp_path: Path, temporal: TemporalServer
) -> None:
    app, _ = vendor(handler=collect([]))
    async with (
        gate_before(temporal.address) as gate,
        running_service(
            app, tmp_path, temporal, temporal_address=gate.address, engine_timeout=TIMEOUT
        ) as service,
    ):
        event_id = await retried(service, {"id": "1"})
        await service.settled(event_id)
        await gate.shut()
        shown = await service.api("GET", f"/events/{event_id}")
        assert shown.json()["status"] == "succeeded"
        replay = await service.api("POST", f"/events/{event_id}/replay")
        assert replay.status_code == 503
        await gate.open()
        await taken(partial(service.api, "POST", f"/events/{event_id}/replay"))
        record = await service.settled(event_id, {"succeeded"}, replays=1)
        assert [record.replays[0].status, record.replays[-1].status] == ["failed", "succeeded"]


async def test_a_crash_of_the_engine_loses_nothing_that_was_accepted(tmp_path: Path) -> None:
    handled: list[str] = []
    app, _ = vendor(handler=collect(handled))
    async with (
        running_temporal(tmp_path) as engine,
        running_service(app, tmp_path, engine, worker=False, engine_timeout=TIMEOUT) as service,
    ):
        accepted = [await retried(service, {"id": str(n)}) for n in range(5)]
        await engine.kill()
        await refused(service, {"id": "meanwhile"})
        await engine.start()
        accepted.append(await retried(service, {"id": "meanwhile"}))
        repeat = await send(service, {"id": "0"})
        assert repeat.json() == {"event_id": accepted[0], "status": "duplicate"}
        await service.work()
        for each in accepted:
            assert (await service.settled(each)).status == "succeeded"
    assert sorted(handled) == sorted(accepted)
