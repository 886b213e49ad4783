"""Reads what gauges show: how much waits, and for how long."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from layeron.errors import UnavailableError
from layeron.ports import metrics as the
from layeron.ports.metrics import Metric
from layeron.ports.toolbox import Toolbox
from layeron.records import EventStatus

_LIMIT_SECONDS = 3
_LATEST_BULK_REPLAYS = 50
_OPEN: Sequence[EventStatus] = ("accepted", "processing", "retrying")


@dataclass(frozen=True, slots=True)
class Reading:
    """One value of a gauge, with its labels in the order in which the metric names them."""

    metric: Metric
    value: float
    labels: tuple[str, ...] = ()


Source = Callable[[], Awaitable[Sequence[Reading]]]


async def read_gauges(tools: Toolbox) -> Sequence[Reading]:
    """Ask every part at once, each within a limit; of one that does not answer nothing is told."""
    sources: dict[str, Source] = {
        "engine": lambda: _backlog(tools),
        "inbox": lambda: _inbox(tools),
        "records": lambda: _oldest(tools),
        "bulk_replays": lambda: _bulk_replays(tools),
    }
    answers = await asyncio.gather(*map(_ask, sources.values()))
    readings: list[Reading] = []
    for source, answer in zip(sources, answers, strict=True):
        readings.append(Reading(the.SOURCE_UP, float(answer is not None), (source,)))
        readings += answer or []
    return readings


async def _ask(source: Source) -> Sequence[Reading] | None:
    try:
        async with asyncio.timeout(_LIMIT_SECONDS):
            return await source()
    except (UnavailableError, TimeoutError):
        return None


async def _backlog(tools: Toolbox) -> Sequence[Reading]:
    found = await tools.engine.backlog()
    return [
        reading
        for each in found
        for reading in (
            Reading(the.BACKLOG_TASKS, each.waiting, (each.work,)),
            Reading(the.BACKLOG_OLDEST, each.oldest_seconds, (each.work,)),
        )
    ]


async def _inbox(tools: Toolbox) -> Sequence[Reading]:
    waiting = await tools.inbox.waiting()
    return [
        Reading(the.INBOX_EVENTS, waiting.events),
        Reading(the.INBOX_BYTES, waiting.size),
        Reading(the.INBOX_OLDEST, waiting.oldest_seconds),
    ]


async def _oldest(tools: Toolbox) -> Sequence[Reading]:
    oldest = await tools.statistics.oldest(_OPEN)
    age = (datetime.now(UTC) - oldest).total_seconds() if oldest else 0
    return [Reading(the.UNHANDLED_OLDEST, max(age, 0))]


async def _bulk_replays(tools: Toolbox) -> Sequence[Reading]:
    page = await tools.bulk_replays.list(limit=_LATEST_BULK_REPLAYS)
    going_on = [each for each in page.bulk_replays if each.status in {"running", "paused"}]
    by_status = Counter(each.status for each in going_on)
    progress = {
        "total": sum(each.total for each in going_on),
        "examined": sum(each.examined for each in going_on),
        "replayed": sum(each.replayed for each in going_on),
        "skipped": sum(each.skipped for each in going_on),
    }
    return [
        *(Reading(the.BULK_REPLAYS, by_status[each], (each,)) for each in ("running", "paused")),
        *(Reading(the.BULK_EVENTS, value, (name,)) for name, value in progress.items()),
    ]
