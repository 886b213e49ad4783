"""Metrics in memory, in Prometheus' format, scraped at a port of their own.

A scrape gives three things in one answer: what this process counted, what gauges show now, and
what Temporal's SDK measured, which that exports on a loopback port of its own.
"""

import asyncio
import logging
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from importlib.metadata import version

import httpx2
import uvicorn
from prometheus_client import (
    CollectorRegistry,
    Counter,
    Histogram,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from layeron.adapters.server import Server
from layeron.adapters.temporal.runtime import sdk_metrics_address
from layeron.gauging import Reading
from layeron.listening import address, listen
from layeron.ports import metrics as the
from layeron.ports.metrics import SILENT, TABLE, Metric, Metrics
from layeron.settings import Settings

logger = logging.getLogger("layeron.metrics")

Gauges = Callable[[], Awaitable[Sequence[Reading]]]

_CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_FRESH_SECONDS = 5
"""However often somebody scrapes, the parts are asked once in this time."""
_SDK_SECONDS = 2


class PrometheusMetrics(Collector):
    """`Metrics` that can be scraped.

    Attributes:
        readings: what gauges show; one without a reading is not shown at all, so that nobody takes
            what is unknown for 0.
    """

    def __init__(self) -> None:
        self.readings: Sequence[Reading] = ()
        self._registry = CollectorRegistry()
        self._counters = {
            each: Counter(each.name, each.help, each.labels, registry=self._registry)
            for each in TABLE
            if each.kind == "counter"
        }
        self._histograms = {
            each: Histogram(
                each.name, each.help, each.labels, registry=self._registry, buckets=each.buckets
            )
            for each in TABLE
            if each.kind == "histogram"
        }
        self._registry.register(self)

    def count(self, metric: Metric, *labels: str, amount: float = 1) -> None:
        """See the port."""
        self._counters[metric].labels(*labels).inc(amount)

    def observe(self, metric: Metric, seconds: float, *labels: str) -> None:
        """See the port."""
        self._histograms[metric].labels(*labels).observe(seconds)

    def collect(self) -> Iterable[GaugeMetricFamily]:
        """The gauges; asked for by the library at each scrape."""
        families: dict[Metric, GaugeMetricFamily] = {}
        for each in self.readings:
            metric = each.metric
            if metric not in families:
                families[metric] = GaugeMetricFamily(metric.name, metric.help, labels=metric.labels)
            families[metric].add_metric(each.labels, each.value)
        return families.values()

    def text(self) -> bytes:
        """All of it."""
        return generate_latest(self._registry)


def open_metrics(settings: Settings, process: str) -> Metrics:
    """Metrics for one process, if the settings let it be scraped.

    To be called before the first connection to Temporal, whose SDK is then measured as well.
    """
    if settings.metrics_port is None:
        return SILENT
    sdk_metrics_address()
    # A second series beside each, which nobody asks for.
    disable_created_metrics()  # type: ignore[no-untyped-call]  # the library gave it no types
    metrics = PrometheusMetrics()
    metrics.readings = [Reading(the.BUILD_INFO, 1, (process, version("layeron-webhooks")))]
    return metrics


@dataclass
class _Page:
    metrics: PrometheusMetrics
    gauges: Gauges | None
    client: httpx2.AsyncClient
    read_at: float = float("-inf")
    asking: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def answer(self, _: Request) -> Response:
        async with self.asking:
            if self.gauges and time.monotonic() - self.read_at > _FRESH_SECONDS:
                own = [each for each in self.metrics.readings if each.metric is the.BUILD_INFO]
                self.metrics.readings = [*own, *await self.gauges()]
                self.read_at = time.monotonic()
        content = self.metrics.text() + await self._sdk()
        return Response(content, media_type=None, headers={"content-type": _CONTENT_TYPE})

    async def _sdk(self) -> bytes:
        try:
            answer = await self.client.get(f"http://{sdk_metrics_address()}/metrics")
        except httpx2.HTTPError as error:
            logger.warning("the metrics of Temporal's SDK are missing: %s", error)
            return b""
        return answer.content


@asynccontextmanager
async def scraped(
    metrics: Metrics, settings: Settings, gauges: Gauges | None = None
) -> AsyncGenerator[None]:
    """Serve ``/metrics`` until the end of the block, if there are any.

    Args:
        metrics: what is served.
        settings: where.
        gauges: reads what is the same for all processes.

    Raises:
        ConfigurationError: the port cannot be used.
    """
    if not isinstance(metrics, PrometheusMetrics) or settings.metrics_port is None:
        yield
        return
    with listen(settings.metrics_host, settings.metrics_port, "LAYERON_METRICS_PORT") as listener:
        host, port = listener.getsockname()[:2]
        logger.info("metrics are served on %s/metrics", address(host, port))
        async with httpx2.AsyncClient(timeout=_SDK_SECONDS, trust_env=False) as client:
            page = _Page(metrics, gauges, client)
            app = Starlette(routes=[Route("/metrics", page.answer, methods=["GET"])])
            config = uvicorn.Config(
                app, lifespan="off", log_config=None, access_log=False, server_header=False,
                ws="none", proxy_headers=False, timeout_graceful_shutdown=2,
            )  # fmt: skip
            server = Server(config)
            serving = asyncio.create_task(server.serve(sockets=[listener]))
            try:
                yield
            finally:
                server.should_exit = True
                await serving
