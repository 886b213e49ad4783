"""Endpoints and secrets to try a store with."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from layeron.identity import declared_endpoint_id, new_endpoint_id
from layeron.outbound.records import EndpointRecord, StoredSecret

NOON = datetime(2026, 5, 1, 12, 0, 0, 123456, tzinfo=UTC)


def after(seconds: float) -> datetime:
    """So long after noon."""
    return NOON + timedelta(seconds=seconds)


def an_endpoint(name: str = "crm", *, at: datetime = NOON, **changes: Any) -> EndpointRecord:
    """An endpoint that was created at run time."""
    endpoint = EndpointRecord(
        id=new_endpoint_id(at),
        namespace="default",
        webhook="orders",
        name=name,
        declared=False,
        url="https://crm.example.com/hooks",
        event_types=["order.*"],
        headers={"x-tenant": "7"},
        timeout_seconds=7.5,
        retry_delays=[5, 300],
        retry_jitter=0.2,
        description="no NUL \0 and no \ud800 stops us",
        metadata={"plan": {"name": "gold", "seats": 5}},
        created_at=at,
        updated_at=at,
    )
    return replace(endpoint, **changes)


def a_declared_endpoint(name: str = "billing", **changes: Any) -> EndpointRecord:
    """An endpoint that is written in code."""
    endpoint = EndpointRecord(
        id=declared_endpoint_id("default", "orders", name),
        namespace="default",
        webhook="orders",
        name=name,
        declared=True,
        url="https://billing.example.com/hooks",
        retry_delays=[5, 300],
    )
    return replace(endpoint, **changes)


def a_secret(number: int, *, at: datetime = NOON) -> StoredSecret:
    """A secret that was made at a time."""
    return StoredSecret(f"whkey_{number}", f"ciphertext {number}", at)
