"""``/api/v1/webhooks/{namespace}/{webhook}/events``: send events."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, cast

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from api.doc import Doc, Parameter
from api.door import Door, Operation, json_response
from api.questions import BadRequestError, Question, fields_of, object_of
from layeron.operating_records import ApiKey
from layeron.outbound.gateway import SendingGateway
from layeron.outbound.options import EVENT_TYPE, LONGEST_EVENT_TYPE, PLAIN_TEXT
from layeron.outbound.outgoing import MOST_EVENTS, OutgoingEvent
from layeron.outbound.records import SendResult
from layeron.settings import Settings

_KEY_HEADER = "idempotency-key"


class NewEvent(Question):
    """An event to send.

    Attributes:
        type: such as ``invoice.paid``.
        payload: any JSON.
        idempotency_key: a second sending with the same key sends nothing, and answers the first
            event.
        endpoints: names or ids of those it goes to; without it, all whose filter matches.
        user_id: the customer it is for.
        headers: more header fields for this event.
    """

    type: Annotated[str, Field(pattern=f"^{EVENT_TYPE.pattern}$", max_length=LONGEST_EVENT_TYPE)]
    payload: Any
    idempotency_key: (
        Annotated[str, Field(min_length=1, max_length=255, pattern=PLAIN_TEXT)] | None
    ) = None
    endpoints: list[str] | None = None
    user_id: Annotated[str, Field(min_length=1, max_length=200, pattern=PLAIN_TEXT)] | None = None
    headers: dict[str, str] | None = None


class NewEvents(Question):
    """Several events to send; all are checked before any is sent."""

    events: Annotated[list[NewEvent], Field(max_length=MOST_EVENTS)]


@dataclass(frozen=True, slots=True)
class SendResults:
    """One result for each event, in the same order."""

    results: list[SendResult]


class SendingAPI:
    """The HTTP face of `send` and `send_many`, for callers with a key."""

    def __init__(self, door: Door, sending: SendingGateway, settings: Settings) -> None:
        self._door = door
        self._sending = sending
        self._doc = Doc(
            "Send an event, or at most 100",
            SendResult | SendResults,
            202,
            body=NewEvent | NewEvents,
            body_required=True,
            largest=settings.max_body,
            headers=(Parameter(_KEY_HEADER, "The `idempotency_key` of the one event."),),
            errors=(404, 422),
            group="sending",
        )

    def routes(self) -> list[Operation]:
        """The routes to mount."""
        place = "/api/v1/webhooks/{namespace}/{webhook}/events"
        send = self._door.route(
            place, self._send, "POST", scope="send", action="event.send", doc=self._doc
        )
        return [send]

    async def _send(self, request: Request, _: ApiKey) -> Response:
        asked = object_of(request)
        key = request.headers.get(_KEY_HEADER)
        namespace, webhook = request.path_params["namespace"], request.path_params["webhook"]
        if "events" in asked:
            if key is not None:
                raise BadRequestError("give each event its 'idempotency_key', not one to all")
            events = _events_in(fields_of(asked, "events")["events"])
            results = await self._sending.send_many(namespace, webhook, events)
            return json_response(SendResults(results), 202)
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
    fields_of(asked, *NewEvent.model_fields)
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
