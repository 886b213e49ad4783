"""``/api/v1/events``: list, inspect, read and replay."""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import asdict

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from api.auth import authenticate
from api.errors import error
from api.questions import BadRequestError, event_id_of, filter_of, limit_of, object_of, text_in
from layeron.errors import (
    BodyLostError,
    ConflictError,
    LayeronError,
    NotFoundError,
    UnavailableError,
)
from layeron.links import workflow_page
from layeron.operations import Operations
from layeron.ports.records import RecordStore
from layeron.records import ApiKey
from layeron.wire import to_json

logger = logging.getLogger("layeron.api")

_STATUS_OF: dict[type[LayeronError], tuple[int, str]] = {
    NotFoundError: (404, "not_found"),
    ConflictError: (409, "conflict"),
    BodyLostError: (410, "body_lost"),
    UnavailableError: (503, "unavailable"),
}
_CHALLENGE = {"www-authenticate": "Bearer"}
_INERT = {
    "content-security-policy": "sandbox; default-src 'none'",
    "x-content-type-options": "nosniff",
    "cache-control": "no-store",
}
"""A sender's bytes are never shown as a page of ours."""


class EventsAPI:
    """The HTTP face of `Operations`, for callers with a key."""

    def __init__(
        self, *, operations: Operations, records: RecordStore, temporal_ui: str | None
    ) -> None:
        self._operations = operations
        self._records = records
        self._temporal_ui = temporal_ui

    def routes(self) -> list[Route]:
        """The routes to mount."""
        event = "/api/v1/events/{event_id}"
        return [
            Route("/api/v1/events", self._guarded(self._list), methods=["GET"]),
            Route(event, self._guarded(self._get), methods=["GET"]),
            Route(f"{event}/payload", self._guarded(self._payload), methods=["GET"]),
            Route(f"{event}/replay", self._guarded(self._replay), methods=["POST"]),
        ]

    def _guarded(
        self, endpoint: Callable[[Request, ApiKey], Awaitable[Response]]
    ) -> Callable[[Request], Awaitable[Response]]:
        """Let only callers with a key in, and answer errors in their one shape."""

        async def guarded(request: Request) -> Response:
            try:
                key = await authenticate(request, self._records)
            except UnavailableError as trouble:
                # Who asks is not known yet, so nothing of our inside is told.
                logger.warning("keys cannot be checked: %s", trouble)
                return error(503, "unavailable", "keys cannot be checked now; try again later")
            if key is None:
                return error(401, "unauthorized", "send a valid API key as bearer", _CHALLENGE)
            try:
                return await endpoint(request, key)
            except BadRequestError as bad:
                return error(400, "bad_request", str(bad))
            except tuple(_STATUS_OF) as known:
                kind = next(kind for kind in _STATUS_OF if isinstance(known, kind))
                status, code = _STATUS_OF[kind]
                return error(status, code, str(known))

        return guarded

    async def _list(self, request: Request, _: ApiKey) -> Response:
        query = request.query_params
        where, limit = filter_of(query), limit_of(query)
        try:
            page = await self._operations.list_events(
                where, limit=limit, cursor=query.get("cursor")
            )
        except ValueError as bad:
            raise BadRequestError(str(bad)) from bad
        return _json(page)

    async def _get(self, request: Request, _: ApiKey) -> Response:
        record = await self._operations.get_event(event_id_of(request))
        links = self._links(record.id, record.workflow_id, record.run_id)
        return _json({**asdict(record), "links": links})

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
            event_id_of(request), requested_by=who, reason=reason
        )
        return _json(replay, 202)

    def _links(self, event_id: str, workflow_id: str, run_id: str | None) -> dict[str, str]:
        itself = f"/api/v1/events/{event_id}"
        links = {"self": itself, "payload": f"{itself}/payload", "replay": f"{itself}/replay"}
        if self._temporal_ui:
            links["temporal"] = workflow_page(self._temporal_ui, workflow_id, run_id)
        return links


def _json(value: object, status: int = 200) -> Response:
    return Response(to_json(value), status, media_type="application/json")
