"""What an operator does with endpoints: create, change, test, rotate; over the ports alone."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from layeron.application import Backend
from layeron.errors import ConflictError, NotFoundError, PayloadError
from layeron.events import EventsGateway
from layeron.identity import is_event_id, new_endpoint_id, outbound_workflow_id
from layeron.outbound.configuring import changed, created
from layeron.outbound.declaration import OutboundWebhook
from layeron.outbound.listing import find_endpoint, list_endpoints
from layeron.outbound.publishing import Publishing
from layeron.outbound.records import DeliveryPage, EndpointPage, EndpointRecord, NewSecret
from layeron.outbound.rotation import of_endpoint, of_user
from layeron.outbound.sealing import Seals
from layeron.outbound.showing import shown
from layeron.outbound.signatures import uses_generated_secret
from layeron.outbound.vault import Vault
from layeron.ports.deliveries import DeliveryStore
from layeron.ports.endpoints import EndpointStore
from layeron.ports.engine import Engine, QueueCommand
from layeron.ports.sender import Sender
from layeron.records import DeliveryStatus, EventRecord

logger = logging.getLogger("layeron.endpoints")

MOST_WITHOUT_OWNER = 1_000
"""Endpoints of one webhook that nobody owns."""

_TEST_MARGIN = timedelta(seconds=10)
_MOST_RACES = 5
"""How often a change is made anew, because another one came between."""


@dataclass(frozen=True, slots=True)
class EndpointOperations:
    """The gateway of the service's own processes (see `layeron.outbound.gateway`).

    Attributes:
        by: who asks, for the log.
    """

    app: Backend
    endpoints: EndpointStore
    deliveries: DeliveryStore
    engine: Engine
    events: EventsGateway
    publishing: Publishing
    vault: Vault
    seals: Seals
    sender: Sender
    by: str = "application"

    async def create_endpoint(
        self, namespace: str, webhook: str, options: Mapping[str, Any]
    ) -> tuple[EndpointRecord, NewSecret | None]:
        """Make an endpoint; one that is given no name gets one by its host."""
        publisher = self._publisher(namespace, webhook)
        at = datetime.now(UTC)
        record = created(publisher, new_endpoint_id(at), options, at=at)
        await self._check(publisher, record)
        generated = uses_generated_secret(publisher.signing)
        if generated:
            await self.vault.check()
        record = await self._sealed(record)
        owned = record.user_id is not None
        most = publisher.endpoints_per_user if owned else MOST_WITHOUT_OWNER
        await self.endpoints.add(record, most=most)
        secret = None
        if generated:
            try:
                secret = await self.vault.first_secret(record, at)
            except BaseException:
                await self.endpoints.delete(record.id)
                raise
        self._log(record, "created")
        return shown(record), secret

    async def list_endpoints(
        self, namespace: str, webhook: str, *, user_id: str | None, limit: int, cursor: str | None
    ) -> EndpointPage:
        """A page of endpoints: declared ones first, then the newest.

        Raises:
            CursorError: the cursor is not one of ours.
        """
        publisher = self._publisher(namespace, webhook)
        page = await list_endpoints(
            self.endpoints, publisher, user_id=user_id, limit=limit, cursor=cursor
        )
        return replace(page, endpoints=[shown(each) for each in page.endpoints])

    async def get_endpoint(self, namespace: str, webhook: str, endpoint: str) -> EndpointRecord:
        """One endpoint and how it is doing."""
        return shown(await self._find(self._publisher(namespace, webhook), endpoint))

    async def change_endpoint(
        self, namespace: str, webhook: str, endpoint: str, options: Mapping[str, Any]
    ) -> EndpointRecord:
        """Change options of an endpoint that was created at run time.

        Raises:
            ConflictError: the name is taken, or others change it again and again at this moment.
        """
        publisher = self._publisher(namespace, webhook)
        for _ in range(_MOST_RACES):
            known = await self._created(publisher, endpoint, "change it there")
            record = changed(publisher, known, options)
            await self._check(publisher, record)
            record = await self._sealed(record)
            if await self.endpoints.change(record, read_at=known.updated_at):
                self._log(record, f"changed ({', '.join(sorted(options)) or 'nothing'})")
                return shown(record)
        raise ConflictError(
            f"endpoint {endpoint[:80]!r} is being changed by others at this moment; try again"
        )

    async def set_endpoint_status(
        self, namespace: str, webhook: str, endpoint: str, *, enabled: bool
    ) -> EndpointRecord:
        """Enable or disable an endpoint, declared or not."""
        record = await self._find(self._publisher(namespace, webhook), endpoint)
        state = await self.endpoints.set_status(
            record,
            "enabled" if enabled else "disabled",
            reason=None if enabled else "operator",
            at=datetime.now(UTC),
        )
        self._log(record, state.status)
        return shown(replace(record, state=state))

    async def delete_endpoint(self, namespace: str, webhook: str, endpoint: str) -> None:
        """Remove an endpoint that was created at run time."""
        publisher = self._publisher(namespace, webhook)
        record = await self._created(publisher, endpoint, "remove it there, or disable it")
        await self.endpoints.delete(record.id)
        self._log(record, "deleted")

    async def test_endpoint(
        self, namespace: str, webhook: str, endpoint: str, *, event_type: str | None
    ) -> EventRecord:
        """Send a test event in one attempt, and wait for its end.

        Raises:
            ConflictError: the endpoint is disabled.
            PayloadError: there is no such type, or nothing may be sent to the address.
        """
        publisher = self._publisher(namespace, webhook)
        record = await self._find(publisher, endpoint)
        if record.state.status == "disabled":
            raise ConflictError(f"endpoint {record.name!r} is disabled; enable it first")
        await self._check_address(record.url)
        sent = await self.publishing.test(publisher, record, event_type)
        self._log(record, f"tested with {sent.event_id}")
        workflow_id = outbound_workflow_id(namespace, webhook, sent.event_id)
        longest = timedelta(seconds=record.timeout_seconds) + _TEST_MARGIN
        await self.engine.result(workflow_id, longest)
        return await self.events.get_event(sent.event_id)

    async def rotate_secret(
        self,
        namespace: str,
        webhook: str,
        *,
        endpoint: str | None,
        user_id: str | None,
        grace_seconds: float,
    ) -> NewSecret:
        """Make a new secret for an endpoint, or for all of a user that share one."""
        publisher = self._publisher(namespace, webhook)
        if endpoint is not None:
            record = await self._find(publisher, endpoint)
            rotation = of_endpoint(publisher, record)
        else:
            rotation = await of_user(publisher, user_id or "", self.endpoints)
        new = await self.vault.rotate(
            rotation.owner, grace=rotation.checked(grace_seconds), at=datetime.now(UTC)
        )
        logger.info("%s: a new secret for %s by %s", _place(publisher), rotation.whose, self.by)
        return new

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
        """What was and will be sent to an endpoint.

        Raises:
            CursorError: the cursor is not one of ours.
        """
        record = await self._find(self._publisher(namespace, webhook), endpoint)
        return await self.deliveries.list(record.id, status=status, limit=limit, cursor=cursor)

    async def tell_queue(
        self, namespace: str, webhook: str, endpoint: str, *, command: QueueCommand, event_id: str
    ) -> None:
        """Skip or retry the event that a queue waits for."""
        record = await self._find(self._publisher(namespace, webhook), endpoint)
        if not record.fifo:
            raise ConflictError(
                f"endpoint {record.name!r} is no queue (fifo=True); replay the event instead"
            )
        if not is_event_id(event_id):
            raise NotFoundError(f"there is no event {event_id[:80]!r}")
        await self.engine.tell_lane(record.id, command, event_id)
        self._log(record, f"told to {command} {event_id}")

    def _publisher(self, namespace: str, webhook: str) -> OutboundWebhook:
        found = self.app.publisher(namespace, webhook)
        if found is None:
            raise NotFoundError(
                f"no webhook that sends is declared as {f'{namespace}/{webhook}'[:90]!r}"
            )
        return found

    async def _find(self, publisher: OutboundWebhook, endpoint: str) -> EndpointRecord:
        return await find_endpoint(self.endpoints, publisher, endpoint)

    async def _created(
        self, publisher: OutboundWebhook, endpoint: str, mend: str
    ) -> EndpointRecord:
        """An endpoint that can be changed here, as it was created here."""
        record = await self._find(publisher, endpoint)
        if record.declared:
            raise ConflictError(f"endpoint {record.name!r} is declared in code; {mend}")
        return record

    async def _sealed(self, record: EndpointRecord) -> EndpointRecord:
        """The endpoint as it may be kept."""
        return replace(record, headers=dict(await self.seals.seal(record.headers.items())))

    async def _check(self, publisher: OutboundWebhook, wanted: EndpointRecord) -> None:
        if any(each.name == wanted.name for each in publisher.declared.values()):
            raise ConflictError(
                f"an endpoint {wanted.name!r} is declared in code; choose another name"
            )
        await self._check_address(wanted.url)

    async def _check_address(self, url: str) -> None:
        if refusal := await self.sender.check(url):
            raise PayloadError(f"option 'endpoint.url': {refusal}")

    def _log(self, endpoint: EndpointRecord, what: str) -> None:
        place = f"{endpoint.namespace}/{endpoint.webhook}"
        logger.info(
            "%s: endpoint %s (%s) %s by %s", place, endpoint.name, endpoint.id, what, self.by
        )


def _place(publisher: OutboundWebhook) -> str:
    return f"{publisher.namespace}/{publisher.name}"
