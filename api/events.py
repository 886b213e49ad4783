"""``/api/v1/events``: list, inspect, read and replay."""

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from api.doc import Doc, Parameter
from api.door import Door, Operation, json_response, requester
from api.errors import error
from api.parameters import EVENT_FILTER, PAGE
from api.payload import WHOLE_FOR_ADMIN, exact, may_have_whole, pretty, to_show
from api.questions import (
    AtMost,
    Question,
    filter_of,
    query_of,
    question_of,
)
from api.views import shown, view
from layeron.links import workflow_page
from layeron.operating_records import ApiKey, Count
from layeron.operations import Operations
from layeron.ports.statistics import Statistics
from layeron.records import AttemptRecord, EventPage, EventRecord, ReplayRecord

_MOST_COUNTED = 100_000


class ReplayQuestion(Question):
    """How an event is replayed.

    Attributes:
        requested_by: who asked, besides the holder of the key.
        reason: why; kept on the record.
        endpoints: of an event that was sent, names or ids of those it is sent to again. Without
            it, those that it did not reach; if it reached all, all.
    """

    requested_by: Annotated[str, AtMost(500)] | None = None
    reason: Annotated[str, AtMost(500)] | None = None
    endpoints: Annotated[list[str], Field(min_length=1)] | None = None


@dataclass(frozen=True, slots=True)
class Attempts:
    """Every attempt of every handling or sending."""

    attempts: list[AttemptRecord]


_LIST = Doc("List events, newest first", EventPage, query=(*EVENT_FILTER, *PAGE))
_GET = Doc(
    "Get an event with its attempts and replays",
    view("Event", EventRecord, plus={"links": dict[str, str]}),
    errors=(404,),
)
_COUNT = Doc(
    "Count events",
    Count,
    about=f"Counting stops at {_MOST_COUNTED:,}: there are more then (`capped`).",
    query=EVENT_FILTER,
)
_ATTEMPTS = Doc("List the attempts of an event, oldest first", Attempts, errors=(404,))
_PAYLOAD = Doc(
    "Get the exact bytes that were received or sent",
    about="Or, with `pretty`, text to look at: JSON is indented, and without the fields that the"
    " webhook hides (`redact`). Where it hides some, the exact bytes need the scope `admin`.",
    media={
        "application/octet-stream": {"type": "string", "format": "binary"},
        "text/plain": {"type": "string"},
    },
    query=(
        Parameter(
            "pretty",
            "Text to look at, in place of the bytes.",
            {"type": "boolean", "default": False},
        ),
    ),
    errors=(404, 410),
)
_REPLAY = Doc(
    "Replay an event",
    ReplayRecord,
    202,
    body=ReplayQuestion,
    noted=("requested_by", "reason", "endpoints"),
    errors=(404, 409, 410, 422),
)


class EventsAPI:
    """The HTTP face of `Operations`, for callers with a key."""

    def __init__(
        self,
        door: Door,
        operations: Operations,
        statistics: Statistics,
        temporal_ui: str | None,
    ) -> None:
        self._door = door
        self._operations = operations
        self._statistics = statistics
        self._temporal_ui = temporal_ui

    def routes(self) -> list[Operation]:
        """The routes to mount."""
        event, route = "/api/v1/events/{event_id}", self._door.route
        return [
            route("/api/v1/events", self._list, doc=_LIST),
            route("/api/v1/events/count", self._count, doc=_COUNT),
            route(event, self._get, doc=_GET),
            route(f"{event}/attempts", self._attempts, doc=_ATTEMPTS),
            route(f"{event}/payload", self._payload, doc=_PAYLOAD),
            route(
                f"{event}/replay",
                self._replay,
                "POST",
                scope="replay",
                action="event.replay",
                doc=_REPLAY,
            ),
        ]

    async def _list(self, request: Request, _: ApiKey) -> Response:
        asked = query_of(request)
        page = await self._operations.list_events(
            filter_of(asked), limit=asked["limit"], cursor=asked.get("cursor")
        )
        return json_response(page)

    async def _count(self, request: Request, _: ApiKey) -> Response:
        where = filter_of(query_of(request))
        return json_response(await self._statistics.count(where, most=_MOST_COUNTED))

    async def _get(self, request: Request, _: ApiKey) -> Response:
        record = await self._operations.get_event(request.path_params["event_id"])
        return json_response({**shown(record), "links": self._links(record)})

    async def _attempts(self, request: Request, _: ApiKey) -> Response:
        record = await self._operations.get_event(request.path_params["event_id"])
        return json_response(Attempts(record.attempts))

    async def _payload(self, request: Request, key: ApiKey) -> Response:
        app, event_id = self._operations.app, request.path_params["event_id"]
        record = await self._operations.get_event(event_id)
        if query_of(request)["pretty"]:
            return pretty(to_show(app, record, await self._operations.get_payload(event_id)))
        if not may_have_whole(app, record, key):
            return error(403, "forbidden", WHOLE_FOR_ADMIN)
        return exact(await self._operations.get_payload(event_id), event_id)

    async def _replay(self, request: Request, key: ApiKey) -> Response:
        asked = question_of(request, ReplayQuestion)
        replay = await self._operations.replay_event(
            request.path_params["event_id"],
            requested_by=requester(key, asked.requested_by),
            reason=asked.reason,
            endpoints=asked.endpoints,
        )
        return json_response(replay, 202)

    def _links(self, event: EventRecord) -> dict[str, str]:
        itself = f"/api/v1/events/{event.id}"
        links = {"self": itself, "payload": f"{itself}/payload", "replay": f"{itself}/replay"}
        if self._temporal_ui:
            links["temporal"] = workflow_page(self._temporal_ui, event)
        return links
