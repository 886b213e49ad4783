"""``/api/v1/events``: list, inspect, read and replay."""

from dataclasses import asdict

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from api.door import Door, json_response
from api.questions import (
    BadRequestError,
    event_id_of,
    filter_of,
    limit_of,
    object_of,
    text_in,
    texts_in,
)
from layeron.links import workflow_page
from layeron.operations import Operations
from layeron.records import ApiKey, EventRecord

_INERT = {
    "content-security-policy": "sandbox; default-src 'none'",
    "x-content-type-options": "nosniff",
    "cache-control": "no-store",
}
"""A sender's bytes are never shown as a page of ours."""


class EventsAPI:
    """The HTTP face of `Operations`, for callers with a key."""

    def __init__(self, door: Door, operations: Operations, temporal_ui: str | None) -> None:
        self._door = door
        self._operations = operations
        self._temporal_ui = temporal_ui

    def routes(self) -> list[Route]:
        """The routes to mount."""
        event, door = "/api/v1/events/{event_id}", self._door
        return [
            door.route("/api/v1/events", self._list),
            door.route(event, self._get),
            door.route(f"{event}/payload", self._payload),
            door.route(f"{event}/replay", self._replay, "POST"),
        ]

    async def _list(self, request: Request, _: ApiKey) -> Response:
        query = request.query_params
        where, limit = filter_of(query), limit_of(query)
        try:
            page = await self._operations.list_events(
                where, limit=limit, cursor=query.get("cursor")
            )
        except ValueError as bad:
            raise BadRequestError(str(bad)) from bad
        return json_response(page)

    async def _get(self, request: Request, _: ApiKey) -> Response:
        record = await self._operations.get_event(event_id_of(request))
        return json_response({**asdict(record), "links": self._links(record)})

    async def _payload(self, request: Request, _: ApiKey) -> Response:
        event_id = event_id_of(request)
        body = await self._operations.get_payload(event_id)
        named = {"content-disposition": f'attachment; filename="{event_id}"'}
        return Response(body, media_type="application/octet-stream", headers=_INERT | named)

    async def _replay(self, request: Request, key: ApiKey) -> Response:
        asked = await object_of(request)
        by, reason = text_in(asked, "requested_by"), text_in(asked, "reason")
        who = f"{by} (key {key.name})" if by else f"key {key.name}"
        replay = await self._operations.replay_event(
            event_id_of(request),
            requested_by=who,
            reason=reason,
            endpoints=texts_in(asked, "endpoints"),
        )
        return json_response(replay, 202)

    def _links(self, event: EventRecord) -> dict[str, str]:
        itself = f"/api/v1/events/{event.id}"
        links = {"self": itself, "payload": f"{itself}/payload", "replay": f"{itself}/replay"}
        if self._temporal_ui:
            links["temporal"] = workflow_page(self._temporal_ui, event)
        return links
