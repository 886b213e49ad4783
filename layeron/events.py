"""``webhook.events``: a webhook's records from application code, inside the service and outside."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from layeron.records import (
    Direction,
    EventFilter,
    EventPage,
    EventRecord,
    EventStatus,
    ReplayRecord,
)


class EventsGateway(Protocol):
    """Reads and replays events; the service itself, or its HTTP API from elsewhere.

    Each method raises `NotFoundError` for an event that does not exist, and `UnavailableError` or
    `GatewayError` when nobody answers.
    """

    async def list_events(
        self, where: EventFilter, *, limit: int, cursor: str | None = None
    ) -> EventPage:
        """A page of events, newest first."""
        ...

    async def get_event(self, event_id: str) -> EventRecord:
        """One event with its attempts and replays."""
        ...

    async def get_payload(self, event_id: str) -> bytes:
        """The exact bytes that were received."""
        ...

    async def replay_event(
        self,
        event_id: str,
        *,
        requested_by: str,
        reason: str | None,
        endpoints: Sequence[str] | None = None,
    ) -> ReplayRecord:
        """Run an event's handler again over the stored bytes, or send these again."""
        ...


class WebhookEvents:
    """The records of one webhook.

    Inside the service's processes it works on the service's own parts. Elsewhere it calls the HTTP
    API at ``LAYERON_URL`` with the key ``LAYERON_API_KEY``.
    """

    def __init__(self, namespace: str, webhook: str) -> None:
        self._namespace = namespace
        self._webhook = webhook
        self._gateway: EventsGateway | None = None

    def connect(self, gateway: EventsGateway) -> None:
        """Use *gateway* from now on."""
        self._gateway = gateway

    async def list(  # each is one filter a caller may leave out
        self,
        *,
        direction: Direction | None = None,
        status: EventStatus | None = None,
        event_type: str | None = None,
        external_event_id: str | None = None,
        search: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        limit: int = 25,
        cursor: str | None = None,
    ) -> EventPage:
        """A page of this webhook's events, newest first; give ``next_cursor`` back for the next."""
        where = EventFilter(
            direction=direction,
            namespace=self._namespace,
            webhook=self._webhook,
            status=status,
            event_type=event_type,
            external_event_id=external_event_id,
            search=search,
            since=since,
            until=until,
        )
        return await self._connected().list_events(where, limit=limit, cursor=cursor)

    async def get(self, event_id: str) -> EventRecord:
        """One event with its attempts and replays.

        Raises:
            NotFoundError: there is no such event.
        """
        return await self._connected().get_event(event_id)

    async def payload(self, event_id: str) -> bytes:
        """The exact bytes that were received or sent.

        Raises:
            NotFoundError: there is no such event.
            BodyLostError: the stored body is gone or was altered.
        """
        return await self._connected().get_payload(event_id)

    async def replay(
        self,
        event_id: str,
        *,
        reason: str | None = None,
        requested_by: str = "application",
        endpoints: Sequence[str] | None = None,
    ) -> ReplayRecord:
        """Handle a received event again, or send an outbound one again, as a new workflow.

        Args:
            event_id: which.
            reason: why; kept on the record.
            requested_by: who asked; kept on the record.
            endpoints: of an outbound event, names or ids of those it is sent to again. Without
                it, those that it did not reach; if it reached all, all.

        Raises:
            NotFoundError: there is no such event, or it was not sent to an endpoint of this name.
            ConflictError: it is still being handled or sent.
            PayloadError: endpoints are named, and the event was received.
        """
        return await self._connected().replay_event(
            event_id, requested_by=requested_by, reason=reason, endpoints=endpoints
        )

    def _connected(self) -> EventsGateway:
        if self._gateway is None:
            # The HTTP client is loaded only where it is used: importing layeron stays light.
            from layeron.client import HTTPGateway  # noqa: PLC0415

            self._gateway = HTTPGateway.from_environment()
        return self._gateway
