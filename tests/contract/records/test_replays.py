"""Replays: asked for, carried out, and what they make of the event."""

import asyncio
from dataclasses import replace

import pytest

from layeron.adapters.database import open_record_store
from layeron.errors import NotFoundError
from layeron.ports.records import AlreadySettled, Begun, RecordStore
from layeron.records import InboundEvent, ReplayRecord
from tests.contract.records.examples import NOON, after, an_event, begin, failed, handle, succeeded


async def ask_for_replay(store: RecordStore, event: InboundEvent) -> InboundEvent:
    """Put a replay on record; the event as its workflow gets it."""
    replay = await store.add_replay(
        event.event_id, requested_by="ops", reason="bug fixed", at=after(100)
    )
    return replace(event, replay=replay.number, dedupe_key=None, dedupe_ttl_seconds=0)


async def test_a_replay_is_put_on_record_before_it_starts(store: RecordStore) -> None:
    event = await handle(store, an_event(key="k"), failed())
    replay = await store.add_replay(
        event.event_id, requested_by="ops\0", reason="bug \ud800 fixed", at=after(100)
    )
    assert replay == ReplayRecord(
        event_id=event.event_id,
        number=1,
        requested_at=after(100),
        requested_by="ops\0",
        reason="bug \ud800 fixed",
        workflow_id=f"{event.workflow_id}/replay/1",
        status="accepted",
    )
    record = await store.get_event(event.event_id)
    assert (record.replays, record.replay_count, record.status) == ([replay], 1, "retrying")


async def test_a_replay_carries_the_event_and_itself_along(store: RecordStore) -> None:
    event = await handle(store, an_event(key="k"), failed(status="dead_letter"))
    replay = await ask_for_replay(store, event)
    statuses: list[tuple[str, str]] = []

    async def note_statuses() -> None:
        record = await store.get_event(event.event_id)
        statuses.append((record.status, record.replays[0].status))

    assert await begin(store, replay, 1) == Begun()
    await note_statuses()
    await store.finish_attempt(replay, failed(1))
    await note_statuses()
    await begin(store, replay, 2)
    await store.finish_attempt(replay, succeeded(2))
    await note_statuses()
    assert statuses == [("processing",) * 2, ("retrying",) * 2, ("succeeded",) * 2]
    record = await store.get_event(event.event_id)
    assert [(each.replay, each.number) for each in record.attempts] == [(0, 1), (1, 1), (1, 2)]
    assert (record.attempt_count, record.dedupe_key) == (3, "k")


async def test_an_event_that_was_handled_is_handled_again_by_a_replay(store: RecordStore) -> None:
    event = await handle(store, an_event(), succeeded(response="first"))
    replay = await ask_for_replay(store, event)
    assert await begin(store, replay) == Begun()
    await store.finish_attempt(replay, succeeded(response="second"))
    assert await begin(store, replay) == AlreadySettled("succeeded", "second")
    assert await begin(store, event) == AlreadySettled("succeeded", "first")


async def test_a_replay_interrupts_only_attempts_of_its_own(store: RecordStore) -> None:
    event = an_event()
    await begin(store, event, 1)
    replay = await ask_for_replay(store, event)
    await begin(store, replay, 2, at=after(200))
    record = await store.get_event(event.event_id)
    assert {(each.replay, each.number): each.outcome for each in record.attempts} == {
        (0, 1): "running",
        (1, 1): "interrupted",
        (1, 2): "running",
    }


async def test_a_replay_out_of_attempts_says_so(store: RecordStore) -> None:
    event = await handle(store, an_event())
    replay = await ask_for_replay(store, event)
    await handle(store, replay, failed())
    await store.mark_exhausted(replay, status="dead_letter", error="gave up", at=after(200))
    record = await store.get_event(event.event_id)
    assert (record.status, record.replays[0].status) == ("dead_letter", "dead_letter")


async def test_a_replay_that_never_began_leaves_a_success_alone(store: RecordStore) -> None:
    event = await handle(store, an_event())
    replay = await ask_for_replay(store, event)
    await store.mark_exhausted(replay, status="dead_letter", error="gave up", at=after(200))
    record = await store.get_event(event.event_id)
    assert (record.status, record.replays[0].status) == ("succeeded", "dead_letter")


async def test_a_replay_that_could_not_be_started_failed(store: RecordStore) -> None:
    event = await handle(store, an_event())
    await ask_for_replay(store, event)
    await store.fail_replay(event.event_id, 1)
    record = await store.get_event(event.event_id)
    assert (record.status, record.replays[0].status) == ("succeeded", "failed")


async def test_a_replay_that_was_started_after_all_did_not_fail(store: RecordStore) -> None:
    event = await handle(store, an_event())
    await handle(store, await ask_for_replay(store, event))
    await store.fail_replay(event.event_id, 1)
    assert (await store.get_event(event.event_id)).replays[0].status == "succeeded"


async def test_replays_asked_for_at_once_have_numbers_of_their_own(store: RecordStore) -> None:
    event = await handle(store, an_event())
    replays = await asyncio.gather(
        *(
            store.add_replay(event.event_id, requested_by=f"op {n}", reason=None, at=NOON)
            for n in range(10)
        )
    )
    assert sorted(replay.number for replay in replays) == list(range(1, 11))
    record = await store.get_event(event.event_id)
    assert [replay.number for replay in record.replays] == list(range(1, 11))
    assert record.replay_count == 10


async def test_a_replay_of_a_repeat_is_one_of_the_first_event(store: RecordStore) -> None:
    event = await handle(store, an_event(key="k"))
    repeat = an_event(at=after(1), key="k")
    await begin(store, repeat)
    replay = await store.add_replay(repeat.event_id, requested_by="ops", reason=None, at=NOON)
    assert replay.event_id == event.event_id
    await store.fail_replay(repeat.event_id, replay.number)
    assert (await store.get_event(event.event_id)).replays[0].status == "failed"


async def test_an_event_nobody_knows_cannot_be_replayed(store: RecordStore) -> None:
    with pytest.raises(NotFoundError, match="no event whevt_x"):
        await store.add_replay("whevt_x", requested_by="ops", reason=None, at=NOON)
    await store.fail_replay("whevt_x", 1)


async def test_of_one_bulk_replay_an_event_has_one_replay(store: RecordStore) -> None:
    event = await handle(store, an_event(key="k"))
    repeat = an_event(at=after(1), key="k")
    await begin(store, repeat)

    async def ask(event_id: str, bulk_id: str | None, at: float) -> ReplayRecord:
        return await store.add_replay(
            event_id, requested_by="ops", reason=None, at=after(at), bulk_id=bulk_id
        )

    first = await ask(event.event_id, "whblk_1", 100)
    assert (first.number, first.bulk_id) == (1, "whblk_1")
    await store.fail_replay(event.event_id, 1)
    assert await ask(event.event_id, "whblk_1", 200) == replace(first, status="failed")
    assert await ask(repeat.event_id, "whblk_1", 200) == replace(first, status="failed")
    numbers = [(await ask(event.event_id, each, 300)).number for each in ("whblk_2", None, None)]
    assert numbers == [2, 3, 4]
    record = await store.get_event(event.event_id)
    assert record.replay_count == 4
    assert [each.bulk_id for each in record.replays] == ["whblk_1", "whblk_2", None, None]


async def test_asked_for_at_once_it_is_still_one(store: RecordStore, url: str) -> None:
    event = await handle(store, an_event())
    other = open_record_store(url)
    given = await asyncio.gather(
        *(
            each.add_replay(
                event.event_id,
                requested_by="ops",
                reason=None,
                at=after(n),
                bulk_id=f"whblk_{n % 2}",
            )
            for n, each in enumerate((store, store, other, other) * 4)
        )
    )
    await other.close()
    assert {(each.bulk_id, each.number) for each in given} in (
        {("whblk_0", 1), ("whblk_1", 2)},
        {("whblk_0", 2), ("whblk_1", 1)},
    )
    record = await store.get_event(event.event_id)
    assert (record.replay_count, len(record.replays)) == (2, 2)
