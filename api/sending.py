"""``/api/v1/webhooks/{namespace}/{webhook}/events``: send events."""

from collections.abc import Mapping
from typing import Any, cast

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from api.body import BodyTooLargeError, BodyUnreadableError, read_body
from api.closing import ClosingResponse
from api.door import Door, json_response
from api.errors import error
from api.questions import BadRequestError, fields_of, object_in
from layeron.outbound.gateway import SendingGateway
from layeron.outbound.outgoing import OutgoingEvent
from layeron.records import ApiKey
from layeron.settings import Settings

_FIELDS = ("type", "payload", "idempotency_key", "endpoints", "user_id", "headers")
_KEY_HEADER = "idempotency-key"


class SendingAPI:
    """The HTTP face of `send` and `send_many`, for callers with a key."""

    def __init__(self, door: Door, sending: SendingGateway, settings: Settings) -> None:
        self._door = door
        self._sending = sending
        self._largest = settings.max_body
        self._seconds = settings.receive_timeout.total_seconds()

    def routes(self) -> list[Route]:
        """The routes to mount."""
        place = "/api/v1/webhooks/{namespace}/{webhook}/events"
        return [self._door.route(place, self._send, "POST")]

    async def _send(self, request: Request, _: ApiKey) -> Response:
        try:
            body = await read_body(request, largest=self._largest, seconds=self._seconds)
        except BodyTooLargeError:
            message = f"the body is larger than {self._largest} bytes; send less at once"
            close = {"connection": "close"}
            return ClosingResponse(error(413, "body_too_large", message, close))
        except BodyUnreadableError as bad:
            raise BadRequestError(str(bad)) from bad
        asked = object_in(body)
        key = request.headers.get(_KEY_HEADER)
        namespace, webhook = request.path_params["namespace"], request.path_params["webhook"]
        if "events" in asked:
            if key is not None:
                raise BadRequestError("give each event its 'idempotency_key', not one to all")
            events = _events_in(fields_of(asked, "events")["events"])
            results = await self._sending.send_many(namespace, webhook, events)
            return json_response({"results": results}, 202)
        result = await self._sending.send(namespace, webhook, _event_in(asked, key=key))
        return json_response(result, 202)


def _events_in(value: object) -> list[OutgoingEvent]:
    if not isinstance(value, list):
        raise BadRequestError("'events' must be a list of objects")
    events: list[OutgoingEvent] = []
    for number, each in enumerate(cast("list[object]", value)):
        if not isinstance(each, dict):
            raise BadRequestError(f"events[{number}] must be an object")
        try:
            events.append(_event_in(cast("dict[str, Any]", each)))
        except BadRequestError as bad:
            raise BadRequestError(f"events[{number}]: {bad}") from bad
    return events


def _event_in(asked: Mapping[str, Any], *, key: str | None = None) -> OutgoingEvent:
    """An event as asked for; what its fields hold is for `send` to judge."""
    fields_of(asked, *_FIELDS)
    for needed in ("type", "payload"):
        if needed not in asked:
            raise BadRequestError(f"field {needed!r} is missing")
    said = asked.get("idempotency_key")
    if key is not None and said not in (None, key):
        raise BadRequestError("the header Idempotency-Key and 'idempotency_key' differ; send one")
    return OutgoingEvent(
        asked["type"],
        asked["payload"],
        idempotency_key=key if said is None else said,
        endpoints=asked.get("endpoints"),
        user_id=asked.get("user_id"),
        headers=asked.get("headers"),
    )
