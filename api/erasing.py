"""Erasing bodies on request: of one event, or of all that was sent for a user."""

from dataclasses import dataclass
from typing import Literal

from starlette.requests import Request
from starlette.responses import Response

from api.doc import Doc
from api.door import Door, Operation, json_response
from api.questions import Nothing, question_of
from layeron.operating_records import ApiKey
from layeron.records import EventRecord
from layeron.retaining import Retaining


@dataclass(frozen=True, slots=True)
class Erasing:
    """Erasing has begun."""

    user_id: str
    status: Literal["accepted"] = "accepted"


_EVENT = Doc(
    "Delete the body of an event",
    EventRecord,
    about="With it go headers and excerpts, which may hold the same. The rest stays on record; the"
    " event cannot be replayed any more.",
    body=Nothing,
    errors=(404, 409),
)
_USER = Doc(
    "Delete the bodies of all that was sent for a customer so far",
    Erasing,
    202,
    about="It is done in the background; what is still being sent is deleted when that has ended.",
    body=Nothing,
    group="events",
)


class ErasingAPI:
    """The HTTP face of erasing, for callers with a key."""

    def __init__(self, door: Door, retention: Retaining) -> None:
        self._door = door
        self._retention = retention

    def routes(self) -> list[Operation]:
        """The routes to mount."""
        route = self._door.route
        event, user = "/api/v1/events/{event_id}/erase", "/api/v1/users/{user_id}/erase"
        return [
            route(event, self._event, "POST", action="event.erase", doc=_EVENT),
            route(user, self._user, "POST", action="user.erase", doc=_USER),
        ]

    async def _event(self, request: Request, _: ApiKey) -> Response:
        question_of(request, Nothing)
        return json_response(await self._retention.erase_event(request.path_params["event_id"]))

    async def _user(self, request: Request, _: ApiKey) -> Response:
        question_of(request, Nothing)
        user_id = request.path_params["user_id"]
        await self._retention.erase_user(user_id)
        return json_response(Erasing(user_id), 202)
