"""Export of spans by OTLP, where OpenTelemetry's own variables name a receiver of them.

Without these, OpenTelemetry's SDK is not even imported. Where the application has set a tracer
provider itself, that one is used.
"""

import asyncio
import logging
import os
import threading
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from importlib.metadata import version
from typing import Final

from opentelemetry import trace

from layeron.errors import ConfigurationError

logger = logging.getLogger("layeron.tracing")

_ENDPOINTS: Final = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
_PROTOCOLS: Final = ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL")
_SPOKEN: Final = "http/protobuf"
_FLUSH_SECONDS: Final = 5.0
"""How long a process that ends waits for a receiver that does not answer."""


@asynccontextmanager
async def exporting_traces(service: str) -> AsyncGenerator[None]:
    """Export spans until the end of the block, and those that are left then.

    Args:
        service: what the process is called, unless ``OTEL_SERVICE_NAME`` says it.

    Raises:
        ConfigurationError: a protocol is asked for that is not spoken here.
    """
    if not is_asked_for(os.environ) or is_traced():
        yield
        return
    shut_down = _export(service)
    try:
        yield
    finally:
        await _within(_FLUSH_SECONDS, shut_down)


def is_asked_for(environ: Mapping[str, str]) -> bool:
    """Whether OpenTelemetry's variables name a receiver of spans.

    Raises:
        ConfigurationError: they ask for a protocol that is not spoken here.
    """
    if environ.get("OTEL_SDK_DISABLED", "").strip().lower() == "true":
        return False
    if environ.get("OTEL_TRACES_EXPORTER", "").strip().lower() == "none":
        return False
    if not any(environ.get(name) for name in _ENDPOINTS):
        return False
    name = next((each for each in _PROTOCOLS if environ.get(each)), None)
    if name is not None and environ[name].strip() != _SPOKEN:
        raise ConfigurationError(
            f"{name}: {environ[name]!r} is not spoken here; write {_SPOKEN}, which every OTLP"
            " receiver takes (usually on port 4318), or unset it."
        )
    return True


def is_traced() -> bool:
    """Whether spans go anywhere: there is a tracer provider."""
    return not isinstance(trace.get_tracer_provider(), trace.ProxyTracerProvider)


async def _within(seconds: float, do: Callable[[], None]) -> None:
    """Do it in a thread that the process does not wait for longer than that."""
    loop, done = asyncio.get_running_loop(), asyncio.Event()

    def run() -> None:
        do()
        with suppress(RuntimeError):  # nobody waits any more: the loop is closed
            loop.call_soon_threadsafe(done.set)

    threading.Thread(target=run, name="last spans", daemon=True).start()
    with suppress(TimeoutError):
        await asyncio.wait_for(done.wait(), seconds)


def _export(service: str) -> Callable[[], None]:
    """Set the tracer provider; gives what ends it."""
    # The SDK is loaded only where it is used.
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import (  # noqa: PLC0415
        OTLPSpanExporter,
    )
    from opentelemetry.sdk.resources import Resource  # noqa: PLC0415
    from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
    from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415

    from layeron.adapters.discretion import Discreet  # noqa: PLC0415

    named = {"service.version": version("layeron-webhooks")}
    if not os.environ.get("OTEL_SERVICE_NAME"):
        named["service.name"] = service
    # Sampler, limits, headers and times are read from their OTEL_ variables by the SDK itself.
    provider = TracerProvider(resource=Resource.create(named), shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(Discreet(OTLPSpanExporter())))
    trace.set_tracer_provider(provider)
    logger.info("spans are exported by OTLP")
    return provider.shutdown
