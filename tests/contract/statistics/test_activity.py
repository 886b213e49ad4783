"""What happened lately."""

from datetime import timedelta

from layeron.adapters.database import Database
from layeron.operating_records import Activity, Bucket
from tests.contract.deliveries import examples as sent
from tests.contract.records.examples import NOON, after, an_event, begin, failed, handle, succeeded

MINUTE = timedelta(minutes=1)


async def lately(database: Database, *, most: int = 100, minutes: int = 3) -> Activity:
    return await database.statistics.activity(
        since=NOON, until=NOON + minutes * MINUTE, bucket=MINUTE, most=most
    )


async def test_events_are_counted_by_the_time_they_were_received(database: Database) -> None:
    await handle(database.records, an_event(at=after(-1)))
    await handle(database.records, an_event(at=after(0)))
    await handle(database.records, an_event(at=after(59)))
    await handle(database.records, an_event(at=after(61)), failed(status="dead_letter"))
    await begin(database.records, an_event(at=after(62), namespace="billing"))
    await handle(database.records, an_event(at=after(300)))
    found = await lately(database)
    assert found.since == NOON
    assert found.buckets == [
        Bucket(NOON, {"succeeded": 2}),
        Bucket(after(60), {"dead_letter": 1, "processing": 1}),
        Bucket(after(120)),
    ]
    assert found.counts == {"succeeded": 2, "dead_letter": 1, "processing": 1}
    assert found.webhooks == {
        "default/stripe": {"succeeded": 2, "dead_letter": 1},
        "billing/stripe": {"processing": 1},
    }


async def test_a_last_bucket_may_be_shorter(database: Database) -> None:
    await handle(database.records, an_event(at=after(65)))
    found = await database.statistics.activity(since=NOON, until=after(70), bucket=MINUTE, most=10)
    assert found.buckets == [Bucket(NOON), Bucket(after(60), {"succeeded": 1})]


async def test_of_too_many_events_the_newest_tell(database: Database) -> None:
    for n in range(6):
        await handle(database.records, an_event(at=after(30 * n)))
    found = await lately(database, most=3)
    assert abs(found.since - after(90)) < timedelta(milliseconds=1)
    assert found.buckets == [
        Bucket(after(60), {"succeeded": 1}),
        Bucket(after(120), {"succeeded": 2}),
    ]
    assert found.counts == {"succeeded": 3}
    assert (await lately(database, most=6)).since == NOON


async def test_events_take_until_the_attempt_that_succeeded_first(database: Database) -> None:
    for seconds in (2, 4, 9):
        event = an_event()
        await handle(database.records, event, failed(1))
        await handle(database.records, event, succeeded(2, ended_at=after(seconds)))
    event = an_event()
    await handle(database.records, event, failed(1, ended_at=after(50), status="dead_letter"))
    assert (await lately(database)).seconds_p50 == 4
    assert 8.8 < ((await lately(database)).seconds_p99 or 0) <= 9


async def test_each_delivery_counts_with_its_first_success(database: Database) -> None:
    event = sent.an_event(sent.A, sent.B)
    await sent.begin(database, event, [sent.A, sent.B])
    await database.deliveries.finish(
        event, [sent.took(sent.A, ended_at=after(2)), sent.took(sent.B, ended_at=after(6))]
    )
    assert (await lately(database)).seconds_p50 == 4


async def test_one_event_is_both_percentiles(database: Database) -> None:
    await handle(database.records, an_event(), succeeded(ended_at=after(3)))
    found = await lately(database)
    assert (found.seconds_p50, found.seconds_p99) == (3, 3)


async def test_where_nothing_happened_nothing_is_told(database: Database) -> None:
    buckets = [Bucket(NOON), Bucket(after(60)), Bucket(after(120))]
    assert await lately(database) == Activity(NOON, buckets, {}, {})
    assert await lately(database, minutes=0) == Activity(NOON, [], {}, {})
