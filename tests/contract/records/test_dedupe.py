"""Dedupe keys: who holds one, for how long, and what becomes of the repeats."""

import asyncio
from dataclasses import replace

from layeron.adapters.database import open_record_store
from layeron.ports.records import Begun, DuplicateOf, RecordStore
from layeron.records import BodyReference, EventFilter
from tests.contract.records.examples import DAY, NOON, after, an_event, begin, handle, succeeded

OTHER_BYTES = BodyReference("other", 3, "cd" * 32)


async def test_a_repeat_is_counted_on_the_first_event(store: RecordStore) -> None:
    first = await handle(store, an_event(key="k"))
    repeat = an_event(at=after(60), key="k")
    assert await begin(store, repeat) == DuplicateOf(first.event_id)
    record = await store.get_event(first.event_id)
    assert (record.duplicates, record.conflicts) == (1, 0)
    assert len(record.attempts) == 1


async def test_a_repeat_with_other_bytes_is_a_conflict(store: RecordStore) -> None:
    first = await handle(store, an_event(key="k"))
    await begin(store, an_event(at=after(60), key="k", body=OTHER_BYTES))
    record = await store.get_event(first.event_id)
    assert (record.duplicates, record.conflicts) == (1, 1)


async def test_the_id_of_a_repeat_leads_to_the_first_event(store: RecordStore) -> None:
    first = await handle(store, an_event(key="k"))
    repeat = an_event(at=after(60), key="k")
    await begin(store, repeat)
    assert (await store.get_event(repeat.event_id)).id == first.event_id
    assert [each.id for each in (await store.list_events(EventFilter(), limit=9)).events] == [
        first.event_id
    ]


async def test_a_repeat_begun_again_is_counted_once(store: RecordStore) -> None:
    first = await handle(store, an_event(key="k"))
    repeat = an_event(at=after(60), key="k")
    results = [await begin(store, repeat, number) for number in (1, 1, 2)]
    assert results == [DuplicateOf(first.event_id)] * 3
    assert (await store.get_event(first.event_id)).duplicates == 1


async def test_a_repeat_out_of_attempts_leaves_the_first_event_alone(store: RecordStore) -> None:
    first = await handle(store, an_event(key="k"))
    repeat = an_event(at=after(60), key="k")
    await begin(store, repeat)
    before = await store.get_event(first.event_id)
    await store.mark_exhausted(repeat, status="dead_letter", error="e", at=after(70))
    assert await store.get_event(first.event_id) == before


async def test_of_two_events_that_begin_at_once_one_is_the_first(
    store: RecordStore, url: str
) -> None:
    another_process = open_record_store(url)
    for round_ in range(20):
        events = [an_event(at=after(n), key=f"k{round_}") for n in range(4)]
        stores = [store, another_process] * 2
        results = await asyncio.gather(*map(begin, stores, events))
        (first,) = [
            event for event, result in zip(events, results, strict=True) if result == Begun()
        ]
        assert sorted(map(str, results)) == sorted(
            [str(Begun())] + [str(DuplicateOf(first.event_id))] * 3
        )
        assert (await store.get_event(first.event_id)).duplicates == 3
    await another_process.close()


async def test_a_key_is_free_again_when_its_window_is_over(store: RecordStore) -> None:
    await handle(store, an_event(key="k"))
    at_the_end = an_event(at=after(DAY), key="k")
    assert await begin(store, at_the_end) == Begun()
    repeat = an_event(at=after(DAY + 60), key="k")
    assert await begin(store, repeat) == DuplicateOf(at_the_end.event_id)


async def test_a_key_is_held_until_the_end_of_its_window(store: RecordStore) -> None:
    first = await handle(store, an_event(key="k"))
    assert await begin(store, an_event(at=after(DAY - 1), key="k")) == DuplicateOf(first.event_id)


async def test_repeats_do_not_prolong_the_window(store: RecordStore) -> None:
    await handle(store, an_event(key="k"))
    await begin(store, an_event(at=after(DAY - 1), key="k"))
    assert await begin(store, an_event(at=after(DAY + 1), key="k")) == Begun()


async def test_a_late_handling_does_not_prolong_the_window(store: RecordStore) -> None:
    await begin(store, an_event(key="k"), at=after(DAY))
    assert await begin(store, an_event(at=after(DAY + 1), key="k")) == Begun()


async def test_a_window_may_be_longer_than_time(store: RecordStore) -> None:
    first = await handle(store, an_event(key="k"))
    for_ever = an_event(at=after(99 * DAY), key="k", dedupe_ttl_seconds=999_999_999 * DAY)
    assert await begin(store, for_ever) == DuplicateOf(first.event_id)


async def test_an_event_handled_after_a_later_one_of_its_window_is_the_repeat(
    store: RecordStore,
) -> None:
    later = await handle(store, an_event(at=after(60), key="k"))
    assert await begin(store, an_event(key="k")) == DuplicateOf(later.event_id)


async def test_an_event_handled_after_one_of_a_later_window_is_not_lost(
    store: RecordStore,
) -> None:
    later = await handle(store, an_event(at=after(DAY), key="k"))
    assert await begin(store, an_event(key="k")) == Begun()
    assert await begin(store, an_event(at=after(DAY + 1), key="k")) == DuplicateOf(later.event_id)


async def test_an_event_without_a_key_repeats_nothing(store: RecordStore) -> None:
    await handle(store, an_event(key=None))
    assert await begin(store, an_event(at=after(1), key=None)) == Begun()


async def test_keys_of_other_webhooks_and_namespaces_are_other_keys(store: RecordStore) -> None:
    await handle(store, an_event(key="k"))
    assert await begin(store, an_event(key="k", webhook="github")) == Begun()
    assert await begin(store, an_event(key="k", namespace="billing")) == Begun()


async def test_long_and_strange_keys_are_told_apart(store: RecordStore) -> None:
    keys = ["k" * 10_000, "k" * 9_999, "a\0", "a", "\ud800", "\\ud800", "😀", ""]
    for key in keys:
        assert await begin(store, an_event(key=key)) == Begun()
    for key in keys:
        assert isinstance(await begin(store, an_event(at=after(1), key=key)), DuplicateOf)


async def test_a_live_key_is_found(store: RecordStore) -> None:
    first = await handle(store, an_event(key="k\0\ud800"))

    async def holder(webhook: str, at: float) -> str | None:
        return await store.find_live_key(
            "default", webhook, "k\0\ud800", ttl_seconds=DAY, at=after(at)
        )

    assert await holder("stripe", DAY - 1) == first.event_id
    assert await holder("stripe", DAY) is None
    assert await holder("github", 1) is None


async def test_duplicates_are_counted_before_the_record_exists(store: RecordStore) -> None:
    event = an_event(key="k")
    await store.count_duplicate(event.event_id, conflict=False, at=NOON)
    await store.count_duplicate(event.event_id, conflict=True, at=NOON)
    await begin(store, event)
    record = await store.get_event(event.event_id)
    assert (record.duplicates, record.conflicts) == (2, 1)
    (listed,) = (await store.list_events(EventFilter(), limit=1)).events
    assert (listed.duplicates, listed.conflicts) == (2, 1)


async def test_duplicates_counted_at_once_are_all_counted(store: RecordStore) -> None:
    event = await handle(store, an_event())
    await asyncio.gather(
        *(
            store.count_duplicate(event.event_id, conflict=n % 2 == 0, at=after(n))
            for n in range(40)
        )
    )
    record = await store.get_event(event.event_id)
    assert (record.duplicates, record.conflicts) == (40, 20)


async def test_duplicates_of_a_repeat_count_for_the_first_event(store: RecordStore) -> None:
    first = await handle(store, an_event(key="k"))
    repeat = an_event(at=after(60), key="k")
    await store.count_duplicate(repeat.event_id, conflict=True, at=after(61))
    await begin(store, repeat)
    await store.count_duplicate(repeat.event_id, conflict=False, at=after(62))
    record = await store.get_event(first.event_id)
    assert (record.duplicates, record.conflicts) == (3, 1)


async def test_a_replay_is_no_repeat(store: RecordStore) -> None:
    first = await handle(store, an_event(key="k"))
    assert await begin(store, replace(first, replay=1)) == Begun()


async def test_an_attempt_finished_without_a_record_holds_its_key(store: RecordStore) -> None:
    event = an_event(key="k")
    await store.finish_attempt(event, succeeded())
    assert await begin(store, an_event(at=after(1), key="k")) == DuplicateOf(event.event_id)
