"""The page of one event: what happened, why, with which bytes, and the button to replay it."""

from dataclasses import dataclass
from typing import Any

from starlette.responses import Response
from starlette.routing import BaseRoute

from api.dashboard.door import Door, failure
from api.dashboard.preview import Preview, preview
from api.dashboard.site import Site
from api.dashboard.timeline import timeline
from api.dashboard.visit import Visit
from api.payload import WHOLE_FOR_ADMIN, exact, may_have_whole, to_show
from layeron.errors import BodyLostError, NotFoundError, UnavailableError
from layeron.identity import is_event_id
from layeron.links import workflow_page
from layeron.records import FINAL_STATUSES, EventRecord

_MOST_ATTEMPTS = 200


@dataclass(frozen=True, slots=True)
class Body:
    """The stored body, or why it cannot be shown."""

    preview: Preview | None
    trouble: str | None = None


class EventPage:
    """Look at one event, and replay it."""

    def __init__(self, door: Door, site: Site) -> None:
        self._door = door
        self._site = site
        self._events = site.services.events

    def routes(self) -> list[BaseRoute]:
        """The routes to mount."""
        event = "/events/{event_id}"
        return [
            self._door.page(event, self._show),
            self._door.page(f"{event}/payload", self._download),
            self._door.action(
                f"{event}/replay",
                self._replay,
                scope="replay",
                action="event.replay",
                detail=("reason", "endpoint"),
            ),
        ]

    async def _show(self, visit: Visit) -> Response:
        event = await self._events.get_event(_id_of(visit))
        pages = self._site.settings.temporal_pages
        shown = event.attempts[-_MOST_ATTEMPTS:]
        values: dict[str, Any] = {
            "event": event,
            "steps": timeline(event),
            "attempts": shown[::-1],
            "left_out": len(event.attempts) - len(shown),
            "failure": _newest_failure(event),
            "ended": _has_ended(event),
            "temporal": workflow_page(pages, event) if pages and not event.in_inbox else None,
        }
        if visit.live:
            return visit.render("event_life.html", **values)
        return visit.render("event.html", **values, body=await self._body(event))

    async def _download(self, visit: Visit) -> Response:
        event_id = _id_of(visit)
        event = await self._events.get_event(event_id)
        if not may_have_whole(self._site.app, event, visit.key):
            return failure(403, WHOLE_FOR_ADMIN, visit)
        return exact(await self._events.get_payload(event_id), event_id)

    async def _replay(self, visit: Visit) -> Response:
        event_id = _id_of(visit)
        replay = await self._events.replay_event(
            event_id,
            requested_by=visit.who,
            reason=visit.text("reason"),
            endpoints=visit.texts("endpoint") or None,
        )
        notice = f"Replay {replay.number} has started; this page shows how it goes."
        return visit.redirect(f"/dashboard/events/{event_id}", notice)

    async def _body(self, event: EventRecord) -> Body:
        try:
            body = await self._events.get_payload(event.id)
            return Body(preview(to_show(self._site.app, event, body)))
        except (BodyLostError, NotFoundError, UnavailableError) as trouble:
            return Body(None, str(trouble))


def _id_of(visit: Visit) -> str:
    text = str(visit.request.path_params["event_id"])
    if not is_event_id(text):
        raise NotFoundError("an event id looks like whevt_01J…, 32 characters long")
    return text


def _has_ended(event: EventRecord) -> bool:
    """Whether nothing is under way, not even a replay that has only been asked for."""
    return {event.status, *(each.status for each in event.replays)} <= FINAL_STATUSES


def _newest_failure(event: EventRecord) -> str | None:
    """Why it is not well; None if it is."""
    if event.status in {"succeeded", "accepted"}:
        return None
    return event.last_error
