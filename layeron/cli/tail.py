"""Follow the events of a running service as they come and change."""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Sequence

import typer

from layeron.client import HTTPGateway
from layeron.errors import GatewayError, NotFoundError, UnavailableError
from layeron.records import FINAL_STATUSES, EventFilter, EventRecord

_PAGE = 200
_MOST_KEPT = 5_000
_MOST_ASKED = 10
_LONGEST_PAUSE_SECONDS = 30
_PASSING = frozenset({0, 429, 500, 502, 503, 504})
"""HTTP statuses (0: nobody answers) after which it is worth asking again."""

_State = tuple[str, int, int, int]


class Tail:
    """Looks at the newest page of events again and again, and tells what is new on it.

    Events that left that page before their end are looked at one by one, a few in each round.
    """

    def __init__(self, api: HTTPGateway, where: EventFilter) -> None:
        self._api = api
        self._where = where
        self._seen: dict[str, _State] = {}
        self._newest = ""
        self._open: deque[str] = deque()

    async def changes(
        self, *, first: int, every_seconds: float
    ) -> AsyncGenerator[Sequence[EventRecord]]:
        """The newest events, and from then on those that came or changed, oldest first; no end.

        Args:
            first: how many of those that are there already.
            every_seconds: how long to wait between two looks.

        Raises:
            GatewayError: the key does not open the API, or the filter is wrong.
        """
        events = await self._api.list_events(self._where, limit=_PAGE)
        known = self._fresh(events.events)
        yield known[:first][::-1]
        pause = every_seconds
        while True:
            await asyncio.sleep(pause)
            try:
                changed = self._fresh(await self._look())
            except (GatewayError, UnavailableError) as trouble:
                if isinstance(trouble, GatewayError) and trouble.status not in _PASSING:
                    raise
                if pause == every_seconds:
                    typer.echo(f"layeron: {trouble}; it is tried again", err=True)
                pause = min(pause * 2, _LONGEST_PAUSE_SECONDS)
                continue
            pause = every_seconds
            yield sorted(changed, key=lambda event: (event.updated_at, event.id))

    async def _look(self) -> list[EventRecord]:
        """The newest page, all that is newer than what was known, and some that left the page."""
        found: list[EventRecord] = []
        cursor: str | None = None
        while True:
            page = await self._api.list_events(self._where, limit=_PAGE, cursor=cursor)
            found += page.events
            cursor = page.next_cursor
            if cursor is None or page.events[-1].id <= self._newest:
                break
        listed = {event.id for event in found}
        self._open = deque((each for each in self._open if each not in listed), _MOST_KEPT)
        for _ in range(min(_MOST_ASKED, len(self._open))):
            event_id = self._open.popleft()
            try:
                found.append(await self._api.get_event(event_id))
            except NotFoundError:
                continue
        return found

    def _fresh(self, events: Sequence[EventRecord]) -> list[EventRecord]:
        """Those of which something is new; all are known from now on."""
        fresh: list[EventRecord] = []
        for event in events:
            state = (event.status, event.attempt_count, event.replay_count, event.duplicates)
            if self._seen.get(event.id) != state:
                fresh.append(event)
            self._seen.pop(event.id, None)
            self._seen[event.id] = state  # the last ones are those that were seen last
            self._newest = max(self._newest, event.id)
            if event.status not in FINAL_STATUSES and self._where.status is None:
                self._open.append(event.id)
        while len(self._seen) > _MOST_KEPT:
            del self._seen[next(iter(self._seen))]
        return fresh
