"""The list of events: filters in the address, newest first."""

from typing import get_args

from starlette.responses import Response
from starlette.routing import BaseRoute

from api.dashboard.door import Door
from api.dashboard.event_query import EventQuery
from api.dashboard.site import Site
from api.dashboard.trying import first_event
from api.dashboard.visit import Visit
from layeron.records import EventPage, EventStatus

_PER_PAGE = 50


class EventsPage:
    """Find events."""

    def __init__(self, door: Door, site: Site) -> None:
        self._door = door
        self._site = site

    def routes(self) -> list[BaseRoute]:
        """The routes to mount."""
        return [self._door.page("/events", self._show)]

    async def _show(self, visit: Visit) -> Response:
        query = EventQuery.of(visit.request.query_params)
        page, mistake = EventPage([], None), query.mistake
        if mistake is None:
            page = await self._site.services.events.list_events(
                query.where, limit=_PER_PAGE, cursor=query.cursor
            )
        return visit.render(
            "events_list.html" if visit.live else "events.html",
            400 if mistake else 200,
            query=query,
            mistake=mistake,
            events=page.events,
            older=query.link(page.next_cursor) if page.next_cursor else None,
            webhooks=self._site.webhook_names,
            states=get_args(EventStatus),
            example=first_event(self._site.app),
        )
