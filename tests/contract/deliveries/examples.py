"""Events to send and reports to try a store with."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from layeron.adapters.database import Database
from layeron.identity import new_event_id
from layeron.outbound.records import DeliveryReport, EndpointRecord, EndpointState, OutboundEvent
from layeron.ports.deliveries import BeginResult, Due, Ended, Later
from layeron.records import BodyReference, EventRecord
from tests.contract.endpoints.examples import NOON, a_declared_endpoint, after

A, B, C = (a_declared_endpoint(name) for name in ("a", "b", "c"))
DAY = 86_400


def an_event(
    *endpoints: EndpointRecord, at: datetime = NOON, key: str | None = None, **changes: Any
) -> OutboundEvent:
    """An event to send, at a time."""
    event = OutboundEvent(
        event_id=new_event_id(at),
        workflow_id=f"outbound/default/orders/{key}",
        namespace="default",
        webhook="orders",
        event_type="order.paid",
        idempotency_key=key,
        user_id="7",
        headers=[("x-trace", "1")],
        body=BodyReference("default/orders/2026/05/01/abc", 12, "ab" * 32),
        body_stored=False,
        sent_at=at,
        endpoints=[each.id for each in endpoints],
    )
    return replace(event, **changes)


def took(endpoint: EndpointRecord, number: int = 1, **changes: Any) -> DeliveryReport:
    """The report of an attempt that was answered with 204."""
    report = DeliveryReport(
        endpoint.id,
        number,
        "succeeded",
        after(1),
        after(2),
        http_status=204,
        response_headers=[("Date", "Fri"), ("X-Twice", "1"), ("X-Twice", "2")],
        response_excerpt="fine \0",
        address="203.0.113.7",
        connect_seconds=0.25,
    )
    return replace(report, **changes)


def failed(endpoint: EndpointRecord, number: int = 1, **changes: Any) -> DeliveryReport:
    """The report of an attempt that was answered with 500 and is followed by another."""
    report = DeliveryReport(
        endpoint.id,
        number,
        "retrying",
        after(1),
        after(2),
        next_attempt_at=after(10),
        failure="status",
        error="answered 500 Internal Server Error",
        http_status=500,
    )
    return replace(report, **changes)


def failed_at(endpoint: EndpointRecord, at: datetime, number: int, **changes: Any) -> Any:
    """As `failed`, begun and ended at a time."""
    return failed(endpoint, number, started_at=at, ended_at=at, next_attempt_at=at, **changes)


async def begin(
    database: Database,
    event: OutboundEvent,
    endpoints: Sequence[EndpointRecord],
    *,
    at: datetime = NOON,
    force: bool = False,
) -> Sequence[BeginResult]:
    """Begin attempts; declared endpoints come with their declaration, as they do from code."""
    return await database.deliveries.begin(
        event,
        [each.id for each in endpoints],
        declared=[each for each in endpoints if each.declared],
        run_id="run-1",
        at=at,
        force=force,
    )


async def begin_one(
    database: Database,
    event: OutboundEvent,
    endpoint: EndpointRecord,
    *,
    at: datetime = NOON,
    force: bool = False,
) -> BeginResult:
    """Begin an attempt to one endpoint."""
    (result,) = await begin(database, event, [endpoint], at=at, force=force)
    return result


async def fail_for(
    database: Database, endpoint: EndpointRecord, times: int, **changes: Any
) -> EndpointState:
    """Let the deliveries of an event fail so often, a second apart; how the endpoint is then."""
    event = an_event(endpoint)
    for number in range(1, times + 1):
        at = after(number)
        assert isinstance(await begin_one(database, event, endpoint, at=at, force=True), Due)
        await database.deliveries.finish(event, [failed_at(endpoint, at, number, **changes)])
    return (await database.endpoints.states([endpoint.id]))[endpoint.id]


def due(result: BeginResult) -> Due:
    """The result, which lets send."""
    assert isinstance(result, Due), result
    return result


def later(result: BeginResult) -> Later:
    """The result, which says to wait."""
    assert isinstance(result, Later), result
    return result


def ended(result: BeginResult) -> Ended:
    """The result, which says that nothing is left to do."""
    assert isinstance(result, Ended), result
    return result


def deliveries_of(record: EventRecord) -> dict[str, str]:
    """The status of each delivery, by the name of the endpoint."""
    return {each.endpoint: each.status for each in record.deliveries}


def attempts_of(record: EventRecord) -> list[tuple[str | None, int, int, str]]:
    """Endpoint, replay, number and outcome of each attempt."""
    return [(each.endpoint, each.replay, each.number, each.outcome) for each in record.attempts]
