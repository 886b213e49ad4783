"""The engine is away, or does not answer: events are accepted all the same, and handled later."""

import asyncio
from pathlib import Path

import pytest

from layeron import Event
from tests.outages.waiting import (
    IMPATIENT,
    TIMEOUT,
    behind_a_gate,
    drained,
    handled_once,
    started_in_order,
    told,
)
from tests.support.service import running_service
from tests.support.temporal import TemporalServer, running_temporal
from tests.support.vendor import collect, ignore, send, vendor

HEARING = 10  # seconds that the strictest sender waits for an answer


async def test_events_that_come_while_the_engine_is_dead_are_handled_once_when_it_lives(
    tmp_path: Path,
) -> None:
    handled: list[str] = []
    app, webhook = vendor(handler=collect(handled))
    async with (
        running_temporal(tmp_path) as engine,
        # A start that took too long would be made again, after others.
        running_service(app, tmp_path, engine, inbox_after=TIMEOUT, engine_timeout=5) as service,
    ):
        _, known = await told(service, {"id": "known"})
        await handled_once(service, known)
        await engine.kill()
        during = [await told(service, {"id": str(n)}) for n in range(30)]
        ids = [event_id for _, event_id in during]
        assert {status for status, _ in during} == {"accepted"}
        assert [await told(service, {"id": str(n)}) for n in range(3)] == [
            ("duplicate", each) for each in ids[:3]
        ]
        assert await told(service, {"id": "known"}) == ("duplicate", known)
        await engine.start()
        records = [await handled_once(service, each) for each in ids]
        await drained(service)
        workflows = [f"inbound/{webhook.namespace}/vendor/{n}" for n in range(30)]
        order = await started_in_order(service.temporal, workflows)
    assert sorted(handled) == sorted([known, *ids])
    assert [each.duplicates for each in records] == [1] * 3 + [0] * 27
    # Sixteen are started at a time, so each one before all that came much later.
    assert all(abs(order.index(each) - n) < 16 for n, each in enumerate(workflows))


async def test_a_frozen_engine_makes_a_few_senders_wait_a_little_and_the_others_not_at_all(
    tmp_path: Path,
) -> None:
    handled: list[str] = []
    app, _ = vendor(handler=collect(handled))
    async with (
        running_temporal(tmp_path) as engine,
        running_service(app, tmp_path, engine, **IMPATIENT) as service,
    ):
        with engine.frozen():
            async with asyncio.timeout(HEARING):
                crowd = [told(service, {"id": f"crowd {n}"}) for n in range(10)]
                together = await asyncio.gather(*crowd)
                # Were each to wait for the engine, these alone would take half a minute.
                one_by_one = [await told(service, {"id": str(n)}) for n in range(20)]
        ids = [event_id for _, event_id in [*together, *one_by_one]]
        for each in ids:
            await handled_once(service, each)
        await drained(service)
    assert sorted(handled) == sorted(ids)


@pytest.mark.parametrize("handled_meanwhile", [True, False])
async def test_a_start_that_came_through_unanswered_is_the_event_itself_and_no_repeat(
    tmp_path: Path, temporal: TemporalServer, *, handled_meanwhile: bool
) -> None:
    handled: list[str] = []
    app, _ = vendor(handler=collect(handled))
    async with behind_a_gate(app, tmp_path, temporal, worker=False, **IMPATIENT) as (service, gate):
        await told(service, {"id": "to connect"})
        await gate.freeze(only_answers=True)
        status, event_id = await told(service, {"id": "1"})
        assert status == "accepted"
        assert (await service.tools.inbox.waiting()).events == 1
        if handled_meanwhile:
            await service.work()
            await handled_once(service, event_id)
        await gate.open()
        await drained(service)
        if not handled_meanwhile:
            await service.work()
        assert (await handled_once(service, event_id)).duplicates == 0
    assert handled.count(event_id) == 1


async def test_who_waits_for_the_handlers_answer_is_told_that_the_event_is_accepted(
    tmp_path: Path, temporal: TemporalServer
) -> None:
    def answer(_: Event) -> dict[str, int]:
        return {"answer": 42}

    app, _ = vendor(handler=answer, delivery={"queue": False})
    async with behind_a_gate(app, tmp_path, temporal, **IMPATIENT) as (service, gate):
        assert (await send(service, {"id": "0"})).json() == {"answer": 42}
        await gate.shut()
        status, event_id = await told(service, {"id": "1"})
        assert status == "accepted"
        await gate.open()
        await handled_once(service, event_id)


async def test_a_large_body_waits_in_the_store_of_bodies(
    tmp_path: Path, temporal: TemporalServer
) -> None:
    seen: list[bytes] = []

    def keep(event: Event) -> None:
        seen.append(event.raw_body)

    app, webhook = vendor(handler=keep)
    async with behind_a_gate(app, tmp_path, temporal, **IMPATIENT) as (service, gate):
        await gate.shut()
        sizes = (10, 200_000)
        ids = [(await told(service, {"id": str(n), "x": "x" * n}))[1] for n in sizes]
        assert (await service.tools.inbox.waiting()).size < 10_000
        payloads = [await webhook.events.payload(each) for each in ids]
        await gate.open()
        for each in ids:
            await handled_once(service, each)
    assert sorted(seen, key=len) == payloads
    assert [len(each) > size for each, size in zip(payloads, sizes, strict=True)] == [True, True]


async def test_what_waits_is_shown_wherever_one_looks(
    tmp_path: Path, temporal: TemporalServer
) -> None:
    app, _ = vendor(handler=ignore)
    async with behind_a_gate(app, tmp_path, temporal, **IMPATIENT) as (service, gate):
        await gate.shut()
        _, event_id = await told(service, {"id": "1"})
        shown = (await service.api("GET", f"/events/{event_id}")).json()
        assert (shown["status"], shown["in_inbox"], shown["run_id"]) == ("accepted", True, None)
        assert (await service.api("GET", f"/events/{event_id}/payload")).json() == {"id": "1"}
        inbox = (await service.api("GET", "/overview")).json()["inbox"]
        assert (inbox["events"], inbox["size"] > 100, inbox["oldest_seconds"] > 0) == (
            1,
            True,
            True,
        )
        replay = await service.api("POST", f"/events/{event_id}/replay")
        assert replay.status_code == 409
        assert "waits in the inbox" in replay.json()["error"]["message"]
        ready = await service.http.get("/health/ready")
        assert (ready.status_code, ready.json()["status"]) == (200, "degraded")
        assert ready.json()["parts"]["engine"] == "EngineUnavailable"
        await gate.open()
        record = await handled_once(service, event_id)
        assert not record.in_inbox
        assert (await service.api("GET", "/overview")).json()["inbox"]["events"] == 0
