"""Dead letters: events that were given up, chosen and replayed."""

import secrets
from collections.abc import Sequence

from starlette.responses import Response
from starlette.routing import BaseRoute

from api.dashboard.bulk_query import rate_of
from api.dashboard.door import Door
from api.dashboard.event_query import EventQuery
from api.dashboard.pages import bulk_replays
from api.dashboard.site import Site
from api.dashboard.visit import Visit
from api.parameters import EVENT_FILTER
from api.questions import BadRequestError
from layeron.bulk import DEFAULT_RATE, FASTEST, SLOWEST, Selection
from layeron.errors import BodyLostError, ConflictError, NotFoundError, PayloadError
from layeron.operating_records import Count
from layeron.records import EventPage

PATH = "/dashboard/dead-letters"
_PER_PAGE = 50
_MOST_COUNTED = 10_000


class DeadLettersPage:
    """Replay what was given up."""

    def __init__(self, door: Door, site: Site) -> None:
        self._door = door
        self._site = site
        self._events = site.services.events

    def routes(self) -> list[BaseRoute]:
        """The routes to mount."""
        replay = self._door.action(
            "/dead-letters/replay",
            self._replay,
            scope="replay",
            action="event.replay_chosen",
            detail=("event", "reason"),
        )
        replay_all = self._door.action(
            "/dead-letters/replay-all",
            self._replay_all,
            scope="replay",
            action="bulk_replay.start",
            detail=("reason", "rate", *(each.name for each in EVENT_FILTER)),
        )
        return [self._door.page("/dead-letters", self._show), replay, replay_all]

    async def _show(self, visit: Visit) -> Response:
        query = EventQuery.of(visit.request.query_params, status="dead_letter")
        page, count, mistake = EventPage([], None), Count(0), query.mistake
        if mistake is None:
            page = await self._events.list_events(query.where, limit=_PER_PAGE, cursor=query.cursor)
            count = await self._site.tools.statistics.count(query.where, most=_MOST_COUNTED)
        return visit.render(
            "dead_letters_list.html" if visit.live else "dead_letters.html",
            400 if mistake else 200,
            query=query,
            mistake=mistake,
            events=page.events,
            count=count,
            older=query.link(page.next_cursor) if page.next_cursor else None,
            webhooks=self._site.webhook_names,
            states=(),
            rates=(SLOWEST, DEFAULT_RATE, FASTEST),
            once=secrets.token_hex(16),
        )

    async def _replay(self, visit: Visit) -> Response:
        chosen = visit.texts("event")[:_PER_PAGE]
        if not chosen:
            raise BadRequestError("no event was chosen; tick some, then replay them")
        refused = await self._replay_each(visit, chosen)
        done = len(chosen) - len(refused)
        notice = f"{done} of {len(chosen)} replays have started; each leaves this list as it ends."
        if refused:
            notice += f" Not replayed: {refused[0]}."
        return visit.redirect(PATH, notice)

    async def _replay_all(self, visit: Visit) -> Response:
        fields = {name: values[0] for name, values in visit.form.items() if values}
        query = EventQuery.of(fields, status="dead_letter")
        if query.mistake:
            raise BadRequestError(query.mistake)
        bulk = await self._site.services.bulk.start(
            Selection(where=query.where),
            requested_by=visit.who,
            reason=visit.text("reason"),
            rate_per_second=rate_of(visit.text("rate")),
            idempotency_key=visit.text("once"),
        )
        notice = f"Bulk replay {bulk.id} of {bulk.total:,} dead letters has started."
        return visit.redirect(f"{bulk_replays.PATH}/{bulk.id}", notice)

    async def _replay_each(self, visit: Visit, chosen: Sequence[str]) -> list[str]:
        """Replay them; why some could not be."""
        refused: list[str] = []
        for event_id in chosen:
            try:
                await self._events.replay_event(
                    event_id, requested_by=visit.who, reason=visit.text("reason")
                )
            except (NotFoundError, ConflictError, BodyLostError, PayloadError) as why:
                refused.append(str(why))
        return refused
