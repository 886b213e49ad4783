"""Replays: a new workflow over the stored bytes, on the record of the event."""

import asyncio
import uuid
from pathlib import Path

import pytest

from layeron import ConflictError, Event, PermanentError
from layeron.errors import BodyLostError, NotFoundError
from tests.support.service import running_service
from tests.support.temporal import TemporalServer
from tests.support.vendor import collect, ignore, send, send_new, vendor


async def test_a_dead_letter_is_replayed_after_the_mend_with_who_and_why(
    tmp_path: Path, temporal: TemporalServer
) -> None:
    broken = True
    seen: list[Event] = []

    def handle(event: Event) -> None:
        seen.append(event)
        if broken:
            raise PermanentError("not yet")

    app, webhook = vendor(handler=handle)
    async with running_service(app, tmp_path, temporal) as service:
        event_id = await send_new(service, {"id": "1", "text": "naïve"})
        assert (await service.settled(event_id)).status == "dead_letter"
        broken = False
        replay = await webhook.events.replay(event_id, reason="mended", requested_by="nina")
        assert replay.number == 1
        record = await service.settled(event_id, {"succeeded"}, replays=1)
        assert [(each.requested_by, each.reason, each.status) for each in record.replays] == [
            ("nina", "mended", "succeeded")
        ]
        assert [(each.replay, each.outcome) for each in record.attempts] == [
            (0, "failed"),
            (1, "succeeded"),
        ]
        repeat = await send(service, {"id": "1", "text": "naïve"})
        assert repeat.json() == {"event_id": event_id, "status": "duplicate"}
    first, again = seen
    assert again.raw_body == first.raw_body
    assert again.id == first.id
    assert again.replay_of == event_id
    assert first.replay_of is None


async def test_a_successful_event_may_be_replayed_as_often_as_asked(
    tmp_path: Path, temporal: TemporalServer
) -> None:
    seen: list[str] = []
    app, webhook = vendor(handler=collect(seen))
    async with running_service(app, tmp_path, temporal) as service:
        event_id = await send_new(service, {"id": "1"})
        await service.settled(event_id)
        for number in (1, 2):
            await webhook.events.replay(event_id)
            await service.settled(event_id, replays=number)
    assert seen == [event_id] * 3


async def test_an_event_that_is_being_handled_cannot_be_replayed(
    tmp_path: Path, temporal: TemporalServer
) -> None:
    began, go_on = asyncio.Event(), asyncio.Event()

    async def wait(_: Event) -> None:
        began.set()
        await go_on.wait()

    app, webhook = vendor(handler=wait)
    async with running_service(app, tmp_path, temporal) as service:
        event_id = await send_new(service, {"id": "1"})
        await asyncio.wait_for(began.wait(), 20)
        with pytest.raises(ConflictError, match="still being handled"):
            await webhook.events.replay(event_id)
        go_on.set()
        assert (await service.settled(event_id)).status == "succeeded"


async def test_a_body_that_was_altered_in_the_store_is_not_replayed(
    tmp_path: Path, temporal: TemporalServer
) -> None:
    seen: list[Event] = []
    app, webhook = vendor(handler=seen.append)
    async with running_service(app, tmp_path, temporal) as service:
        event_id = await send_new(service, {"id": "1"})
        record = await service.settled(event_id)
        await service.tools.blobs.delete(record.body.name)
        await service.tools.blobs.put(record.body.name, b'{"id": "forged"}')
        with pytest.raises(BodyLostError, match="altered after it was stored"):
            await webhook.events.replay(event_id)
    assert [each.raw_body for each in seen] == [b'{"id": "1"}']


async def test_a_body_that_is_altered_after_its_replay_began_is_not_handled(
    tmp_path: Path, temporal: TemporalServer
) -> None:
    seen: list[Event] = []
    app, webhook = vendor(handler=seen.append)
    queue = f"test-{uuid.uuid4()}"
    async with running_service(app, tmp_path, temporal, task_queue=queue) as service:
        event_id = await send_new(service, {"id": "1"})
        await service.settled(event_id)
    async with running_service(app, tmp_path, temporal, worker=False, task_queue=queue) as service:
        await webhook.events.replay(event_id)
        name = (await service.tools.records.get_event(event_id)).body.name
        await service.tools.blobs.delete(name)
        await service.tools.blobs.put(name, b'{"id": "forged"}')
    async with running_service(app, tmp_path, temporal, task_queue=queue) as service:
        record = await service.settled(event_id, {"dead_letter"}, replays=1)
        assert "SHA-256" in (record.attempts[-1].error or "")
    assert [each.raw_body for each in seen] == [b'{"id": "1"}']


async def test_a_replay_of_nothing_is_not_found(tmp_path: Path, temporal: TemporalServer) -> None:
    app, webhook = vendor(handler=ignore)
    async with running_service(app, tmp_path, temporal):
        with pytest.raises(NotFoundError):
            await webhook.events.replay("whevt_01M87HX43ACC2282GBSNFBF3Q6")
