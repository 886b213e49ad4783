"""Layeron Webhooks: declare them in Python; receiving, sending and retrying is done for you."""

from layeron import webhooks
from layeron.application import Backend, backend
from layeron.declaration import InboundWebhook
from layeron.errors import (
    BodyErasedError,
    BodyLostError,
    ConfigurationError,
    ConflictError,
    GatewayError,
    LayeronError,
    NotFoundError,
    PayloadError,
    PermanentError,
    UnavailableError,
)
from layeron.event import Context, Event, Response
from layeron.options import Dedupe, Delivery, Observability, Retention, Retry
from layeron.outbound.declaration import OutboundWebhook
from layeron.outbound.options import DeclaredEndpoint, EventType
from layeron.outbound.outgoing import OutgoingEvent
from layeron.outbound.records import (
    DeliveryPage,
    EndpointPage,
    EndpointRecord,
    EndpointState,
    NewSecret,
    QueuedDelivery,
    SendResult,
)
from layeron.outbound.retry import OutboundRetry
from layeron.records import (
    AttemptRecord,
    BodyReference,
    DeliveryRecord,
    EventPage,
    EventRecord,
    ReplayRecord,
)
from layeron.request import Headers, Request
from layeron.secrets import Secret, secret
from layeron.signing.rule import Signature, VerificationContext

__all__ = [
    "AttemptRecord",
    "Backend",
    "BodyErasedError",
    "BodyLostError",
    "BodyReference",
    "ConfigurationError",
    "ConflictError",
    "Context",
    "DeclaredEndpoint",
    "Dedupe",
    "Delivery",
    "DeliveryPage",
    "DeliveryRecord",
    "EndpointPage",
    "EndpointRecord",
    "EndpointState",
    "Event",
    "EventPage",
    "EventRecord",
    "EventType",
    "GatewayError",
    "Headers",
    "InboundWebhook",
    "LayeronError",
    "NewSecret",
    "NotFoundError",
    "Observability",
    "OutboundRetry",
    "OutboundWebhook",
    "OutgoingEvent",
    "PayloadError",
    "PermanentError",
    "QueuedDelivery",
    "ReplayRecord",
    "Request",
    "Response",
    "Retention",
    "Retry",
    "Secret",
    "SendResult",
    "Signature",
    "UnavailableError",
    "VerificationContext",
    "backend",
    "secret",
    "webhooks",
]
