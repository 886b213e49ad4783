"""An inbound webhook as declared: what it is called, where it is reached, how it behaves."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypedDict, TypeVar, get_type_hints

from layeron.errors import ConfigurationError
from layeron.events import WebhookEvents
from layeron.handlers import Handler, Handlers
from layeron.hiding import read_fields
from layeron.options import (
    Dedupe,
    DedupeDict,
    Delivery,
    DeliveryDict,
    Observability,
    ObservabilityDict,
    Retention,
    RetentionDict,
    did_you_mean,
    read_options,
)
from layeron.placement import Placement, place
from layeron.provider import Provider
from layeron.records import HandlingPolicy
from layeron.secrets import Secret
from layeron.signing.rule import Signature, SignatureDict

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")

H = TypeVar("H", bound=Handler)


class InboundOptions(TypedDict, total=False):
    """What every inbound webhook may be given.

    Attributes:
        path: where it is reached on any host of the service, such as ``/webhooks/stripe``.
        host: a host name of its own, with ``path``.
        url: its public address; says host and path at once.
        namespace: whose it is, where several teams share a service.
        name: part of records, dedupe keys and workflow ids: keep it for ever.
        dedupe: which events are the same, and for how long.
        delivery: retries, time limits, and whether the sender waits for the handler.
        observability: what is reported.
        retention: how long bodies and records are kept.
        redact: fields of the payload that nobody is shown, such as ``body.card.number``.
        handler: handles every type of event that ``on`` does not name.
        on: handlers by type of event: ``invoice.paid``, ``invoice.*`` or ``*``.
    """

    path: str
    host: str
    url: str
    namespace: str
    name: str
    dedupe: Dedupe | DedupeDict
    delivery: Delivery | DeliveryDict
    observability: Observability | ObservabilityDict
    retention: Retention | RetentionDict
    redact: Sequence[str]
    handler: Handler
    on: Mapping[str, Handler]


@dataclass(eq=False, repr=False)
class InboundWebhook:
    """A public endpoint that receives a provider's events and runs handlers.

    Attributes:
        redact: fields of the payload that nobody is shown.
        events: its records: list, get, payload, replay.
    """

    provider: Provider
    name: str
    namespace: str
    placement: Placement
    signature: Signature
    dedupe: Dedupe
    delivery: Delivery
    observability: Observability
    retention: Retention
    handlers: Handlers
    redact: Sequence[str] = ()
    events: WebhookEvents = field(init=False)

    def __post_init__(self) -> None:
        self.events = WebhookEvents(self.namespace, self.name)

    def on(self, event_type: str) -> Callable[[H], H]:
        """Register the decorated function or workflow class for a type of event."""

        def register(handler: H) -> H:
            self.handlers.register(event_type, handler)
            return handler

        return register

    def handler(self, handler: H) -> H:
        """Register the decorated function or workflow class for every type without its own."""
        self.handlers.register("*", handler)
        return handler

    @property
    def secrets(self) -> tuple[Secret, ...]:
        """Every secret it needs: to verify requests, and for the provider's handshakes."""
        return tuple(dict.fromkeys([*self.signature.secrets, *self.provider.secrets]))

    @property
    def policy(self) -> HandlingPolicy:
        """How its handlers are retried, as the engine is told."""
        retry = self.delivery.retry
        return HandlingPolicy(
            attempts=retry.attempts,
            initial_delay_seconds=retry.initial_delay_seconds,
            max_delay_seconds=retry.max_delay_seconds,
            backoff=2.0 if retry.backoff == "exponential" else 1.0,
            timeout_seconds=self.delivery.timeout_seconds,
            dead_letter=self.delivery.dead_letter,
        )

    def __repr__(self) -> str:
        return f"<webhook {self.namespace}/{self.name} at {self.placement}>"


def declare_inbound(
    provider: Provider,
    signature: Signature | SignatureDict,
    options: Mapping[str, Any],
    *,
    default_name: str | None,
) -> InboundWebhook:
    """Make a webhook from what was declared.

    Raises:
        ConfigurationError: in one sentence that names the webhook, the option and the mend.
    """
    name = options.get("name", default_name)
    if name is None:
        raise ConfigurationError(
            f"webhook at {options.get('path') or options.get('url')!r}: give it a name='…'."
        )
    for unknown in options.keys() - get_type_hints(InboundOptions).keys():
        raise ConfigurationError(
            f"webhook {name!r}: unknown option {unknown!r};"
            f" {did_you_mean(unknown, sorted(get_type_hints(InboundOptions)))}"
        )
    namespace = options.get("namespace", "default")
    check_names(name, namespace)
    try:
        placement = place(
            path=options.get("path"), host=options.get("host"), url=options.get("url")
        )
    except ValueError as error:
        raise ConfigurationError(f"webhook {name!r}: {error}.") from None
    handlers = Handlers(name)
    by_type: Mapping[str, Handler] = options.get("on") or {}
    for event_type, handler in by_type.items():
        handlers.register(event_type, handler)
    if (rest := options.get("handler")) is not None:
        handlers.register("*", rest)
    return InboundWebhook(
        provider=provider,
        name=name,
        namespace=namespace,
        placement=placement,
        signature=read_options(Signature, signature, webhook=name, option="signature"),
        dedupe=read_options(
            Dedupe, options.get("dedupe", provider.dedupe), webhook=name, option="dedupe"
        ),
        delivery=read_options(Delivery, options.get("delivery"), webhook=name, option="delivery"),
        observability=read_options(
            Observability, options.get("observability"), webhook=name, option="observability"
        ),
        retention=read_options(
            Retention, options.get("retention"), webhook=name, option="retention"
        ),
        handlers=handlers,
        redact=read_fields(options.get("redact", ()), webhook=name),
    )


def check_names(name: object, namespace: object) -> None:
    """Return if a webhook can be called so.

    Raises:
        ConfigurationError: one of the two has another form.
    """
    for option, text in (("name", name), ("namespace", namespace)):
        if not isinstance(text, str) or not _NAME.fullmatch(text):
            raise ConfigurationError(
                f"webhook {name!r}: option {option!r} {text!r} must be lower-case letters, digits,"
                " '-' and '_', at most 40."
            )
