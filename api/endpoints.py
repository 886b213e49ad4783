"""``/api/v1/webhooks/{namespace}/{webhook}/endpoints``: where events are sent, managed."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, cast, get_args

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from api.door import Door, json_response
from api.questions import (
    BadRequestError,
    choice_of,
    fields_of,
    limit_of,
    object_of,
    only,
    text_in,
)
from layeron.outbound.endpoints import DEFAULT_GRACE, read_grace
from layeron.outbound.managing import EndpointOperations
from layeron.outbound.records import NewSecret
from layeron.ports.engine import QueueCommand
from layeron.records import ApiKey, DeliveryStatus

_SHOWN_ONCE = {"cache-control": "no-store"}
_LONGEST_EVENT_ID = 40


@dataclass(frozen=True, slots=True)
class _Place:
    """What the path names; names in it may hold anything, as they are percent-encoded."""

    namespace: str
    webhook: str
    endpoint: str = ""
    user_id: str = ""


class EndpointsAPI:
    """The HTTP face of `EndpointOperations`, for callers with a key."""

    def __init__(self, door: Door, operations: EndpointOperations) -> None:
        self._door = door
        self._operations = operations

    def routes(self) -> list[Route]:
        """The routes to mount."""
        webhook, route = "/api/v1/webhooks/{namespace}/{webhook}", self._door.route
        every, one = f"{webhook}/endpoints", f"{webhook}/endpoints/{{endpoint}}"
        return [
            route(every, self._list),
            route(every, self._create, "POST"),
            route(one, self._get),
            route(one, self._change, "PATCH"),
            route(one, self._delete, "DELETE"),
            route(f"{one}/enable", self._enable, "POST"),
            route(f"{one}/disable", self._disable, "POST"),
            route(f"{one}/test", self._test, "POST"),
            route(f"{one}/rotate-secret", self._rotate, "POST"),
            route(f"{one}/deliveries", self._deliveries),
            route(f"{one}/skip", self._skip, "POST"),
            route(f"{one}/retry", self._retry, "POST"),
            # A user's id may hold a slash, which the server has decoded by now.
            route(f"{webhook}/users/{{user_id:path}}/rotate-secret", self._rotate_user, "POST"),
        ]

    async def _list(self, request: Request, _: ApiKey) -> Response:
        place, query = _place(request), only(request.query_params, "user_id", "limit", "cursor")
        try:
            page = await self._operations.list_endpoints(
                place.namespace,
                place.webhook,
                user_id=query.get("user_id"),
                limit=limit_of(query),
                cursor=query.get("cursor"),
            )
        except ValueError as bad:
            raise BadRequestError(str(bad)) from bad
        return json_response(page)

    async def _create(self, request: Request, key: ApiKey) -> Response:
        place, options = _place(request), await object_of(request)
        endpoint, new = await self._by(key).create_endpoint(place.namespace, place.webhook, options)
        answer = {"endpoint": endpoint, "secret": new.secret if new else None}
        return _once(answer, 201)

    async def _get(self, request: Request, _: ApiKey) -> Response:
        place = _place(request)
        return json_response(
            await self._operations.get_endpoint(place.namespace, place.webhook, place.endpoint)
        )

    async def _change(self, request: Request, key: ApiKey) -> Response:
        place, options = _place(request), await object_of(request)
        changed = await self._by(key).change_endpoint(
            place.namespace, place.webhook, place.endpoint, options
        )
        return json_response(changed)

    async def _delete(self, request: Request, key: ApiKey) -> Response:
        place = _place(request)
        await self._by(key).delete_endpoint(place.namespace, place.webhook, place.endpoint)
        return Response(status_code=204)

    async def _enable(self, request: Request, key: ApiKey) -> Response:
        return await self._set_status(request, key, enabled=True)

    async def _disable(self, request: Request, key: ApiKey) -> Response:
        return await self._set_status(request, key, enabled=False)

    async def _set_status(self, request: Request, key: ApiKey, *, enabled: bool) -> Response:
        place = _place(request)
        fields_of(await object_of(request))
        endpoint = await self._by(key).set_endpoint_status(
            place.namespace, place.webhook, place.endpoint, enabled=enabled
        )
        return json_response(endpoint)

    async def _test(self, request: Request, key: ApiKey) -> Response:
        place, asked = _place(request), fields_of(await object_of(request), "event_type")
        record = await self._by(key).test_endpoint(
            place.namespace,
            place.webhook,
            place.endpoint,
            event_type=text_in(asked, "event_type"),
        )
        return json_response(record)

    async def _rotate(self, request: Request, key: ApiKey) -> Response:
        place = _place(request)
        return await self._rotated(request, key, endpoint=place.endpoint, user_id=None)

    async def _rotate_user(self, request: Request, key: ApiKey) -> Response:
        place = _place(request)
        return await self._rotated(request, key, endpoint=None, user_id=place.user_id)

    async def _rotated(
        self, request: Request, key: ApiKey, *, endpoint: str | None, user_id: str | None
    ) -> Response:
        place, asked = _place(request), fields_of(await object_of(request), "grace")
        new: NewSecret = await self._by(key).rotate_secret(
            place.namespace,
            place.webhook,
            endpoint=endpoint,
            user_id=user_id,
            grace_seconds=read_grace(asked.get("grace", DEFAULT_GRACE)),
        )
        return _once(new)

    async def _deliveries(self, request: Request, _: ApiKey) -> Response:
        place, query = _place(request), only(request.query_params, "status", "limit", "cursor")
        status = choice_of(query, "status", get_args(DeliveryStatus))
        try:
            page = await self._operations.list_deliveries(
                place.namespace,
                place.webhook,
                place.endpoint,
                status=cast("DeliveryStatus | None", status),
                limit=limit_of(query),
                cursor=query.get("cursor"),
            )
        except ValueError as bad:
            raise BadRequestError(str(bad)) from bad
        return json_response(page)

    async def _skip(self, request: Request, key: ApiKey) -> Response:
        return await self._tell(request, key, "skip")

    async def _retry(self, request: Request, key: ApiKey) -> Response:
        return await self._tell(request, key, "retry")

    async def _tell(self, request: Request, key: ApiKey, command: QueueCommand) -> Response:
        place, asked = _place(request), fields_of(await object_of(request), "event_id")
        event_id = text_in(asked, "event_id", _LONGEST_EVENT_ID)
        if event_id is None:
            raise BadRequestError("'event_id' is required: which event the queue waits for")
        await self._by(key).tell_queue(
            place.namespace, place.webhook, place.endpoint, command=command, event_id=event_id
        )
        return json_response({"event_id": event_id, "command": command}, 202)

    def _by(self, key: ApiKey) -> EndpointOperations:
        return replace(self._operations, by=f"key {key.name}")


def _place(request: Request) -> _Place:
    return _Place(**{name: str(text) for name, text in request.path_params.items()})


def _once(value: NewSecret | Mapping[str, Any], status: int = 200) -> Response:
    """An answer with a secret in it, which nothing on the way may keep."""
    response = json_response(value, status)
    response.headers.update(_SHOWN_ONCE)
    return response
