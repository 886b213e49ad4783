"""What the reference says of endpoints, and what their routes may be asked."""

from dataclasses import dataclass, replace
from typing import Annotated, Any

from pydantic import ConfigDict, Field

from api.doc import Doc, Parameter
from api.parameters import PAGE, one_of
from api.questions import AtMost, Nothing, Question
from layeron.outbound.endpoints import DEFAULT_GRACE
from layeron.outbound.options import EndpointOptions
from layeron.outbound.records import DeliveryPage, EndpointPage, EndpointRecord, NewSecret
from layeron.ports.engine import QueueCommand
from layeron.records import DeliveryStatus, EventRecord

_LONGEST_EVENT_ID = 40
_UNKNOWN = (404,)


class TestQuestion(Question):
    """What a test ping sends.

    Attributes:
        event_type: one of the declared types, whose example is sent.
    """

    event_type: Annotated[str, AtMost(500)] | None = None


class RotationQuestion(Question):
    """How a secret is rotated.

    Attributes:
        grace: how long the secret before signs, too: such as ``24h``, a number of seconds, or 0.
    """

    grace: Any = Field(default=DEFAULT_GRACE, json_schema_extra={"type": ["string", "number"]})


class LaneQuestion(Question):
    """Which event a queue shall go on without, or try again.

    Attributes:
        event_id: the one it waits for.
    """

    event_id: Annotated[str, AtMost(_LONGEST_EVENT_ID)]


@dataclass(frozen=True, slots=True)
class Told:
    """What a queue was told."""

    event_id: str
    command: QueueCommand


@dataclass(frozen=True, slots=True)
class CreatedEndpoint:
    """A new endpoint, and its secret: shown this one time, null where none was generated."""

    endpoint: EndpointRecord
    secret: str | None


def _name_may_be_left_out(schema: dict[str, Any]) -> None:
    schema["required"] = ["url"]
    schema["properties"]["url"]["examples"] = ["https://example.com/webhooks"]


def _all_may_be_left_out(schema: dict[str, Any]) -> None:
    del schema["required"], schema["properties"]["user_id"]


class NewEndpoint(EndpointOptions):
    """An endpoint to create; one without a name gets one by its host."""

    model_config = ConfigDict(json_schema_extra=_name_may_be_left_out)


class EndpointChanges(EndpointOptions):
    """What shall be changed of an endpoint; what is left out stays as it is."""

    model_config = ConfigDict(json_schema_extra=_all_may_be_left_out)


LIST = Doc(
    "List endpoints: declared ones first, then the newest",
    EndpointPage,
    query=(Parameter("user_id", "Of this customer."), *PAGE),
    errors=_UNKNOWN,
    group="endpoints",
)
CREATE = Doc(
    "Create an endpoint",
    CreatedEndpoint,
    201,
    body=NewEndpoint,
    body_required=True,
    noted=("name", "url", "user_id", "event_types"),
    errors=(404, 409, 422),
    group="endpoints",
)
GET = Doc("Get an endpoint", EndpointRecord, errors=_UNKNOWN, group="endpoints")
CHANGE = Doc(
    "Change an endpoint that was created over the API",
    EndpointRecord,
    body=EndpointChanges,
    noted=("name", "url", "event_types", "rate_limit", "fifo"),
    errors=(404, 409, 422),
    group="endpoints",
)
DELETE = Doc(
    "Delete an endpoint that was created over the API",
    status=204,
    errors=(404, 409),
    group="endpoints",
)
ENABLE = Doc("Enable an endpoint", EndpointRecord, body=Nothing, errors=_UNKNOWN, group="endpoints")
DISABLE = replace(ENABLE, summary="Disable an endpoint")
TEST = Doc(
    "Send a test event in one attempt, and wait for its end",
    EventRecord,
    body=TestQuestion,
    noted=("event_type",),
    errors=(404, 409, 422),
    group="endpoints",
)
ROTATE = Doc(
    "Rotate the generated secret of an endpoint; the new one is shown this one time",
    NewSecret,
    body=RotationQuestion,
    noted=("grace",),
    errors=(404, 409, 422),
    group="endpoints",
)
ROTATE_USER = replace(
    ROTATE,
    summary="Rotate the secret that the endpoints of a customer share; the new one is shown this"
    " one time",
)
DELIVERIES = Doc(
    "List deliveries to an endpoint, newest event first",
    DeliveryPage,
    query=(Parameter("status", "In this status.", one_of(DeliveryStatus)), *PAGE),
    errors=_UNKNOWN,
    group="endpoints",
)
SKIP = Doc(
    "Let a queue go on without the event it waits for",
    Told,
    202,
    body=LaneQuestion,
    body_required=True,
    noted=("event_id",),
    errors=(404, 409),
    group="endpoints",
)
RETRY = replace(SKIP, summary="Let a queue try the event it waits for at once")
