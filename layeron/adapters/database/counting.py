"""How many events match a filter, as far as a bounded number of index entries tells."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, union_all
from sqlalchemy import select as core_select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from layeron.adapters.database.arms import Arm, Conditions, arms_of, bounds_of
from layeron.adapters.database.searching import arms_of_search
from layeron.adapters.database.tables import EventRow
from layeron.identity import received_at
from layeron.operating_records import Count
from layeron.records import EventFilter, EventStatus

# Where an index does not tell all, so many events are looked at.
_LOOKED_AT = 5_000

_FILTERED = (
    "id",
    "direction",
    "namespace",
    "webhook",
    "event_type",
    "external_event_key",
    "status",
    "user_id",
    "last_http_status",
)


def count(session: Session, *, where: EventFilter, most: int) -> Count:
    """See `Statistics.count`; where no index tells all, the total may be a lower bound as well."""
    bounds = bounds_of(where)
    if where.search:
        arms: Sequence[Arm] = arms_of_search(session, where, where.search, bounds)
    else:
        arms = arms_of(session, where)
    told = [arm.range for arm in arms if not arm.rest_on()]
    looked_at = [arm for arm in arms if arm.rest_on()]
    total = _count_entries(session, told, bounds, most + 1)
    is_all = True
    share = _LOOKED_AT // max(len(looked_at), 1)
    for arm in looked_at:
        if total > most:
            break
        matching, is_read = _look_at(session, arm, bounds, share)
        total, is_all = total + matching, is_all and is_read
    return Count(min(total, most), capped=total > most or not is_all)


def oldest(session: Session, *, statuses: Sequence[EventStatus]) -> datetime | None:
    """See `Statistics.oldest`; each status is one end of an index."""
    ends: list[str | None] = [
        session.exec(select(func.min(EventRow.id)).where(EventRow.status == each)).one()
        for each in statuses
    ]
    found = [each for each in ends if each is not None]
    return received_at(min(found)) if found else None


def _count_entries(
    session: Session, ranges: Sequence[Conditions], bounds: Conditions, most: int
) -> int:
    """How many events are in ranges of indexes; counting stops at a number."""
    if not ranges:
        return 0
    ends = [select(EventRow.id).where(*each, *bounds).limit(most) for each in ranges]
    entries = union_all(*(select(end.subquery().c.id) for end in ends)).limit(most).subquery()
    return session.exec(select(func.count()).select_from(entries)).one()


def _look_at(session: Session, arm: Arm, bounds: Conditions, most: int) -> tuple[int, bool]:
    """How many of the events of an arm's range fulfil the rest, and whether these were all."""
    columns = [col(getattr(EventRow, name)) for name in _FILTERED]
    inner = core_select(*columns).where(*arm.range, *bounds).limit(most + 1).subquery()
    entries = aliased(EventRow, inner)
    fulfils = arm.rest_on(entries)
    statement = select(func.count(), func.count().filter(*fulfils)).select_from(entries)
    found, matching = session.exec(statement).one()
    return matching, found <= most
