"""What application code may do with publishers, inside the service and outside it.

Each method raises `NotFoundError` for a webhook, endpoint or event that does not exist, and
`UnavailableError` or `GatewayError` when nobody answers.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from layeron.outbound.outgoing import OutgoingEvent
from layeron.outbound.records import (
    DeliveryPage,
    EndpointPage,
    EndpointRecord,
    NewSecret,
    SendResult,
)
from layeron.ports.engine import QueueCommand
from layeron.records import DeliveryStatus, EventRecord


class SendingGateway(Protocol):
    """Sends events; the service itself, or its HTTP API from elsewhere."""

    async def send(self, namespace: str, webhook: str, event: OutgoingEvent) -> SendResult:
        """See `OutboundWebhook.send`."""
        ...

    async def send_many(
        self, namespace: str, webhook: str, events: Sequence[OutgoingEvent]
    ) -> list[SendResult]:
        """See `OutboundWebhook.send_many`."""
        ...


class EndpointsGateway(Protocol):
    """Manages endpoints; the service itself, or its HTTP API from elsewhere."""

    async def create_endpoint(
        self, namespace: str, webhook: str, options: Mapping[str, Any]
    ) -> tuple[EndpointRecord, NewSecret | None]:
        """See `WebhookEndpoints.create`."""
        ...

    async def list_endpoints(
        self, namespace: str, webhook: str, *, user_id: str | None, limit: int, cursor: str | None
    ) -> EndpointPage:
        """See `WebhookEndpoints.list`."""
        ...

    async def get_endpoint(self, namespace: str, webhook: str, endpoint: str) -> EndpointRecord:
        """See `WebhookEndpoints.get`."""
        ...

    async def change_endpoint(
        self, namespace: str, webhook: str, endpoint: str, options: Mapping[str, Any]
    ) -> EndpointRecord:
        """See `WebhookEndpoints.change`."""
        ...

    async def set_endpoint_status(
        self, namespace: str, webhook: str, endpoint: str, *, enabled: bool
    ) -> EndpointRecord:
        """See `WebhookEndpoints.enable` and `WebhookEndpoints.disable`."""
        ...

    async def delete_endpoint(self, namespace: str, webhook: str, endpoint: str) -> None:
        """See `WebhookEndpoints.delete`."""
        ...

    async def test_endpoint(
        self, namespace: str, webhook: str, endpoint: str, *, event_type: str | None
    ) -> EventRecord:
        """See `WebhookEndpoints.test`."""
        ...

    async def rotate_secret(
        self,
        namespace: str,
        webhook: str,
        *,
        endpoint: str | None,
        user_id: str | None,
        grace_seconds: float,
    ) -> NewSecret:
        """See `WebhookEndpoints.rotate_secret` and `WebhookEndpoints.rotate_user_secret`."""
        ...

    async def list_deliveries(
        self,
        namespace: str,
        webhook: str,
        endpoint: str,
        *,
        status: DeliveryStatus | None,
        limit: int,
        cursor: str | None,
    ) -> DeliveryPage:
        """See `WebhookEndpoints.deliveries`."""
        ...

    async def tell_queue(
        self, namespace: str, webhook: str, endpoint: str, *, command: QueueCommand, event_id: str
    ) -> None:
        """See `WebhookEndpoints.skip` and `WebhookEndpoints.retry`."""
        ...
