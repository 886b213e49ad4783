"""A receiver of OTLP over HTTP: what a real collector would get."""

from collections.abc import Callable, Generator, Iterable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.proto.trace.v1 import trace_pb2

from tests.observability.listening import listening

_REQUEST: Callable[[bytes], ExportTraceServiceRequest] = ExportTraceServiceRequest.FromString


@dataclass(frozen=True)
class Exported:
    """One span as it came over the wire.

    Attributes:
        parent: id of the span it belongs to; empty for the first of a trace.
        links: trace ids of spans it is linked to.
        words: every text in it, for secrets to be looked for.
    """

    name: str
    service: str
    scope: str
    trace_id: str
    span_id: str
    parent: str
    kind: str
    status: str
    message: str
    attributes: Mapping[str, Any]
    links: tuple[str, ...]
    words: str


@dataclass
class Collector:
    """The server's address and what it was sent."""

    url: str = ""
    spans: list[Exported] = field(default_factory=list[Exported])
    kinds: set[str] = field(default_factory=set[str])

    def take(self, body: bytes, kind: str) -> None:
        self.kinds.add(kind)
        request = _REQUEST(body)
        for resource in request.resource_spans:
            service = _plain(resource.resource.attributes)["service.name"]
            for scope in resource.scope_spans:
                for each in scope.spans:
                    self.spans.append(_exported(each, str(service), scope.scope.name))


def _exported(span: trace_pb2.Span, service: str, scope: str) -> Exported:
    return Exported(
        name=span.name,
        service=service,
        scope=scope,
        trace_id=span.trace_id.hex(),
        span_id=span.span_id.hex(),
        parent=span.parent_span_id.hex(),
        kind=trace_pb2.Span.SpanKind.Name(span.kind),
        status=trace_pb2.Status.StatusCode.Name(span.status.code),
        message=span.status.message,
        attributes=_plain(span.attributes),
        links=tuple(each.trace_id.hex() for each in span.links),
        words=str(span),
    )


def _plain(attributes: Iterable[KeyValue]) -> dict[str, Any]:
    return {each.key: _value(each.value) for each in attributes}


def _value(value: AnyValue) -> Any:
    return getattr(value, value.WhichOneof("value") or "string_value")


@contextmanager
def collecting() -> Generator[Collector]:
    """Receive until the end of the block."""
    collector = Collector()

    def take(path: str, headers: Mapping[str, str], body: bytes) -> int:
        if path == "/v1/traces":
            collector.take(body, headers["content-type"])
        return 200

    # No bytes are an ExportTraceServiceResponse that has no complaints.
    with listening(take, content_type="application/x-protobuf") as collector.url:
        yield collector
