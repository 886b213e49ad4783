"""What comes between an event's way into the inbox and its way out; nothing drains by itself."""

import asyncio
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from layeron.application import Backend
from layeron.identity import new_event_id
from layeron.ports.engine import Duplicate, Started
from layeron.ports.inbox import Waiting
from layeron.records import BodyReference, InboundEvent
from layeron.services import Services, connect_services
from tests.outages.waiting import IMPATIENT, behind_a_gate, handled_once, told
from tests.support.gate import Gate
from tests.support.service import Service
from tests.support.temporal import TemporalServer
from tests.support.vendor import collect, ignore, vendor


def process(service: Service) -> Services:
    """The use cases of one more process of the service."""
    return connect_services(service.app, service.tools, service.settings)


def an_event(
    app: Backend, key: str, *, at: datetime | None = None, ttl: float = 60
) -> InboundEvent:
    """What the receiver makes of a request to the application's webhook."""
    (webhook,) = app.webhooks
    now = at or datetime.now(UTC)
    return InboundEvent(
        event_id=new_event_id(now),
        workflow_id=f"inbound/{webhook.namespace}/vendor/{key}",
        namespace=webhook.namespace,
        webhook="vendor",
        provider="custom",
        event_type="paid",
        external_event_id=key,
        dedupe_key=key,
        dedupe_ttl_seconds=ttl,
        method="POST",
        url="/webhooks/vendor",
        headers=[],
        body=BodyReference(f"{webhook.namespace}/{new_event_id(now)}", 2, "ab" * 32),
        body_stored=False,
        signature_status="verified",
        received_at=now,
    )


async def drain_all(services: Services) -> None:
    while await services.drainer.drain():
        pass


def undrained(
    app: Backend, folder: Path, temporal: TemporalServer
) -> AbstractAsyncContextManager[tuple[Service, Gate]]:
    """A service behind a gate that drains nothing and handles nothing yet."""
    return behind_a_gate(app, folder, temporal, worker=False, drainer=False, **IMPATIENT)


async def test_a_retry_while_the_first_copy_waits_is_its_duplicate_even_if_the_engine_is_back(
    tmp_path: Path, temporal: TemporalServer
) -> None:
    handled: list[str] = []
    app, _ = vendor(handler=collect(handled))
    async with undrained(app, tmp_path, temporal) as (service, gate):
        await gate.shut()
        first = await told(service, {"id": "1"})
        assert await told(service, {"id": "1"}) == ("duplicate", first[1])
        await gate.open()
        # To a process that knows the engine to be back, and that something waits.
        other = process(service).starts
        await other.look()
        retry = await other.start(an_event(app, "1"), b"{}")
        assert isinstance(retry, Duplicate)
        assert retry.event_id == first[1]
        await service.work()
        assert (await handled_once(service, first[1])).duplicates == 1
    assert handled == [first[1]]


async def test_a_retry_that_another_process_starts_at_once_is_handled_in_place_of_the_first(
    tmp_path: Path, temporal: TemporalServer
) -> None:
    handled: list[str] = []
    app, _ = vendor(handler=collect(handled))
    async with undrained(app, tmp_path, temporal) as (service, gate):
        other = process(service)
        assert await other.starts.look() == Waiting()
        await gate.shut()
        _, first = await told(service, {"id": "1"})
        await gate.open()
        retry = an_event(app, "1")
        taken = await other.starts.start(retry, b"{}")
        assert isinstance(taken, Started)
        assert not taken.waits
        await drain_all(other)
        await service.work()
        record = await handled_once(service, retry.event_id)
        assert (record.duplicates, record.conflicts) == (1, 1)
        assert (await service.tools.records.get_event(first)).id == retry.event_id
    assert handled == [retry.event_id]


async def test_a_start_that_is_made_twice_is_one_event_and_no_repeat(
    tmp_path: Path, temporal: TemporalServer
) -> None:
    handled: list[str] = []
    app, _ = vendor(handler=collect(handled))
    async with undrained(app, tmp_path, temporal) as (service, _):
        inbox, engine = service.tools.inbox, service.tools.engine
        events = [an_event(app, str(n)) for n in range(3)]
        for each in events:
            await inbox.add(each, b"{}")
        # A drainer starts them and dies before it can say so; the next one does it again.
        now = datetime.now(UTC)
        for claimed in await inbox.claim("dead", limit=2, at=now, until=now):
            for _ in range(2):
                assert isinstance(await engine.start(claimed.event, claimed.body), Started)
        await drain_all(process(service))
        await service.work()
        records = [await handled_once(service, each.event_id) for each in events]
    assert [each.duplicates for each in records] == [0, 0, 0]
    assert sorted(handled) == sorted(each.event_id for each in events)


async def test_two_drainers_at_once_start_each_event_once(
    tmp_path: Path, temporal: TemporalServer
) -> None:
    handled: list[str] = []
    app, _ = vendor(handler=collect(handled))
    async with undrained(app, tmp_path, temporal) as (service, _):
        events = [an_event(app, str(n)) for n in range(70)]
        for each in events:
            await service.tools.inbox.add(each, b"{}")
        drainers = [process(service).drainer for _ in range(3)]
        while (await service.tools.inbox.waiting()).events:
            await asyncio.gather(*(each.drain() for each in drainers))
        await service.work()
        records = [await service.settled(each.event_id) for each in events]
    assert {(each.status, each.duplicates, each.attempt_count) for each in records} == {
        ("succeeded", 0, 1)
    }
    assert sorted(handled) == sorted(each.event_id for each in events)


async def test_windows_are_those_of_reception_however_long_an_event_waited(
    tmp_path: Path, temporal: TemporalServer
) -> None:
    app, _ = vendor(handler=ignore)
    async with undrained(app, tmp_path, temporal) as (service, _):
        services, engine = process(service), service.tools.engine
        noon = datetime.now(UTC) - timedelta(hours=1)

        def at(seconds: float) -> InboundEvent:
            return an_event(app, "k", at=noon + timedelta(seconds=seconds), ttl=20)

        first, repeat, later, much_later = at(0), at(5), at(30), at(100)
        for each in (first, later):
            assert await service.tools.inbox.add(each, b"{}") is None
        # One came past both windows, and found the engine back before those that waited.
        assert isinstance(await engine.start(much_later, b"{}"), Started)
        await drain_all(services)
        for each, second in ((first, at(8)), (later, at(45)), (much_later, at(85))):
            told_of = await engine.start(second, b"{}")
            assert isinstance(told_of, Duplicate)
            assert told_of.event_id == each.event_id
        assert isinstance(await engine.start(repeat, b"{}"), Duplicate)
        await service.work()
        for each in (first, later, much_later):
            assert (await service.settled(each.event_id)).id == each.event_id


async def test_an_event_that_the_engine_never_takes_holds_up_no_other(
    tmp_path: Path, temporal: TemporalServer
) -> None:
    app, _ = vendor(handler=ignore)
    async with undrained(app, tmp_path, temporal) as (service, _):
        services, inbox = process(service), service.tools.inbox
        larger_than_temporal_takes = b"x" * 3 * 2**20
        stuck = an_event(app, "stuck")
        await inbox.add(stuck, larger_than_temporal_takes)
        others = [an_event(app, str(n)) for n in range(70)]
        for each in others:
            await inbox.add(each, b"{}")
        while (await inbox.waiting()).events > 1:
            await services.drainer.drain()
        left = await inbox.find(stuck.event_id)
        assert left is not None
        assert left.refusals >= 1
        assert services.starts.breaker.state == "closed"
        await service.work()
        for each in others:
            await handled_once(service, each.event_id)


async def test_one_that_was_begun_though_nobody_said_so_is_told_of_as_it_was_started(
    tmp_path: Path, temporal: TemporalServer
) -> None:
    app, _ = vendor(handler=ignore)
    async with undrained(app, tmp_path, temporal) as (service, gate):
        event = an_event(app, "1")
        generation = replace(event, workflow_id=f"{event.workflow_id}/after/the/first")
        await service.tools.records.begin_attempt(
            generation, number=1, run_id="run", at=event.received_at
        )
        await gate.shut()
        # Whoever waits for an answer would get that of the first generation.
        assert await process(service).starts.start(event, b"{}") == Started(generation)
