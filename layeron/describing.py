"""What a webhook was declared to be, as plain records without secrets: for API and dashboard."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from layeron.application import Declared
from layeron.declaration import InboundWebhook
from layeron.handlers import Handlers
from layeron.locator import Locator
from layeron.outbound.declaration import OutboundWebhook
from layeron.records import Direction
from layeron.secrets import Secret
from layeron.signing.rule import Signature

_FUNCTION = "function"
"""Stands for what is decided by code."""


@dataclass(frozen=True, slots=True)
class SignatureDescription:
    """How requests are signed.

    Attributes:
        algorithm: such as ``hmac-sha256``; ``function`` where code verifies.
        encoding: of the signature's text.
        headers: header fields that may carry the signature.
        query_param: the query parameter that carries it.
        body_field: the field of the body that carries it.
        signed_payload: which bytes are signed; ``function`` where code says it.
        timestamp: where the time of signing is.
        tolerance_seconds: how far it may be from ours; null checks nothing.
        secrets: names of the secrets, never values; one of another namespace as
            ``namespace/NAME``. Empty where a secret is generated, or none is used.
    """

    algorithm: str
    encoding: str
    headers: list[str]
    query_param: str | None
    body_field: str | None
    signed_payload: str
    timestamp: str | None
    tolerance_seconds: float | None
    secrets: list[str]


@dataclass(frozen=True, slots=True)
class DeliveryDescription:
    """How a received event reaches its handler.

    Attributes:
        queue: answered 202 at once and handled later; else with the handler's result.
        dead_letter: out of attempts it waits as a dead letter; else it has failed.
        timeout_seconds: for one attempt.
        respond_within_seconds: without a queue, how long the sender waits.
        attempts: how many in all.
        backoff: ``exponential`` or ``fixed``.
        initial_delay_seconds: before the second attempt.
        max_delay_seconds: no delay is longer.
    """

    queue: bool
    dead_letter: bool
    timeout_seconds: float
    respond_within_seconds: float
    attempts: int
    backoff: str
    initial_delay_seconds: float
    max_delay_seconds: float


@dataclass(frozen=True, slots=True)
class DedupeDescription:
    """Which received events are the same.

    Attributes:
        key: where it is in a request; ``function`` where code finds it, null for the provider's id.
        ttl_seconds: how long a repeat counts as a duplicate.
    """

    key: list[str] | None
    ttl_seconds: float


@dataclass(frozen=True, slots=True)
class HandlerDescription:
    """What runs for a type of event.

    Attributes:
        event_type: exact, a group such as ``invoice.*``, or ``*``.
        kind: a function or a workflow.
        name: of the function, or under which the workflow is registered.
    """

    event_type: str
    kind: Literal["function", "workflow"]
    name: str


@dataclass(frozen=True, slots=True)
class WebhookDescription:
    """A webhook as it is declared.

    Attributes:
        provider: the preset of one that receives.
        host: the host name it has for itself, of one that receives.
        path: where it is reached, of one that receives.
        url: its address as registered at the provider, if that was declared.
        delivery: of one that receives.
        dedupe: of one that receives.
        handlers: of one that receives, in order of declaration.
        endpoints: names of the declared endpoints, of one that sends.
        event_types: which may be sent; empty means any.
        envelope: whether a payload travels as ``{"type", "timestamp", "data"}``.
        operational: the webhook that tells of this one's trouble.
    """

    namespace: str
    name: str
    direction: Direction
    signature: SignatureDescription
    provider: str | None = None
    host: str | None = None
    path: str | None = None
    url: str | None = None
    delivery: DeliveryDescription | None = None
    dedupe: DedupeDescription | None = None
    handlers: list[HandlerDescription] = field(default_factory=list[HandlerDescription])
    endpoints: list[str] = field(default_factory=list[str])
    event_types: list[str] = field(default_factory=list[str])
    envelope: bool | None = None
    operational: str | None = None


def describe(webhook: Declared) -> WebhookDescription:
    """The description of a webhook of either direction."""
    return _received(webhook) if isinstance(webhook, InboundWebhook) else _sent(webhook)


def _received(webhook: InboundWebhook) -> WebhookDescription:
    delivery, retry, dedupe = webhook.delivery, webhook.delivery.retry, webhook.dedupe
    return WebhookDescription(
        namespace=webhook.namespace,
        name=webhook.name,
        direction="inbound",
        signature=_signature(webhook.signature, webhook.secrets),
        provider=webhook.provider.name,
        host=webhook.placement.host,
        path=webhook.placement.path,
        url=webhook.placement.url,
        delivery=DeliveryDescription(
            queue=delivery.queue,
            dead_letter=delivery.dead_letter,
            timeout_seconds=delivery.timeout_seconds,
            respond_within_seconds=delivery.respond_within_seconds,
            attempts=retry.attempts,
            backoff=retry.backoff,
            initial_delay_seconds=retry.initial_delay_seconds,
            max_delay_seconds=retry.max_delay_seconds,
        ),
        dedupe=DedupeDescription(
            key=_places(dedupe.key) if dedupe.key else None, ttl_seconds=dedupe.ttl.total_seconds()
        ),
        handlers=_handlers(webhook.handlers),
    )


def _sent(webhook: OutboundWebhook) -> WebhookDescription:
    told = webhook.operational
    return WebhookDescription(
        namespace=webhook.namespace,
        name=webhook.name,
        direction="outbound",
        signature=_signature(webhook.signing, webhook.secrets),
        endpoints=sorted(each.name for each in webhook.declared.values()),
        event_types=list(webhook.event_types),
        envelope=webhook.envelope,
        operational=f"{told.namespace}/{told.name}" if told else None,
    )


def _signature(rule: Signature, secrets: Sequence[Secret]) -> SignatureDescription:
    place = next(iter(rule.timestamp_places), None)
    return SignatureDescription(
        algorithm=_FUNCTION if rule.verify else rule.algorithm,
        encoding=rule.encoding,
        headers=list(rule.header_names),
        query_param=rule.query_param,
        body_field=rule.body_field,
        signed_payload=rule.signed_payload if isinstance(rule.signed_payload, str) else _FUNCTION,
        timestamp=str(getattr(rule, place)) if place else None,
        tolerance_seconds=rule.tolerance_seconds if place else None,
        secrets=[
            each.name if each.namespace == "default" else f"{each.namespace}/{each.name}"
            for each in secrets
        ],
    )


def _places(key: Locator) -> list[str]:
    return [_FUNCTION] if key.function else list(key.places)


def _handlers(handlers: Handlers) -> list[HandlerDescription]:
    described: list[HandlerDescription] = []
    for pattern in handlers.patterns:
        bound = handlers.bound_to(pattern)
        if name := bound.workflow_name:
            described.append(HandlerDescription(pattern, "workflow", name))
        else:
            name = getattr(bound.function, "__qualname__", type(bound.function).__qualname__)
            described.append(HandlerDescription(pattern, "function", name))
    return described
