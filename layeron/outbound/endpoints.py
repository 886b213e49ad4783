"""``webhook.endpoints``: where events are sent, managed from application code."""

from datetime import timedelta
from typing import Unpack

from layeron.durations import parse_duration
from layeron.errors import PayloadError
from layeron.outbound.gateway import EndpointsGateway
from layeron.outbound.options import EndpointChanges, NewEndpoint
from layeron.outbound.records import DeliveryPage, EndpointPage, EndpointRecord, NewSecret
from layeron.records import DeliveryStatus, EventRecord

DEFAULT_GRACE = "24h"


def read_grace(value: object) -> float:
    """How long the secret before a rotation signs, too, in seconds.

    Raises:
        PayloadError: it is no duration; says how to write one.
    """
    if isinstance(value, str | int | float | timedelta) and not isinstance(value, bool):
        try:
            return parse_duration(value, zero=True).total_seconds()
        except (ValueError, OverflowError):
            pass
    raise PayloadError("option 'grace' must be a duration such as '24h', or 0")


class WebhookEndpoints:
    """The endpoints of one publisher.

    Inside the service's processes it works on the service's own parts. Elsewhere it calls the HTTP
    API at ``LAYERON_URL`` with the key ``LAYERON_API_KEY``. An endpoint is named by its name or by
    its id; each method raises `NotFoundError` if there is none, and `ConflictError` where a
    declared one can only be changed in code.
    """

    def __init__(self, namespace: str, webhook: str) -> None:
        self._namespace = namespace
        self._webhook = webhook
        self._gateway: EndpointsGateway | None = None

    def connect(self, gateway: EndpointsGateway) -> None:
        """Use *gateway* from now on."""
        self._gateway = gateway

    async def create(
        self, **options: Unpack[NewEndpoint]
    ) -> tuple[EndpointRecord, NewSecret | None]:
        """Make an endpoint; the secret its receiver verifies with is shown this one time.

        Returns:
            The endpoint and its secret; None for the secret where its user has one already.

        Raises:
            PayloadError: an option is wrong, or events would not be sent to this address.
            ConflictError: the name is taken, or the user has too many.
        """
        return await self._connected().create_endpoint(self._namespace, self._webhook, options)

    async def list(
        self, *, user_id: str | None = None, limit: int = 50, cursor: str | None = None
    ) -> EndpointPage:
        """A page of endpoints: declared ones first, then the newest."""
        return await self._connected().list_endpoints(
            self._namespace, self._webhook, user_id=user_id, limit=limit, cursor=cursor
        )

    async def get(self, endpoint: str) -> EndpointRecord:
        """One endpoint and how it is doing."""
        return await self._connected().get_endpoint(self._namespace, self._webhook, endpoint)

    async def change(self, endpoint: str, **options: Unpack[EndpointChanges]) -> EndpointRecord:
        """Change options of an endpoint; the next attempt of every delivery goes by them.

        Raises:
            PayloadError: an option is wrong.
        """
        return await self._connected().change_endpoint(
            self._namespace, self._webhook, endpoint, options
        )

    async def disable(self, endpoint: str) -> EndpointRecord:
        """Send nothing more; events for it are kept as ``held``, and a replay sends them."""
        return await self._connected().set_endpoint_status(
            self._namespace, self._webhook, endpoint, enabled=False
        )

    async def enable(self, endpoint: str) -> EndpointRecord:
        """Send again, with its failures forgotten."""
        return await self._connected().set_endpoint_status(
            self._namespace, self._webhook, endpoint, enabled=True
        )

    async def delete(self, endpoint: str) -> None:
        """Remove an endpoint and its secrets; what was sent to it stays on record."""
        await self._connected().delete_endpoint(self._namespace, self._webhook, endpoint)

    async def test(self, endpoint: str, *, event_type: str | None = None) -> EventRecord:
        """Send a test event at once, in one attempt, and tell what became of it.

        Args:
            endpoint: name or id.
            event_type: a declared type, whose example is sent; without it, ``webhook.test``.
        """
        return await self._connected().test_endpoint(
            self._namespace, self._webhook, endpoint, event_type=event_type
        )

    async def rotate_secret(
        self, endpoint: str, *, grace: str | float | timedelta = DEFAULT_GRACE
    ) -> NewSecret:
        """Make a new signing secret; the one before signs, too, until *grace* ends.

        Args:
            endpoint: name or id.
            grace: such as ``24h``, at most 7 days; 0 ends the one before at once.

        Raises:
            PayloadError: the grace is none, too long, or the signature has room for one secret.
            ConflictError: it signs with a secret of the secret store; rotate it there. Or the
                secret is its user's: see `rotate_user_secret`.
        """
        return await self._connected().rotate_secret(
            self._namespace,
            self._webhook,
            endpoint=endpoint,
            user_id=None,
            grace_seconds=read_grace(grace),
        )

    async def rotate_user_secret(
        self, user_id: str, *, grace: str | float | timedelta = DEFAULT_GRACE
    ) -> NewSecret:
        """Make a new secret (``whcms_…``) for all endpoints of a user, as `rotate_secret` does."""
        return await self._connected().rotate_secret(
            self._namespace,
            self._webhook,
            endpoint=None,
            user_id=user_id,
            grace_seconds=read_grace(grace),
        )

    async def deliveries(
        self,
        endpoint: str,
        *,
        status: DeliveryStatus | None = None,
        limit: int = 50,
        cursor: str | None = None,
    ) -> DeliveryPage:
        """What was and will be sent to an endpoint, newest event first."""
        return await self._connected().list_deliveries(
            self._namespace, self._webhook, endpoint, status=status, limit=limit, cursor=cursor
        )

    async def skip(self, endpoint: str, event_id: str) -> None:
        """Let the queue of a ``fifo`` endpoint go on without this event."""
        await self._connected().tell_queue(
            self._namespace, self._webhook, endpoint, command="skip", event_id=event_id
        )

    async def retry(self, endpoint: str, event_id: str) -> None:
        """Try the event that a ``fifo`` endpoint's queue waits for again at once."""
        await self._connected().tell_queue(
            self._namespace, self._webhook, endpoint, command="retry", event_id=event_id
        )

    def _connected(self) -> EndpointsGateway:
        if self._gateway is None:
            # The HTTP client is loaded only where it is used: importing layeron stays light.
            from layeron.outbound.remote_endpoints import RemoteEndpoints  # noqa: PLC0415

            self._gateway = RemoteEndpoints.from_environment()
        return self._gateway
