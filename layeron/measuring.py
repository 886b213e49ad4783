"""Measures at the seams: ports that count what goes through them, and the way in."""

import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeVar, cast

from layeron.application import Backend
from layeron.declaration import InboundWebhook
from layeron.errors import UnavailableError
from layeron.intake import Intake, Rejected, Taken
from layeron.outbound.records import DeliveryReport, EndpointRecord, OutboundEvent
from layeron.ports import metrics as the
from layeron.ports.deliveries import BeginResult, DeliveryStore, Finished, Later
from layeron.ports.engine import Duplicate, Started
from layeron.ports.metrics import SILENT, Metrics
from layeron.ports.records import RecordStore
from layeron.ports.toolbox import Toolbox
from layeron.records import AttemptReport, EventStatus, InboundEvent
from layeron.request import Request

Port = TypeVar("Port")

_NOT_MEASURED = frozenset({"close", "result"})
"""The second is a long poll: it takes as long as a handler."""


class _Timed:
    """A port whose every call is timed, and counted if it is refused."""

    def __init__(self, port: Any, part: str, metrics: Metrics) -> None:
        self._port, self._part, self._metrics = port, part, metrics

    def __getattr__(self, operation: str) -> Any:
        method = getattr(self._port, operation)
        timed = method if operation in _NOT_MEASURED else self._timed(method, operation)
        setattr(self, operation, timed)  # asked for once
        return timed

    def _timed(
        self, method: Callable[..., Awaitable[Any]], operation: str
    ) -> Callable[..., Awaitable[Any]]:
        async def call(*arguments: Any, **options: Any) -> Any:
            began = time.perf_counter()
            try:
                return await method(*arguments, **options)
            except UnavailableError:
                self._metrics.count(the.PART_REFUSALS, self._part, operation)
                raise
            finally:
                taken = time.perf_counter() - began
                self._metrics.observe(the.PART_SECONDS, taken, self._part, operation)

        return call


def timed(port: Port, part: str, metrics: Metrics) -> Port:
    """The same port, measured; what its methods are called is the label ``operation``."""
    return cast("Port", _Timed(port, part, metrics))


def measured(tools: Toolbox, app: Backend, metrics: Metrics) -> Toolbox:
    """The same tools, measured; webhooks that are not to be counted are not."""
    if metrics is SILENT:
        return tools
    records = timed(tools.records, "database", metrics)
    deliveries = timed(tools.deliveries, "database", metrics)
    return replace(
        tools,
        engine=timed(tools.engine, "engine", metrics),
        blobs=timed(tools.blobs, "bucket", metrics),
        records=cast("RecordStore", CountingRecords(records, app, metrics)),
        deliveries=cast("DeliveryStore", CountingDeliveries(deliveries, app, metrics)),
        endpoints=timed(tools.endpoints, "database", metrics),
        statistics=timed(tools.statistics, "database", metrics),
        inbox=timed(tools.inbox, "database", metrics),
    )


class CountingRecords:
    """A `RecordStore` that counts attempts as they are written down."""

    def __init__(self, records: RecordStore, app: Backend, metrics: Metrics) -> None:
        self._records, self._app, self._metrics = records, app, metrics

    def __getattr__(self, name: str) -> Any:
        return getattr(self._records, name)

    async def finish_attempt(self, event: InboundEvent, report: AttemptReport) -> None:
        """See the port."""
        await self._records.finish_attempt(event, report)
        metrics, names = self._of(event), (event.namespace, event.webhook)
        seconds = (report.ended_at - report.started_at).total_seconds()
        metrics.count(the.ATTEMPTS, *names, report.outcome)
        metrics.observe(the.HANDLER_SECONDS, seconds, *names, report.outcome)
        if report.status == "dead_letter":
            metrics.count(the.DEAD_LETTERS, *names, "inbound")

    async def mark_exhausted(
        self, event: InboundEvent, *, status: EventStatus, error: str, at: datetime
    ) -> None:
        """See the port."""
        await self._records.mark_exhausted(event, status=status, error=error, at=at)
        if status == "dead_letter":
            metrics = self._of(event)
            metrics.count(the.DEAD_LETTERS, event.namespace, event.webhook, "inbound")

    def _of(self, event: InboundEvent) -> Metrics:
        webhook = self._app.webhook(event.namespace, event.webhook)
        return self._metrics if webhook and webhook.observability.metrics else SILENT


class CountingDeliveries:
    """A `DeliveryStore` that counts deliveries as they are written down."""

    def __init__(self, deliveries: DeliveryStore, app: Backend, metrics: Metrics) -> None:
        self._deliveries, self._app, self._metrics = deliveries, app, metrics

    def __getattr__(self, name: str) -> Any:
        return getattr(self._deliveries, name)

    async def begin(
        self,
        event: OutboundEvent,
        endpoints: Sequence[str],
        *,
        declared: Sequence[EndpointRecord],
        run_id: str,
        at: datetime,
        force: bool = False,
    ) -> Sequence[BeginResult]:
        """See the port."""
        begun = await self._deliveries.begin(
            event, endpoints, declared=declared, run_id=run_id, at=at, force=force
        )
        if later := sum(isinstance(each, Later) for each in begun):
            metrics = self._of(event)
            metrics.count(the.DEFERRED, event.namespace, event.webhook, amount=later)
        return begun

    async def finish(
        self, event: OutboundEvent, reports: Sequence[DeliveryReport]
    ) -> Sequence[Finished]:
        """See the port."""
        finished = await self._deliveries.finish(event, reports)
        metrics, names = self._of(event), (event.namespace, event.webhook)
        for report in reports:
            if not report.unsent:
                outcome = report.failure or "succeeded"
                seconds = (report.ended_at - report.started_at).total_seconds()
                metrics.count(the.DELIVERIES, *names, outcome)
                metrics.observe(the.DELIVERY_SECONDS, seconds, *names, outcome)
        for each in finished:
            if each.status == "dead_letter":
                metrics.count(the.DEAD_LETTERS, *names, "outbound")
            if each.disabled is not None:
                metrics.count(the.DISABLED, *names, each.disabled)
        return finished

    def _of(self, event: OutboundEvent) -> Metrics:
        webhook = self._app.publisher(event.namespace, event.webhook)
        return self._metrics if webhook and webhook.observability.metrics else SILENT


async def take_measured(
    intake: Intake, webhook: InboundWebhook, request: Request, metrics: Metrics
) -> Taken:
    """Take a request in, and count what became of it.

    Raises:
        UnavailableError: as `Intake.take`.
    """
    metrics = metrics if webhook.observability.metrics else SILENT
    names = (webhook.namespace, webhook.name)
    began, outcome = time.perf_counter(), "failed"
    try:
        taken = await intake.take(webhook, request)
        match taken:
            case Started(waits=waits):
                outcome = "waiting" if waits else "accepted"
                metrics.count(the.RECEIVED, *names)
            case Duplicate():
                outcome = "duplicate"
                metrics.count(the.DUPLICATES, *names)
            case Rejected(verdict):
                outcome = "rejected"
                metrics.count(the.REJECTED, *names, str(verdict.cause or "unknown"))
            case _:
                outcome = "answered"
    except UnavailableError:
        outcome = "unavailable"
        metrics.count(the.UNAVAILABLE, *names)
        raise
    else:
        return taken
    finally:
        metrics.observe(the.ACK_SECONDS, time.perf_counter() - began, *names, outcome)


def count_refused(webhook: InboundWebhook, cause: str, metrics: Metrics) -> None:
    """Count a request that was refused before it could be looked at."""
    if webhook.observability.metrics:
        metrics.count(the.REJECTED, webhook.namespace, webhook.name, cause)


def announce(app: Backend, metrics: Metrics) -> None:
    """Make the counters of declared webhooks known at 0, so that their first increase is seen."""
    for webhook in app.webhooks:
        if webhook.observability.metrics:
            names = (webhook.namespace, webhook.name)
            for each in (the.RECEIVED, the.DUPLICATES, the.UNAVAILABLE):
                metrics.count(each, *names, amount=0)
            metrics.count(the.DEAD_LETTERS, *names, "inbound", amount=0)
    for publisher in app.publishers:
        if publisher.observability.metrics:
            names = (publisher.namespace, publisher.name)
            metrics.count(the.DEFERRED, *names, amount=0)
            metrics.count(the.DEAD_LETTERS, *names, "outbound", amount=0)
            for reason in ("gone", "failing"):
                metrics.count(the.DISABLED, *names, reason, amount=0)
    metrics.count(the.PART_REFUSALS, "engine", "start", amount=0)
