"""Layeron Webhooks: declare them in Python; receiving, retrying and replaying is done for you."""

from layeron import webhooks
from layeron.application import Backend, backend
from layeron.declaration import InboundWebhook
from layeron.errors import (
    BodyLostError,
    ConfigurationError,
    ConflictError,
    GatewayError,
    LayeronError,
    NotFoundError,
    PermanentError,
    UnavailableError,
)
from layeron.event import Context, Event, Response
from layeron.options import Dedupe, Delivery, Observability, Retry
from layeron.records import (
    AttemptRecord,
    BodyReference,
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
    "BodyLostError",
    "BodyReference",
    "ConfigurationError",
    "ConflictError",
    "Context",
    "Dedupe",
    "Delivery",
    "Event",
    "EventPage",
    "EventRecord",
    "GatewayError",
    "Headers",
    "InboundWebhook",
    "LayeronError",
    "NotFoundError",
    "Observability",
    "PermanentError",
    "ReplayRecord",
    "Request",
    "Response",
    "Retry",
    "Secret",
    "Signature",
    "UnavailableError",
    "VerificationContext",
    "backend",
    "secret",
    "webhooks",
]
