"""``/api/v1/webhooks/{namespace}/{webhook}/endpoints``: where events are sent, managed."""

from dataclasses import dataclass, replace

from starlette.requests import Request
from starlette.responses import Response

from api import endpoint_docs as docs
from api.doc import Doc
from api.door import Door, Endpoint, Operation, json_response, requester
from api.questions import Nothing, object_of, query_of, question_of
from layeron.operating_records import ApiKey, Scope
from layeron.outbound.endpoints import read_grace
from layeron.outbound.managing import EndpointOperations
from layeron.outbound.records import NewSecret
from layeron.ports.engine import QueueCommand


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

    def routes(self) -> list[Operation]:
        """The routes to mount."""
        webhook, route = "/api/v1/webhooks/{namespace}/{webhook}", self._door.route
        every, one = f"{webhook}/endpoints", f"{webhook}/endpoints/{{endpoint}}"

        def post(
            path: str, do: Endpoint, action: str, doc: Doc, scope: Scope = "admin"
        ) -> Operation:
            return route(path, do, "POST", scope=scope, action=action, doc=doc)

        return [
            route(every, self._list, doc=docs.LIST),
            post(every, self._create, "endpoint.create", docs.CREATE),
            route(one, self._get, doc=docs.GET),
            route(one, self._change, "PATCH", action="endpoint.change", doc=docs.CHANGE),
            route(one, self._delete, "DELETE", action="endpoint.delete", doc=docs.DELETE),
            post(f"{one}/enable", self._enable, "endpoint.enable", docs.ENABLE),
            post(f"{one}/disable", self._disable, "endpoint.disable", docs.DISABLE),
            post(f"{one}/test", self._test, "endpoint.test", docs.TEST),
            post(f"{one}/rotate-secret", self._rotate, "secret.rotate", docs.ROTATE),
            route(f"{one}/deliveries", self._deliveries, doc=docs.DELIVERIES),
            post(f"{one}/skip", self._skip, "lane.skip", docs.SKIP, "replay"),
            post(f"{one}/retry", self._retry, "lane.retry", docs.RETRY, "replay"),
            # A user's id may hold a slash, which the server has decoded by now.
            post(
                f"{webhook}/users/{{user_id:path}}/rotate-secret",
                self._rotate_user,
                "secret.rotate",
                docs.ROTATE_USER,
            ),
        ]

    async def _list(self, request: Request, _: ApiKey) -> Response:
        place, asked = _place(request), query_of(request)
        page = await self._operations.list_endpoints(
            place.namespace,
            place.webhook,
            user_id=asked.get("user_id"),
            limit=asked["limit"],
            cursor=asked.get("cursor"),
        )
        return json_response(page)

    async def _create(self, request: Request, key: ApiKey) -> Response:
        place, options = _place(request), object_of(request)
        endpoint, new = await self._by(key).create_endpoint(place.namespace, place.webhook, options)
        answer = {"endpoint": endpoint, "secret": new.secret if new else None}
        return json_response(answer, 201)

    async def _get(self, request: Request, _: ApiKey) -> Response:
        place = _place(request)
        return json_response(
            await self._operations.get_endpoint(place.namespace, place.webhook, place.endpoint)
        )

    async def _change(self, request: Request, key: ApiKey) -> Response:
        place, options = _place(request), object_of(request)
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
        question_of(request, Nothing)
        endpoint = await self._by(key).set_endpoint_status(
            place.namespace, place.webhook, place.endpoint, enabled=enabled
        )
        return json_response(endpoint)

    async def _test(self, request: Request, key: ApiKey) -> Response:
        place, asked = _place(request), question_of(request, docs.TestQuestion)
        record = await self._by(key).test_endpoint(
            place.namespace,
            place.webhook,
            place.endpoint,
            event_type=asked.event_type,
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
        place, asked = _place(request), question_of(request, docs.RotationQuestion)
        new: NewSecret = await self._by(key).rotate_secret(
            place.namespace,
            place.webhook,
            endpoint=endpoint,
            user_id=user_id,
            grace_seconds=read_grace(asked.grace),
        )
        return json_response(new)

    async def _deliveries(self, request: Request, _: ApiKey) -> Response:
        place, asked = _place(request), query_of(request)
        page = await self._operations.list_deliveries(
            place.namespace,
            place.webhook,
            place.endpoint,
            status=asked.get("status"),
            limit=asked["limit"],
            cursor=asked.get("cursor"),
        )
        return json_response(page)

    async def _skip(self, request: Request, key: ApiKey) -> Response:
        return await self._tell(request, key, "skip")

    async def _retry(self, request: Request, key: ApiKey) -> Response:
        return await self._tell(request, key, "retry")

    async def _tell(self, request: Request, key: ApiKey, command: QueueCommand) -> Response:
        place, event_id = _place(request), question_of(request, docs.LaneQuestion).event_id
        await self._by(key).tell_queue(
            place.namespace, place.webhook, place.endpoint, command=command, event_id=event_id
        )
        return json_response({"event_id": event_id, "command": command}, 202)

    def _by(self, key: ApiKey) -> EndpointOperations:
        return replace(self._operations, by=requester(key))


def _place(request: Request) -> _Place:
    return _Place(**{name: str(text) for name, text in request.path_params.items()})
