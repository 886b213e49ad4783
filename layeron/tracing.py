"""Spans of ours, by OpenTelemetry's API: without a tracer provider they cost next to nothing.

No body, header value, query or message of an error is written into one: whoever sees traces shall
see nothing of what events hold.
"""

from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from typing import TypeAlias

from opentelemetry import context, trace
from opentelemetry.context import Context
from opentelemetry.trace import Span, SpanContext, SpanKind, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from layeron.outbound.records import OutboundEvent
from layeron.records import InboundEvent
from layeron.text import printable

TRACEPARENT = "traceparent"

_TRACER = trace.get_tracer("layeron")
_W3C = TraceContextTextMapPropagator()

Attributes: TypeAlias = Mapping[str, str | int | None]


@contextmanager
def span(
    name: str,
    attributes: Attributes,
    *,
    kind: SpanKind = SpanKind.INTERNAL,
    parent: Context | None = None,
) -> Generator[Span]:
    """A span until the end of the block; of an error that ends it, it tells the type alone.

    Args:
        name: the same for all of its kind.
        attributes: those that are None are left out.
        kind: as OpenTelemetry has them.
        parent: what it belongs to; without it, the current span.
    """
    with _TRACER.start_as_current_span(
        name,
        parent,
        kind=kind,
        attributes=_clean(attributes),
        record_exception=False,
        set_status_on_exception=False,
    ) as begun:
        try:
            yield begun
        except Exception as error:
            failed(begun, type(error).__name__)
            raise


@dataclass(frozen=True, slots=True)
class Receipt:
    """The span of a provider's request.

    Attributes:
        sender: the sender's span, to which nothing leads before the sender is proved.
    """

    span: Span
    sender: SpanContext | None

    def proved(self, attributes: Attributes) -> None:
        """Note what was received, and which span of the sender's led here."""
        self.span.set_attributes(_clean(attributes))
        if self.sender is not None:
            self.span.add_link(self.sender)

    def refused(self, cause: str) -> None:
        """Note why it did not verify."""
        failed(self.span, cause)

    def answered(self, status: int) -> None:
        """Note the answer's status."""
        self.span.set_attribute("http.response.status_code", status)
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            failed(self.span, str(status))


@contextmanager
def receiving(
    namespace: str, webhook: str, sender: SpanContext | None, *, trusted: bool
) -> Generator[Receipt]:
    """Receive a provider's request until the end of the block.

    Args:
        namespace: of the webhook.
        webhook: its name.
        sender: what the request names as its span.
        trusted: continue the sender's trace, and leave to it whether that is exported. Otherwise
            a trace begins, so that no stranger decides what is exported or where it shows up.
    """
    parent = Context()
    if sender is not None and trusted:
        parent = trace.set_span_in_context(trace.NonRecordingSpan(sender), parent)
    named = {"layeron.webhook": webhook, "layeron.namespace": namespace}
    with span("receive", named, kind=SpanKind.SERVER, parent=parent) as begun:
        yield Receipt(begun, None if trusted else sender)


@contextmanager
def continuing(named: str | None) -> Generator[None]:
    """Let what is begun until the end of the block belong to a span of before, if there was one.

    Args:
        named: by `traceparent`, when it was the current span.
    """
    token = context.attach(_W3C.extract({TRACEPARENT: named or ""}, Context()))
    try:
        yield
    finally:
        context.detach(token)


@contextmanager
def apart() -> Generator[None]:
    """Let what is begun until the end of the block be of no trace that is under way."""
    token = context.attach(Context())
    try:
        yield
    finally:
        context.detach(token)


def about(event: InboundEvent | OutboundEvent) -> Attributes:
    """What the spans of an event are found by."""
    return {
        "layeron.event.id": event.event_id,
        "layeron.event.type": event.event_type,
        "layeron.webhook": event.webhook,
        "layeron.namespace": event.namespace,
        "layeron.replay": event.replay or None,
    }


def failed(ended: Span, kind: str) -> None:
    """Mark a span as one that ended badly, with the kind of failure."""
    ended.set_attribute("error.type", printable(kind))
    ended.set_status(StatusCode.ERROR, printable(kind))


def sender_of(traceparent: Sequence[str]) -> SpanContext | None:
    """The span that a request's one ``traceparent`` field names; None for anything else.

    Neither ``tracestate`` nor ``baggage`` is taken from anybody: they may hold any text.
    """
    if len(traceparent) != 1:
        return None
    found = trace.get_current_span(
        _W3C.extract({TRACEPARENT: traceparent[0]}, Context())
    ).get_span_context()
    return found if found.is_valid else None


def traceparent() -> str | None:
    """The current span, as a ``traceparent`` field names it."""
    carrier: dict[str, str] = {}
    _W3C.inject(carrier)
    return carrier.get(TRACEPARENT)


def current_span() -> SpanContext | None:
    """What names the current span; None outside of all."""
    found = trace.get_current_span().get_span_context()
    return found if found.is_valid else None


def _clean(attributes: Attributes) -> Mapping[str, str | int]:
    """What is known; text of strangers may hold half a character, which cannot be exported."""
    return {
        key: printable(value) if isinstance(value, str) else value
        for key, value in attributes.items()
        if value is not None
    }
