"""Spans without what errors say: a message or traceback may hold anything, also a secret."""

from collections.abc import Sequence
from typing import Final

from opentelemetry.sdk.trace import Event, ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult
from opentelemetry.trace import Status

_OURS: Final = ("layeron", "temporalio")
"""Who makes spans here besides users, whose own spans are exported as they are."""
_WORDS: Final = {"exception.message", "exception.stacktrace"}


class Discreet(SpanExporter):
    """Exports spans of ours and of Temporal's with the types of errors, not their words.

    Temporal's interceptor writes both into them. Records and log lines have the words, with secrets
    taken out.
    """

    def __init__(self, exporter: SpanExporter) -> None:
        self._exporter = exporter

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Export by the other exporter."""
        return self._exporter.export([_discreet(each) for each in spans])

    def shutdown(self) -> None:
        """Shut the other exporter down."""
        self._exporter.shutdown()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        """Flush the other exporter."""
        return self._exporter.force_flush(timeout_millis)


def _discreet(span: ReadableSpan) -> ReadableSpan:
    scope = span.instrumentation_scope
    if scope is None or not scope.name.startswith(_OURS):
        return span
    kind = (span.status.description or "").partition(":")[0]
    return ReadableSpan(
        name=span.name,
        context=span.context,
        parent=span.parent,
        resource=span.resource,
        attributes=span.attributes,
        events=[_without_words(each) for each in span.events],
        links=span.links,
        kind=span.kind,
        status=Status(span.status.status_code, kind or None),
        start_time=span.start_time,
        end_time=span.end_time,
        instrumentation_scope=scope,
    )


def _without_words(event: Event) -> Event:
    kept = {name: each for name, each in (event.attributes or {}).items() if name not in _WORDS}
    return Event(event.name, kept, event.timestamp)
