"""An outbound webhook as declared: a publisher with its endpoints."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, cast

from layeron.declaration import check_names
from layeron.errors import ConfigurationError
from layeron.events import WebhookEvents
from layeron.hiding import read_fields
from layeron.identity import declared_endpoint_id
from layeron.options import (
    Observability,
    ObservabilityDict,
    Retention,
    RetentionDict,
    read_options,
)
from layeron.outbound.endpoints import WebhookEndpoints
from layeron.outbound.event_types import read_event_type
from layeron.outbound.gateway import EndpointsGateway, SendingGateway
from layeron.outbound.options import (
    DeclaredEndpoint,
    EndpointDict,
    EndpointOptions,
    EventType,
    EventTypeDict,
)
from layeron.outbound.outgoing import OutgoingEvent
from layeron.outbound.records import EndpointRecord, SendResult
from layeron.outbound.schemas import PayloadSchema
from layeron.outbound.signatures import STANDARD, read_signing, uses_generated_secret
from layeron.providers.standard import SIGNATURE
from layeron.secrets import Secret
from layeron.signing.rule import Signature, SignatureDict


@dataclass(eq=False, repr=False)
class OutboundWebhook:
    """A named publisher that sends events to endpoints.

    Attributes:
        declared: its endpoints in code, by id.
        signing: by which rule events for endpoints created at run time are signed.
        event_types: the types that may be sent; empty means any.
        envelope: whether a payload travels as ``{"type", "timestamp", "data"}``.
        endpoints_per_user: how many one user may create.
        operational: the publisher that tells of this one's trouble.
        retention: how long bodies and records are kept.
        observability: what is reported.
        redact: fields of the body that nobody is shown.
        endpoints: the endpoints: create, list, change, disable, enable, delete, test.
        events: its records: list, get, payload, replay.
    """

    name: str
    namespace: str
    declared: Mapping[str, DeclaredEndpoint]
    signing: Signature
    event_types: Mapping[str, EventType]
    envelope: bool
    endpoints_per_user: int
    operational: "OutboundWebhook | None"
    retention: Retention
    observability: Observability
    redact: Sequence[str]
    endpoints: WebhookEndpoints = field(init=False)
    events: WebhookEvents = field(init=False)
    _gateway: SendingGateway | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        self.events = WebhookEvents(self.namespace, self.name)
        self.endpoints = WebhookEndpoints(self.namespace, self.name)

    async def send(
        self,
        event_type: str,
        payload: object,
        *,
        idempotency_key: str | None = None,
        endpoints: Sequence[str] | None = None,
        user_id: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> SendResult:
        """Make an event durable and send it to every endpoint that wants it.

        Args:
            event_type: such as ``invoice.paid``.
            payload: what can be written as JSON.
            idempotency_key: a second call with the same key sends nothing and returns the first
                event, for as long as the engine remembers that one (its retention).
            endpoints: names or ids of those it goes to, whatever their filters say; without it,
                all whose filter matches.
            user_id: the customer it is for: it goes to endpoints of this customer and to those
                that nobody owns, never to those of others.
            headers: more header fields for this event.

        Returns:
            The event's id and its deliveries; of the first event where the key was used before,
            with ``conflict`` where that one had another type, user or payload.

        Raises:
            PayloadError: type, payload or headers cannot be sent; says why.
            NotFoundError: there is no endpoint of this name.
            UnavailableError: nothing was made durable; call again, with an idempotency key.
        """
        event = OutgoingEvent(
            event_type,
            payload,
            idempotency_key=idempotency_key,
            endpoints=endpoints,
            user_id=user_id,
            headers=headers,
        )
        return await self._connected().send(self.namespace, self.name, event)

    async def send_many(self, events: Sequence[OutgoingEvent]) -> list[SendResult]:
        """Send at most 100 events; the results come in the same order.

        All are checked before any is sent. They are sent at once, except that each queue (an
        endpoint with ``fifo``) gets its events in the order given here.

        Raises:
            PayloadError: one cannot be sent, and none was; says which (``events[3]``) and why.
            NotFoundError: one names an endpoint that there is not; none was sent.
            UnavailableError: some may be durable, the message says how many. Call again with the
                same objects: each has an idempotency key, so that none is sent twice.
        """
        return await self._connected().send_many(self.namespace, self.name, events)

    def connect(self, sending: SendingGateway, endpoints: EndpointsGateway) -> None:
        """Use these gateways from now on."""
        self._gateway = sending
        self.endpoints.connect(endpoints)

    @property
    def secrets(self) -> tuple[Secret, ...]:
        """Every secret that its declared endpoints sign with."""
        rules = [self.signing, *(self.rule_of(each) for each in self.declared)]
        return tuple(dict.fromkeys(each for rule in rules for each in rule.secrets))

    def rule_of(self, endpoint_id: str) -> Signature:
        """By which rule events for an endpoint are signed."""
        return self._rules.get(endpoint_id, self.signing)

    @cached_property
    def _rules(self) -> Mapping[str, Signature]:
        return {endpoint_id: _rule_of(each) for endpoint_id, each in self.declared.items()}

    @cached_property
    def records(self) -> Mapping[str, EndpointRecord]:
        """The declared endpoints as records, in their default state, by id."""
        return {
            endpoint_id: record_of(endpoint, endpoint_id, self, declared=True)
            for endpoint_id, endpoint in self.declared.items()
        }

    def schema_of(self, event_type: str) -> PayloadSchema | None:
        """What payloads of this type must fit."""
        return self._schemas.get(event_type)

    @cached_property
    def _schemas(self) -> Mapping[str, PayloadSchema]:
        return {
            name: PayloadSchema(each.json_schema)
            for name, each in self.event_types.items()
            if each.json_schema is not None
        }

    def _connected(self) -> SendingGateway:
        if self._gateway is None:
            # The HTTP client is loaded only where it is used: importing layeron stays light.
            from layeron.outbound.remote import RemotePublishing  # noqa: PLC0415

            self._gateway = RemotePublishing.from_environment()
        return self._gateway

    def __repr__(self) -> str:
        return f"<outbound webhook {self.namespace}/{self.name}>"


def record_of(
    options: EndpointOptions, endpoint_id: str, webhook: OutboundWebhook, *, declared: bool
) -> EndpointRecord:
    """The record of an endpoint that is described by options."""
    return EndpointRecord(
        id=endpoint_id,
        namespace=webhook.namespace,
        webhook=webhook.name,
        name=options.name,
        declared=declared,
        url=options.url,
        event_types=list(options.event_types),
        headers=dict(options.headers),
        timeout_seconds=options.timeout_seconds,
        retry_delays=options.retry.delays,
        retry_jitter=options.retry.jitter,
        rate_limit=options.rate_limit,
        fifo=options.fifo,
        description=options.description,
        metadata=dict(options.metadata),
        user_id=options.user_id,
    )


def declare_outbound(  # noqa: PLR0913  # each is an option of the webhook
    name: str,
    *,
    namespace: str,
    endpoints: Sequence[DeclaredEndpoint | EndpointDict],
    signing: Signature | SignatureDict | None,
    event_types: Mapping[str, EventType | EventTypeDict],
    envelope: bool,
    endpoints_per_user: int,
    operational: OutboundWebhook | None,
    retention: Retention | RetentionDict | None = None,
    observability: Observability | ObservabilityDict | None = None,
    redact: Sequence[str] = (),
) -> OutboundWebhook:
    """Make a publisher from what was declared.

    Raises:
        ConfigurationError: in one sentence that names the webhook, the option and the mend.
    """
    check_names(name, namespace)
    declared: dict[str, DeclaredEndpoint] = {}
    for number, given in enumerate(endpoints):
        said = given if isinstance(given, DeclaredEndpoint) else cast("Mapping[str, Any]", given)
        endpoint = read_options(DeclaredEndpoint, said, webhook=name, option=f"endpoints[{number}]")
        if endpoint.secret is not None and endpoint.signing is not None:
            raise ConfigurationError(
                f"webhook {name!r}: endpoint {endpoint.name!r} has secret and signing; put the"
                " secret into signing."
            )
        rule = endpoint.signing
        if rule is not None and rule.sign is None and uses_generated_secret(rule):
            raise ConfigurationError(
                f"webhook {name!r}: endpoint {endpoint.name!r}: signing needs a secret; add"
                " secret=secret('…')."
            )
        endpoint_id = declared_endpoint_id(namespace, name, endpoint.name)
        if endpoint_id in declared:
            raise ConfigurationError(
                f"webhook {name!r}: two endpoints are called {endpoint.name!r}; rename one."
            )
        declared[endpoint_id] = endpoint
    _check_plain(name, event_types, endpoints_per_user, operational)
    if operational is not None and operational.operational is not None:
        raise ConfigurationError(
            f"webhook {name!r}: option 'operational': {operational.name!r} has an operational"
            " webhook itself; give one without."
        )
    types = {key: read_event_type(name, key, each) for key, each in event_types.items()}
    return OutboundWebhook(
        name=name,
        namespace=namespace,
        declared=declared,
        signing=STANDARD if signing is None else read_signing(signing, webhook=name),
        event_types=types,
        envelope=envelope,
        endpoints_per_user=endpoints_per_user,
        operational=operational,
        retention=read_options(
            Retention,
            cast("Retention | Mapping[str, Any] | None", retention),
            webhook=name,
            option="retention",
        ),
        observability=read_options(
            Observability,
            cast("Observability | Mapping[str, Any] | None", observability),
            webhook=name,
            option="observability",
        ),
        redact=read_fields(redact, webhook=name),
    )


def _check_plain(
    name: str, event_types: object, endpoints_per_user: object, operational: object
) -> None:
    """Return if options that are not typed by a model have their types."""
    mend = None
    if not isinstance(event_types, Mapping):
        mend = "option 'event_types': write a dict such as {'invoice.paid': {}}"
    elif not isinstance(endpoints_per_user, int) or endpoints_per_user < 1:
        mend = "option 'endpoints_per_user': write a number of at least 1"
    elif not isinstance(operational, OutboundWebhook | None):
        mend = "option 'operational': give it another webhooks.out(…)"
    if mend:
        raise ConfigurationError(f"webhook {name!r}: {mend}.")


def _rule_of(endpoint: DeclaredEndpoint) -> Signature:
    if endpoint.signing is not None:
        return endpoint.signing
    if endpoint.secret is not None:
        return Signature.model_validate({**SIGNATURE, "secret": endpoint.secret})
    return STANDARD
