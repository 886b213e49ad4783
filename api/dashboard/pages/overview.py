"""The overview: what happened lately, how much waits, and what failed newest."""

import asyncio
from datetime import UTC, datetime, timedelta

from starlette.responses import Response
from starlette.routing import BaseRoute

from api.backlog import known_backlog
from api.dashboard.charts import GROUPS, Chart
from api.dashboard.door import Door
from api.dashboard.site import Site
from api.dashboard.trying import first_event
from api.dashboard.visit import Visit
from layeron.operating_records import Activity
from layeron.records import EventFilter

_SPANS: dict[str, tuple[str, timedelta, timedelta]] = {
    "hour": ("Last hour", timedelta(hours=1), timedelta(minutes=1)),
    "day": ("Last 24 hours", timedelta(hours=24), timedelta(minutes=30)),
    "week": ("Last 7 days", timedelta(days=7), timedelta(hours=4)),
}
_MOST_EVENTS = 50_000
_MOST_COUNTED = 10_000
_NEWEST = 8
_LATE_SECONDS = 60
"""What waits longer for a worker is shown as trouble."""


class OverviewPage:
    """Rates, failures and latency of the last hour, day or week, and the queues of now."""

    def __init__(self, door: Door, site: Site) -> None:
        self._door = door
        self._site = site

    def routes(self) -> list[BaseRoute]:
        """The routes to mount."""
        return [self._door.page("/", self._show)]

    async def _show(self, visit: Visit) -> Response:
        asked = visit.request.query_params.get("span", "day")
        span = asked if asked in _SPANS else "day"
        _, length, bucket = _SPANS[span]
        now = datetime.now(UTC)
        tools, dead = self._site.tools, EventFilter(status="dead_letter")
        activity, dead_letters, inbox, failures, backlog = await asyncio.gather(
            tools.statistics.activity(
                since=now - length, until=now, bucket=bucket, most=_MOST_EVENTS
            ),
            tools.statistics.count(dead, most=_MOST_COUNTED),
            tools.inbox.waiting(),
            self._site.services.events.list_events(dead, limit=_NEWEST),
            known_backlog(tools.engine),
        )
        return visit.render(
            "overview_now.html" if visit.live else "overview.html",
            span=span,
            spans={name: title for name, (title, _, _) in _SPANS.items()},
            activity=activity,
            received=sum(activity.counts.values()),
            rate=_success_rate(activity),
            groups=list(GROUPS),
            chart=Chart.of(activity.buckets, bucket),
            cut=activity.since > now - length + bucket,
            dead_letters=dead_letters,
            backlog=backlog,
            inbox=inbox,
            late=_LATE_SECONDS,
            failures=failures.events,
            example=first_event(self._site.app),
        )


def _success_rate(activity: Activity) -> float | None:
    """Of the events that have ended, how many succeeded; None while none has."""
    good = activity.counts.get("succeeded", 0)
    bad = activity.counts.get("dead_letter", 0) + activity.counts.get("failed", 0)
    return good / (good + bad) if good + bad else None
