"""Events that wait for the engine, on both databases."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import pytest
from sqlmodel import Session

from layeron.adapters.database import Database, inbox_store, open_database
from layeron.adapters.database.engine import open_engine
from layeron.adapters.database.inbox import settle
from layeron.errors import DatabaseUnavailableError
from layeron.outbound.records import OutboundEvent
from layeron.ports.engine import Duplicate
from layeron.ports.inbox import Inbox, Pending, Settled, Waiting
from layeron.records import InboundEvent
from tests.contract.deliveries import examples as sent
from tests.contract.records.examples import DAY, NOON, after, an_event, handle

STRANGE = [("X-Odd", 'a\\"\0\ud800é'), ("X-Twice", "1"), ("X-Twice", "2")]
LATER = after(60)


async def keep(inbox: Inbox, *events: InboundEvent | OutboundEvent) -> None:
    for each in events:
        assert await inbox.add(each, b"body of " + each.event_id.encode()) is None


async def claimed(inbox: Inbox, owner: str = "a", *, limit: int = 100, at: float = 0) -> list[str]:
    """The ids of the events that an owner gets in a hundred years, for a minute."""
    return ids_of(await claim(inbox, owner, limit=limit, at=at))


async def claim(
    inbox: Inbox, owner: str = "a", *, limit: int = 100, at: float = 0
) -> Sequence[Pending]:
    moment = after(100 * 365 * DAY + at)
    return await inbox.claim(owner, limit=limit, at=moment, until=moment + timedelta(minutes=1))


def ids_of(pending: Sequence[Pending]) -> list[str]:
    return [each.event.event_id for each in pending]


@pytest.mark.parametrize(
    "event",
    [
        an_event(key="1", headers=STRANGE, external_event_id="\ud800\0", url="/ü?\\"),
        an_event(key=None, child_workflow="Fulfil", wants_answer=True, dedupe_ttl_seconds=1e12),
        sent.an_event(sent.A, sent.B, headers=STRANGE, lanes=[sent.A.id], user_id="7"),
    ],
)
@pytest.mark.parametrize("body", [b"", b"\0\xff" * 500, None])
async def test_what_waits_comes_out_as_it_went_in(
    database: Database, event: InboundEvent | OutboundEvent, body: bytes | None
) -> None:
    assert await database.inbox.add(event, body) is None
    found = await database.inbox.find(event.event_id)
    assert found is not None
    assert (found.event, found.body, found.refusals) == (event, body, 0)
    assert await claim(database.inbox) == [found]


@pytest.mark.parametrize("event_id", ["", "whevt_01M87HX43ACC2282GBSNFBF3Q6", "\0", "\ud800"])
async def test_what_does_not_wait_is_not_found(database: Database, event_id: str) -> None:
    await keep(database.inbox, an_event(key="1"))
    assert await database.inbox.find(event_id) is None


async def test_a_repeat_inside_the_window_is_told_of_the_first(database: Database) -> None:
    first = an_event(key="1")
    await keep(database.inbox, first)
    told = Duplicate(first.event_id, first.workflow_id, first.body.sha256)
    for seconds in (0, 1, DAY - 1, 1 - DAY):
        repeat = an_event(key="1", at=after(seconds))
        assert await database.inbox.find_first(repeat) == told
        assert await database.inbox.add(repeat, b"") == told
    assert await claimed(database.inbox) == [first.event_id]


async def test_past_the_window_a_key_waits_again(database: Database) -> None:
    first, second = an_event(key="1"), an_event(key="1", at=after(DAY + 1))
    await keep(database.inbox, first)
    assert await database.inbox.find_first(second) is None
    await keep(database.inbox, second)
    of_second = await database.inbox.add(an_event(key="1", at=after(2 * DAY)), None)
    assert of_second is not None
    assert of_second.event_id == second.event_id
    assert await claimed(database.inbox) == [first.event_id, second.event_id]


async def test_what_is_sent_twice_under_a_key_is_told_of_the_first_for_ever(
    database: Database,
) -> None:
    first = sent.an_event(sent.A, key="k", content_sha256="cd" * 32)
    await keep(database.inbox, first)
    repeat = sent.an_event(sent.A, key="k", at=after(1_000 * DAY))
    assert await database.inbox.add(repeat, b"") == Duplicate(
        first.event_id, first.workflow_id, "cd" * 32
    )


async def test_the_same_event_again_is_one(database: Database) -> None:
    event = an_event(key="1")
    await keep(database.inbox, event, event)
    assert await database.inbox.find_first(event) is None
    assert await claimed(database.inbox) == [event.event_id]


async def test_of_many_with_one_key_at_once_one_waits(database: Database) -> None:
    crowd = [an_event(key="1", at=after(n)) for n in range(20)]
    told = await asyncio.gather(*(database.inbox.add(each, b"") for each in crowd))
    (first,) = (each for each, first in zip(crowd, told, strict=True) if first is None)
    assert {each.event_id for each in told if each is not None} == {first.event_id}
    assert await claimed(database.inbox) == [first.event_id]


async def test_the_oldest_are_claimed_first_whatever_their_ids(database: Database) -> None:
    events = [an_event(key=str(n)) for n in range(30)]
    await keep(database.inbox, *events)
    ids = [each.event_id for each in events]
    assert await claimed(database.inbox, limit=10) == ids[:10]
    assert await claimed(database.inbox, limit=12) == ids[:12]


async def test_while_one_owner_has_some_no_other_gets_any(database: Database) -> None:
    await keep(database.inbox, *(an_event(key=str(n)) for n in range(4)))
    first = await claimed(database.inbox, "a", limit=2)
    assert await claimed(database.inbox, "b", at=59) == []
    assert (await claimed(database.inbox, "b", at=60))[:2] == first
    assert await claimed(database.inbox, "a", at=61) == []


async def test_of_owners_that_claim_at_once_one_gets_all(database: Database, url: str) -> None:
    await keep(database.inbox, *(an_event(key=str(n)) for n in range(20)))
    other = open_database(url)
    inboxes = [database.inbox, other.inbox] * 5
    claims = await asyncio.gather(
        *(claimed(each, f"owner {n}", limit=10) for n, each in enumerate(inboxes))
    )
    await other.close()
    assert sorted(len(each) for each in claims) == [0] * 9 + [10]


async def test_what_is_let_go_is_free_at_once(database: Database) -> None:
    await keep(database.inbox, *(an_event(key=str(n)) for n in range(3)))
    ids = await claimed(database.inbox, "a")
    await database.inbox.release("b", at=LATER)
    assert await claimed(database.inbox, "b") == []
    await database.inbox.release("a", at=LATER)
    assert await claimed(database.inbox, "b") == ids


async def test_what_is_postponed_lets_others_go_first(database: Database) -> None:
    await keep(database.inbox, *(an_event(key=str(n)) for n in range(3)))
    first, *others = await claim(database.inbox, "a")
    hundred_years = after(100 * 365 * DAY + 30)
    await database.inbox.postpone([first.number], until=hundred_years)
    await database.inbox.release("a", at=NOON)
    assert await claimed(database.inbox, "b") == ids_of(others)
    again, *_ = await claim(database.inbox, "b", at=30)
    assert (again.event, again.refusals) == (first.event, 1)


async def test_none_for_queues_overtakes_one_that_is_postponed_but_others_do(
    database: Database,
) -> None:
    inbox = database.inbox
    first, second = (sent.an_event(sent.A, lanes=[sent.A.id], key=key) for key in "ab")
    other, not_queued = an_event(key="1"), sent.an_event(sent.A, key="c")
    await keep(inbox, first, second, other, not_queued)
    free = [each.event_id for each in (other, not_queued)]
    for seconds in range(9):
        refused = (await claim(inbox, "a", at=seconds))[0]
        assert (refused.event, refused.refusals) == (first, seconds)
        await inbox.postpone([refused.number], until=after(100 * 365 * DAY + seconds + 1))
        await inbox.release("a", at=NOON)
        assert await claimed(inbox, "b", at=seconds) == free
        await inbox.release("b", at=NOON)
    due = await claimed(inbox, "a", at=9)
    assert due == [each.event_id for each in (first, second, other, not_queued)]


async def test_one_for_queues_that_the_engine_never_takes_holds_up_others_for_a_while(
    database: Database,
) -> None:
    inbox = database.inbox
    never, well = (sent.an_event(sent.A, lanes=[sent.A.id], key=key) for key in "ab")
    await keep(inbox, never, well)
    refused, _ = await claim(inbox, "a")
    for _ in range(11):
        await inbox.postpone([refused.number], until=after(100 * 365 * DAY + 60))
    await inbox.release("a", at=NOON)
    assert await claimed(inbox, "a") == [well.event_id]


async def test_it_is_known_whether_something_waits_for_a_user(database: Database) -> None:
    inbox = database.inbox
    theirs, nobodys = sent.an_event(sent.A), sent.an_event(sent.A, key="2", user_id=None)
    await keep(inbox, theirs, nobodys, an_event(key="1"))
    assert await inbox.waits_for("7", before=after(1))
    assert not await inbox.waits_for("7", before=NOON)
    assert not await inbox.waits_for("8", before=after(1))
    await inbox.settle([Settled((await claim(inbox))[0])], at=LATER)
    assert not await inbox.waits_for("7", before=after(1))


async def test_who_was_too_slow_may_say_what_it_started_while_another_takes_over(
    database: Database, url: str
) -> None:
    await keep(database.inbox, *(an_event(key=str(n)) for n in range(3)))
    first, second, third = await claim(database.inbox, "slow")
    engine = open_engine(url).execution_options(writes=True)
    with Session(engine) as session:
        settle(session, settled=[Settled(first), Settled(third)], at=LATER)
        session.flush()
        taking_over = asyncio.create_task(claimed(database.inbox, "b", at=60))
        await asyncio.sleep(0.2)  # it waits for the other transaction
        session.commit()
    engine.dispose()
    assert await taking_over == [second.event.event_id]


async def test_what_was_started_is_removed(database: Database) -> None:
    await keep(database.inbox, *(an_event(key=str(n)) for n in range(3)))
    first, second, third = await claim(database.inbox)
    await database.inbox.settle([Settled(first), Settled(third)], at=LATER)
    assert await database.inbox.find(first.event.event_id) is None
    assert await claimed(database.inbox) == [second.event.event_id]


async def test_what_turns_out_a_repeat_leads_to_the_first_and_is_counted_once(
    database: Database,
) -> None:
    first = await handle(database.records, an_event(key="1"))
    repeat, conflict = an_event(key="2", at=after(1)), an_event(key="3", at=after(2))
    await keep(database.inbox, repeat, conflict)
    told = Duplicate(first.event_id, first.workflow_id, first.body.sha256)
    other = Duplicate(first.event_id, first.workflow_id, "00" * 32)
    # Somebody who repeated the repeat was told its id.
    await database.records.count_duplicate(repeat.event_id, conflict=False, at=after(3))
    one, two = await claim(database.inbox)
    for _ in range(2):
        await database.inbox.settle([Settled(one, told), Settled(two, other)], at=LATER)
    for each in (first, repeat, conflict):
        record = await database.records.get_event(each.event_id)
        assert (record.id, record.duplicates, record.conflicts) == (first.event_id, 3, 1)
    assert await database.inbox.waiting() == Waiting()


async def test_a_repeat_of_a_repeat_leads_to_the_first(database: Database) -> None:
    first = await handle(database.records, an_event(key="1"))
    second, third = an_event(key="2"), an_event(key="3")
    await keep(database.inbox, second, third)
    one, two = await claim(database.inbox)
    # What the third repeats is itself found to be a repeat only afterwards.
    of_second = Duplicate(second.event_id, second.workflow_id, None)
    await database.inbox.settle([Settled(two, of_second)], at=LATER)
    of_first = Duplicate(first.event_id, first.workflow_id, None)
    await database.inbox.settle([Settled(one, of_first)], at=LATER)
    for each in (second, third):
        record = await database.records.get_event(each.event_id)
        assert (record.id, record.duplicates) == (first.event_id, 2)


async def test_nobody_waits_for_long_behind_others_who_wait_for_a_slow_database(
    database: Database, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox_store, "DEADLINE_SECONDS", 0.2)
    engine = open_engine(url).execution_options(writes=True)
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.exec_driver_sql("LOCK TABLE inbox")
        crowd = [database.inbox.add(an_event(key=str(n)), b"") for n in range(70)]
        async with asyncio.timeout(2):  # less than a transaction is given
            told = await asyncio.gather(*crowd, return_exceptions=True)
    engine.dispose()
    assert {type(each) for each in told} == {DatabaseUnavailableError}
    await keep(database.inbox, an_event(key="later"))


async def test_how_much_waits_and_how_long_is_told(database: Database) -> None:
    assert await database.inbox.waiting() == Waiting(0, 0, 0.0)
    await keep(database.inbox, an_event(key="1"))
    alone = await database.inbox.waiting()
    await keep(database.inbox, an_event(key="2", at=after(-DAY)))
    both = await database.inbox.waiting()
    assert (alone.events, both.events) == (1, 2)
    assert both.size > alone.size > 500
    assert both.oldest_seconds - alone.oldest_seconds == pytest.approx(DAY, abs=60)
