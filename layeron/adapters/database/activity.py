"""What happened lately: how many events, of which status, and how long they took."""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from statistics import quantiles

from sqlalchemy import ColumnElement, Integer, case, func, literal_column
from sqlalchemy import select as core_select
from sqlmodel import Session, col, select

from layeron.adapters.database.arms import Conditions, bounds_of
from layeron.adapters.database.parts import in_parts
from layeron.adapters.database.sending_tables import DeliveryAttemptRow
from layeron.adapters.database.tables import AttemptRow, EventRow
from layeron.identity import event_id_floor, received_at
from layeron.operating_records import Activity, Bucket
from layeron.records import EventFilter, EventStatus

# So many of the newest successes tell how long events take.
_SAMPLE = 500


def activity(
    session: Session, *, since: datetime, until: datetime, bucket: timedelta, most: int
) -> Activity:
    """See `Statistics.activity`; the first bucket begins where the span of time does."""
    starts = [since + n * bucket for n in range(-((since - until) // bucket))]
    if not starts:
        return Activity(since, [], {}, {})
    bounds = bounds_of(EventFilter(since=since, until=until))
    newest_first = select(EventRow.id).where(*bounds).order_by(col(EventRow.id).desc())
    oldest, *more = session.exec(newest_first.offset(most - 1).limit(2)).all() or [""]
    if more:
        bounds = [*bounds_of(EventFilter(until=until)), col(EventRow.id) >= oldest]
        since = max(since, received_at(oldest))
        starts = starts[bisect_right(starts, since) - 1 :]
    buckets = [Counter[EventStatus]() for _ in starts]
    webhooks = defaultdict[str, Counter[EventStatus]](Counter)
    total = Counter[EventStatus]()
    for number, namespace, webhook, status, count in _counts(session, starts, bounds):
        for counts in (buckets[number], webhooks[f"{namespace}/{webhook}"], total):
            counts[status] += count
    p50, p99 = _percentiles(_seconds(session, _newest_successes(session, bounds)))
    return Activity(
        since=since,
        buckets=[
            Bucket(start, dict(counts)) for start, counts in zip(starts, buckets, strict=True)
        ],
        counts=dict(total),
        webhooks={name: dict(counts) for name, counts in webhooks.items()},
        seconds_p50=p50,
        seconds_p99=p99,
    )


def _counts(
    session: Session, starts: Sequence[datetime], bounds: Conditions
) -> Sequence[tuple[int, str, str, EventStatus, int]]:
    """How many events there are, by number of the bucket, webhook and status."""
    number = _number([event_id_floor(start) for start in starts])
    events = (
        core_select(
            number.label("number"),
            col(EventRow.namespace),
            col(EventRow.webhook),
            col(EventRow.status),
        )
        .where(*bounds)
        .subquery()
    )
    found = events.c
    grouped = core_select(
        found.number, found.namespace, found.webhook, found.status, func.count()
    ).group_by(*found)
    return [
        (number, namespace, webhook, status, count)
        for number, namespace, webhook, status, count in session.connection().execute(grouped)
    ]


def _number(floors: Sequence[str], first: int = 0) -> ColumnElement[int]:
    """The number of an event's bucket, found by halves: it takes a few comparisons."""
    half = len(floors) // 2
    if not half:
        return literal_column(str(first), Integer)
    earlier, later = _number(floors[:half], first), _number(floors[half:], first + half)
    return case((col(EventRow.id) < floors[half], earlier), else_=later)


def _newest_successes(session: Session, bounds: Conditions) -> Sequence[str]:
    statement = select(EventRow.id).where(EventRow.status == "succeeded", *bounds)
    return session.exec(statement.order_by(col(EventRow.id).desc()).limit(_SAMPLE)).all()


def _seconds(session: Session, event_ids: Sequence[str]) -> list[float]:
    """How long events took from their reception until they were first handled or delivered."""
    taken: list[float] = []
    for attempts in (AttemptRow, DeliveryAttemptRow):
        for part in in_parts(event_ids):
            statement = (
                select(EventRow.received_at, func.min(col(attempts.ended_at)))
                .join(attempts, col(attempts.event_id) == col(EventRow.id))
                .where(col(EventRow.id).in_(part), attempts.outcome == "succeeded")
                .group_by(col(EventRow.id))
            )
            if attempts is DeliveryAttemptRow:
                statement = statement.group_by(col(DeliveryAttemptRow.endpoint_id))
            taken += [
                (end - start).total_seconds()
                for start, end in session.exec(statement)
                if end is not None
            ]
    return taken


def _percentiles(values: Sequence[float]) -> tuple[float | None, float | None]:
    """The 50th and the 99th."""
    if not values:
        return None, None
    if len(values) == 1:
        return values[0], values[0]
    percentiles = quantiles(values, n=100, method="inclusive")
    return percentiles[49], percentiles[98]
