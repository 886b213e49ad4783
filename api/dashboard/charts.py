"""Events over time as a chart of bars: plain numbers for a template to draw."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from layeron.operating_records import Bucket
from layeron.records import EventStatus

GROUPS: Mapping[str, tuple[EventStatus, ...]] = {
    "succeeded": ("succeeded",),
    "failed": ("dead_letter", "failed"),
    "under way": ("accepted", "processing", "retrying"),
    "other": ("unhandled", "held", "rejected"),
}
_HEIGHT = 100


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of a bar; its place in units of the drawing."""

    group: str
    top: float
    height: float


@dataclass(frozen=True, slots=True)
class Bar:
    """The events received in one span of time.

    Attributes:
        counts: by group, only those that are not zero.
    """

    start: datetime
    end: datetime
    counts: dict[str, int]
    segments: list[Segment]


@dataclass(frozen=True, slots=True)
class Chart:
    """All bars, drawn to one scale.

    Attributes:
        most: events in the highest bar.
    """

    bars: list[Bar]
    most: int

    @classmethod
    def of(cls, buckets: Sequence[Bucket], length: timedelta) -> "Chart":
        """Draw the buckets."""
        most = max((sum(each.counts.values()) for each in buckets), default=0)
        return cls([_bar(each, length, most) for each in buckets], most)


def _bar(bucket: Bucket, length: timedelta, most: int) -> Bar:
    sums = {
        group: sum(bucket.counts.get(status, 0) for status in statuses)
        for group, statuses in GROUPS.items()
    }
    counts = {group: count for group, count in sums.items() if count}
    segments: list[Segment] = []
    top = float(_HEIGHT)
    for group, count in counts.items():
        height = _HEIGHT * count / most
        top -= height
        segments.append(Segment(group, round(top, 2), round(height, 2)))
    return Bar(bucket.start, bucket.start + length, counts, segments)
