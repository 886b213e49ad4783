"""What happened lately: how many events, of which status, and how long they took."""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from statistics import quantiles

from sqlalchemy import func
from sqlalchemy.orm import Mapped
from sqlmodel import Session, col, select

from layeron.adapters.database.arms import bounds_of
from layeron.adapters.database.parts import in_parts
from layeron.adapters.database.sending_tables import DeliveryAttemptRow
from layeron.adapters.database.tables import AttemptRow, EventRow
from layeron.identity import event_id_floor, received_at
from layeron.records import Activity, Bucket, EventFilter, EventStatus

# So many of the newest successes tell how long events take.
_SAMPLE = 500

_STATUS: Mapped[EventStatus] = col(EventRow.status)


def activity(
    session: Session, *, since: datetime, until: datetime, bucket: timedelta, most: int
) -> Activity:
    """See `Statistics.activity`; the first bucket begins where the span of time does."""
    statement = (
        select(EventRow.id, _STATUS, EventRow.namespace, EventRow.webhook)
        .where(*bounds_of(EventFilter(since=since, until=until)))
        .order_by(col(EventRow.id).desc())
        .limit(most + 1)
    )
    rows = session.exec(statement).all()
    starts = [since + n * bucket for n in range(-((since - until) // bucket))]
    if len(rows) > most:
        rows = rows[:most]
        since = max(since, received_at(rows[-1][0]))
        starts = starts[bisect_right(starts, since) - 1 :]
    floors = [event_id_floor(start) for start in starts]
    buckets = [Counter[EventStatus]() for _ in starts]
    webhooks = defaultdict[str, Counter[EventStatus]](Counter)
    total = Counter[EventStatus]()
    for event_id, status, namespace, webhook in rows:
        buckets[bisect_right(floors, event_id) - 1][status] += 1
        webhooks[f"{namespace}/{webhook}"][status] += 1
        total[status] += 1
    succeeded = [event_id for event_id, status, *_ in rows if status == "succeeded"]
    p50, p99 = _percentiles(_seconds(session, succeeded[:_SAMPLE]))
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
