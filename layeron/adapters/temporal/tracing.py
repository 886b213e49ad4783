"""Temporal's own tracing: its spans, and the context that travels from client to activity."""

from temporalio.client import Interceptor

from layeron.adapters.tracing import is_traced


def tracing_interceptors() -> list[Interceptor]:
    """What a client, and the workers on it, are traced by; nothing unless spans go anywhere.

    Spans of workflows have no length: they are made as things happen, and not again in a replay.
    """
    if not is_traced():
        return []
    # It loads OpenTelemetry's SDK.
    from temporalio.contrib.opentelemetry import TracingInterceptor  # noqa: PLC0415

    return [TracingInterceptor()]
