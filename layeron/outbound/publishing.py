"""Sending: check an event, choose its endpoints, and make it durable, once."""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Self

from layeron.application import Backend
from layeron.errors import (
    BlobStoreUnavailableError,
    NotFoundError,
    PayloadError,
    UnavailableError,
)
from layeron.identity import delivery_attempt_id
from layeron.outbound.choosing import choose
from layeron.outbound.declaration import OutboundWebhook
from layeron.outbound.letters import Letter, check_declared, write
from layeron.outbound.outgoing import MOST_EVENTS, OutgoingEvent
from layeron.outbound.records import EndpointRecord, OutboundEvent, QueuedDelivery, SendResult
from layeron.outbound.sealing import Seals
from layeron.ports.blobs import BlobStore
from layeron.ports.endpoints import EndpointStore
from layeron.ports.engine import Duplicate
from layeron.ports.records import RecordStore
from layeron.ports.toolbox import Toolbox
from layeron.records import DeliveryStatus
from layeron.settings import Settings
from layeron.starts import Starts

logger = logging.getLogger("layeron.sending")

TEST_EVENT = "webhook.test"
_TEST_PAYLOAD = {"message": "This is a test: nothing has happened, and nothing is to be done."}
_AT_ONCE = 16


@dataclass(frozen=True, slots=True)
class Publishing:
    """The gateway of the service's own processes (see `layeron.outbound.gateway`).

    Attributes:
        max_body: the largest body that is sent, in bytes.
        offload_above: bodies larger than this many bytes are stored before the engine is told.
        store_timeout: how long that may take, while the caller waits.
    """

    app: Backend
    starts: Starts
    records: RecordStore
    endpoints: EndpointStore
    blobs: BlobStore
    seals: Seals
    max_body: int
    offload_above: int
    store_timeout: timedelta

    @classmethod
    def of(
        cls, app: Backend, tools: Toolbox, starts: Starts, seals: Seals, settings: Settings
    ) -> Self:
        """Sending with the tools of one process."""
        return cls(
            app=app,
            starts=starts,
            records=tools.records,
            endpoints=tools.endpoints,
            blobs=tools.blobs,
            seals=seals,
            max_body=settings.max_body,
            offload_above=settings.offload_body,
            store_timeout=settings.store_timeout,
        )

    async def send(self, namespace: str, webhook: str, event: OutgoingEvent) -> SendResult:
        """See `OutboundWebhook.send`."""
        publisher = self._publisher(namespace, webhook)
        letter = self._write(publisher, event)
        return await self._start(await self._address(letter, publisher, event))

    async def send_many(
        self, namespace: str, webhook: str, events: Sequence[OutgoingEvent]
    ) -> list[SendResult]:
        """See `OutboundWebhook.send_many`."""
        if len(events) > MOST_EVENTS:
            raise PayloadError(f"{len(events)} events are too many; send {MOST_EVENTS} in a call")
        publisher = self._publisher(namespace, webhook)
        known: dict[str | None, Sequence[EndpointRecord]] = {}
        letters: list[Letter] = []
        for number, event in enumerate(events):
            try:
                letter = self._write(publisher, event)
                if event.user_id not in known:
                    known[event.user_id] = await self._candidates(publisher, event.user_id)
                letters.append(letter.to(choose(known[event.user_id], event, publisher.name)))
            except (PayloadError, NotFoundError) as mistake:
                raise type(mistake)(f"events[{number}]: {mistake}") from None
        return await self._start_all(letters)

    async def test(
        self, webhook: OutboundWebhook, endpoint: EndpointRecord, event_type: str | None
    ) -> SendResult:
        """Send one attempt to one endpoint, whatever its filter says.

        Args:
            webhook: whose endpoint it is.
            endpoint: where to.
            event_type: a declared type, whose example is sent; without it, `TEST_EVENT`.

        Raises:
            PayloadError: the type is not declared, or has no example.
        """
        payload: object = _TEST_PAYLOAD
        if event_type is not None:
            check_declared(webhook, event_type)
            declared = webhook.event_types.get(event_type)
            if declared is None or declared.example is None:
                raise PayloadError(
                    f"event_type: {event_type!r} has no example to send; declare one, or leave the"
                    f" type out to send {TEST_EVENT!r}"
                )
            payload = declared.example
        event = OutgoingEvent(event_type or TEST_EVENT, payload, None, user_id=endpoint.user_id)
        letter = self._write(webhook, event, as_declared=False)
        return await self._start(letter.to([endpoint]).as_test())

    async def announce(
        self, operational: OutboundWebhook, event_type: str, data: Mapping[str, object], *, key: str
    ) -> SendResult:
        """Send an event of the service's own; its type need not be declared."""
        event = OutgoingEvent(event_type, data, key)
        letter = self._write(operational, event, as_declared=False)
        return await self._start(await self._address(letter, operational, event))

    def _publisher(self, namespace: str, name: str) -> OutboundWebhook:
        if publisher := self.app.publisher(namespace, name):
            return publisher
        if self.app.webhook(namespace, name):
            raise NotFoundError(
                f"webhook {namespace}/{name} receives; declare another by webhooks.out to send"
            )
        raise NotFoundError(
            f"webhook {namespace}/{name} is not declared; add it with app.use(webhooks.out(…))"
        )

    def _write(
        self, webhook: OutboundWebhook, event: OutgoingEvent, *, as_declared: bool = True
    ) -> Letter:
        now = datetime.now(UTC)
        return write(webhook, event, now=now, largest=self.max_body, as_declared=as_declared)

    async def _address(
        self, letter: Letter, webhook: OutboundWebhook, event: OutgoingEvent
    ) -> Letter:
        candidates = await self._candidates(webhook, event.user_id)
        return letter.to(choose(candidates, event, webhook.name))

    async def _candidates(
        self, webhook: OutboundWebhook, user_id: str | None
    ) -> Sequence[EndpointRecord]:
        """Every endpoint that events of this user may go to: nobody's, and the user's own."""
        created = await self.endpoints.matching(webhook.namespace, webhook.name, user_id=user_id)
        known = [*webhook.records.values(), *created]
        return [each for each in known if each.user_id in {None, user_id}]

    async def _start_all(self, letters: Sequence[Letter]) -> list[SendResult]:
        """Start many at once, but what goes to queues in the order it was given."""
        in_order = [number for number, each in enumerate(letters) if each.event.lanes]
        others = [[number] for number, each in enumerate(letters) if not each.event.lanes]
        results: dict[int, SendResult] = {}
        limit = asyncio.Semaphore(_AT_ONCE)

        async def start(numbers: Sequence[int]) -> None:
            async with limit:
                for number in numbers:
                    results[number] = await self._start(letters[number])

        ended = await asyncio.gather(*map(start, [in_order, *others]), return_exceptions=True)
        troubles = [each for each in ended if each is not None]
        for each in troubles:
            if not isinstance(each, UnavailableError):
                raise each
        if troubles:
            raise UnavailableError(
                f"{len(results)} of {len(letters)} events were made durable ({troubles[0]}); call"
                " again with the same events: none is sent twice that has an idempotency key"
            ) from troubles[0]
        return [results[number] for number in range(len(letters))]

    async def _start(self, letter: Letter) -> SendResult:
        event, body = letter.event, letter.body
        event = replace(event, headers=await self.seals.seal(event.headers))
        if event.body.size > self.offload_above:
            await self._store(event.body.name, body)
            answer = await self.starts.start(replace(event, body_stored=True), None)
        else:
            answer = await self.starts.start(event, body)
        if isinstance(answer, Duplicate):
            return await self._repeat(letter, answer)
        return SendResult(event.event_id, _queued(event.event_id, letter.endpoints))

    async def _store(self, name: str, body: bytes) -> None:
        try:
            async with asyncio.timeout(self.store_timeout.total_seconds()):
                await self.blobs.put(name, body)
        except TimeoutError as error:
            raise BlobStoreUnavailableError("the body was not stored in time") from error

    async def _repeat(self, letter: Letter, first: Duplicate) -> SendResult:
        """The answer to a sending whose key was used before."""
        conflict = first.body_sha256 not in {None, letter.event.content_sha256}
        try:
            await self.records.count_duplicate(
                first.event_id, conflict=conflict, at=datetime.now(UTC)
            )
        except UnavailableError:
            logger.warning("%s: a duplicate went uncounted", first.event_id)
        deliveries = await self._deliveries_of(first.event_id, letter.endpoints)
        return SendResult(first.event_id, deliveries, duplicate=True, conflict=conflict)

    async def _deliveries_of(
        self, event_id: str, chosen: Sequence[EndpointRecord]
    ) -> list[QueuedDelivery]:
        """The deliveries of an event; *chosen* for the moment in which nobody knows of it yet."""
        try:
            record = await self.records.get_event(event_id)
        except NotFoundError:
            try:
                found = await self.starts.find(event_id)
            except UnavailableError:
                found = None
        else:
            return [
                _delivery(event_id, each.endpoint_id, each.endpoint, each.status)
                for each in record.deliveries
            ]
        if found is None or not isinstance(found.event, OutboundEvent):
            return _queued(event_id, chosen)
        names = {each.id: each.name for each in chosen}
        return [
            _delivery(event_id, each, names.get(each, each), "queued")
            for each in found.event.endpoints
        ]


def _queued(event_id: str, endpoints: Sequence[EndpointRecord]) -> list[QueuedDelivery]:
    return [_delivery(event_id, each.id, each.name, "queued") for each in endpoints]


def _delivery(event_id: str, endpoint_id: str, name: str, status: DeliveryStatus) -> QueuedDelivery:
    first_attempt = delivery_attempt_id(event_id, endpoint_id, 0, 1)
    return QueuedDelivery(name, endpoint_id, status, first_attempt)
