"""Endpoints managed over the HTTP API, for code outside the service."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast

from layeron.client import HTTPGateway, known_of, path_of
from layeron.errors import PayloadError
from layeron.outbound.options import read_given
from layeron.outbound.records import DeliveryPage, EndpointPage, EndpointRecord, NewSecret
from layeron.outbound.retry import OutboundRetry
from layeron.ports.engine import QueueCommand
from layeron.records import DeliveryStatus, EventRecord

_LONGEST_TEST_SECONDS = 90
"""The longest time limit of an endpoint, and what starting the attempt takes."""


@dataclass(frozen=True, slots=True)
class _Created:
    endpoint: EndpointRecord
    secret: str | None


class RemoteEndpoints(HTTPGateway):
    """The gateway of everybody else (see `layeron.outbound.gateway`)."""

    async def create_endpoint(
        self, namespace: str, webhook: str, options: Mapping[str, Any]
    ) -> tuple[EndpointRecord, NewSecret | None]:
        """See `WebhookEndpoints.create`."""
        path, content = (
            path_of("webhooks", namespace, webhook, "endpoints"),
            _asked(webhook, options),
        )
        created = self._read(_Created, await self._call("POST", path, content=content))
        endpoint = created.endpoint
        if created.secret is None:
            return endpoint, None
        return endpoint, NewSecret(created.secret, endpoint.created_at or datetime.now(UTC))

    async def list_endpoints(
        self, namespace: str, webhook: str, *, user_id: str | None, limit: int, cursor: str | None
    ) -> EndpointPage:
        """See `WebhookEndpoints.list`."""
        known = known_of(user_id=user_id, limit=limit, cursor=cursor)
        path = path_of("webhooks", namespace, webhook, "endpoints")
        return self._read(EndpointPage, await self._call("GET", path, params=known))

    async def get_endpoint(self, namespace: str, webhook: str, endpoint: str) -> EndpointRecord:
        """See `WebhookEndpoints.get`."""
        path = path_of("webhooks", namespace, webhook, "endpoints", endpoint)
        return self._read(EndpointRecord, await self._call("GET", path))

    async def change_endpoint(
        self, namespace: str, webhook: str, endpoint: str, options: Mapping[str, Any]
    ) -> EndpointRecord:
        """See `WebhookEndpoints.change`."""
        path = path_of("webhooks", namespace, webhook, "endpoints", endpoint)
        answer = await self._call("PATCH", path, content=_asked(webhook, options))
        return self._read(EndpointRecord, answer)

    async def set_endpoint_status(
        self, namespace: str, webhook: str, endpoint: str, *, enabled: bool
    ) -> EndpointRecord:
        """See `WebhookEndpoints.enable` and `WebhookEndpoints.disable`."""
        doing = "enable" if enabled else "disable"
        path = path_of("webhooks", namespace, webhook, "endpoints", endpoint, doing)
        return self._read(EndpointRecord, await self._call("POST", path))

    async def delete_endpoint(self, namespace: str, webhook: str, endpoint: str) -> None:
        """See `WebhookEndpoints.delete`."""
        await self._call("DELETE", path_of("webhooks", namespace, webhook, "endpoints", endpoint))

    async def test_endpoint(
        self, namespace: str, webhook: str, endpoint: str, *, event_type: str | None
    ) -> EventRecord:
        """See `WebhookEndpoints.test`."""
        path = path_of("webhooks", namespace, webhook, "endpoints", endpoint, "test")
        asked = known_of(event_type=event_type)
        answer = await self._call("POST", path, json=asked, timeout=_LONGEST_TEST_SECONDS)
        return self._read(EventRecord, answer)

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
        whose = ("users", user_id or "") if endpoint is None else ("endpoints", endpoint)
        path = path_of("webhooks", namespace, webhook, *whose, "rotate-secret")
        answer = await self._call("POST", path, json={"grace": grace_seconds})
        return self._read(NewSecret, answer)

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
        known = known_of(status=status, limit=limit, cursor=cursor)
        path = path_of("webhooks", namespace, webhook, "endpoints", endpoint, "deliveries")
        return self._read(DeliveryPage, await self._call("GET", path, params=known))

    async def tell_queue(
        self, namespace: str, webhook: str, endpoint: str, *, command: QueueCommand, event_id: str
    ) -> None:
        """See `WebhookEndpoints.skip` and `WebhookEndpoints.retry`."""
        path = path_of("webhooks", namespace, webhook, "endpoints", endpoint, command)
        await self._call("POST", path, json={"event_id": event_id})


def _asked(webhook: str, options: Mapping[str, Any]) -> bytes:
    """The JSON of options as they are written in code.

    Raises:
        PayloadError: they have none.
    """
    plain = {
        name: dict(cast("Mapping[str, Any]", value)) if isinstance(value, Mapping) else value
        for name, value in options.items()
    }
    if "retry" in options:
        retry = read_given(
            OutboundRetry, options["retry"], webhook=webhook, option="endpoint.retry"
        )
        plain["retry"] = {"schedule": retry.delays, "jitter": retry.jitter}
    try:
        return json.dumps(plain, allow_nan=False).encode("ascii")
    except (TypeError, ValueError, RecursionError) as error:
        raise PayloadError(
            f"webhook {webhook!r}: option 'endpoint' holds what JSON cannot ({error})."
        ) from None
