"""The way in: verify a request, name its event, and make it durable, once."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TypeAlias

from layeron.declaration import InboundWebhook
from layeron.errors import (
    BlobStoreUnavailableError,
    DatabaseUnavailableError,
    SecretUnavailableError,
)
from layeron.event import Response
from layeron.identity import body_name, bounded_id, inbound_workflow_id, new_event_id
from layeron.live_secrets import live_values
from layeron.payload import Payload
from layeron.ports.blobs import BlobStore
from layeron.ports.documents import Documents
from layeron.ports.engine import Duplicate, Engine, Started
from layeron.ports.records import RecordStore
from layeron.ports.secrets import SecretSource
from layeron.provider import HandshakeContext
from layeron.records import BodyReference, InboundEvent
from layeron.request import Request
from layeron.secrets import SecretValue
from layeron.signing.credentials import without_credentials
from layeron.signing.verdict import Verdict
from layeron.signing.verify import verify
from layeron.starts import Starts
from layeron.tracing import failed, span

logger = logging.getLogger("layeron.receiver")

_LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class Rejected:
    """The request did not verify.

    Attributes:
        keys: what it was verified with, for whoever looks into the cause.
    """

    verdict: Verdict
    keys: Sequence[SecretValue] = field(repr=False)


Taken: TypeAlias = Started | Duplicate | Rejected | Response


@dataclass(frozen=True, slots=True)
class Intake:
    """Takes verified requests in.

    Attributes:
        offload_above: bodies larger than this many bytes are stored before the engine is told,
            and travel as a reference.
        store_timeout: how long that may take, while the sender waits.
    """

    engine: Engine
    starts: Starts
    records: RecordStore
    blobs: BlobStore
    secrets: SecretSource
    documents: Documents
    offload_above: int
    store_timeout: timedelta

    async def take(
        self, webhook: InboundWebhook, request: Request, *, received_at: datetime | None = None
    ) -> Taken:
        """Decide about one request; the event is durable once `Started` or `Duplicate` comes back.

        Args:
            webhook: who it was sent to.
            request: what was received.
            received_at: when, if not now: its time of signing is judged by that.

        Raises:
            UnavailableError: it could not be made durable, or no secret has a value now.
        """
        now = received_at or datetime.now(UTC)
        keys = await self.keys(webhook)
        if answer := await self._handshake(webhook, request, keys, signed=False):
            return answer
        verdict = await self._verify(webhook, request, keys, now)
        if verdict.is_ours:
            raise SecretUnavailableError(verdict.detail)
        if not verdict.accepted:
            return Rejected(verdict, keys)
        proved = sorted(keys, key=lambda each: each is not verdict.secret)
        if answer := await self._handshake(webhook, request, proved, signed=True):
            return answer
        event = _name(webhook, request, verdict, now)
        if duplicate := await self._remembered(webhook, event, now):
            return duplicate
        body: bytes | None = request.body
        if event.body.size > self.offload_above:
            await self._store(event.body.name, request.body)
            event, body = replace(event, body_stored=True), None
        return await self.starts.start(event, body)

    async def keys(self, webhook: InboundWebhook) -> Sequence[SecretValue]:
        """Every live value; a secret without one is left out while another has one.

        Raises:
            SecretUnavailableError: none of the webhook's secrets has a value now.
        """
        return await live_values(self.secrets, webhook.secrets)

    async def _verify(
        self, webhook: InboundWebhook, request: Request, keys: Sequence[SecretValue], now: datetime
    ) -> Verdict:
        with span("intake.verify", {"layeron.webhook": webhook.name}) as verifying:
            verdict = await verify(
                webhook.signature, request, keys, now=now, documents=self.documents
            )
            if not verdict.accepted:
                failed(verifying, str(verdict.cause))
            return verdict

    async def _store(self, name: str, body: bytes) -> None:
        try:
            async with asyncio.timeout(self.store_timeout.total_seconds()):
                await self.blobs.put(name, body)
        except TimeoutError as error:
            raise BlobStoreUnavailableError("the body was not stored in time") from error

    async def _handshake(
        self,
        webhook: InboundWebhook,
        request: Request,
        keys: Sequence[SecretValue],
        *,
        signed: bool,
    ) -> Response | None:
        """The answer to a provider's check that the address is ours, if this is one."""
        asked = [each for each in webhook.provider.handshakes if each.signed == signed]
        if not asked:
            return None
        context = HandshakeContext(request, request.payload, keys, self.documents)
        for each in asked:
            if answer := await each.answer(context):
                return answer
        return None

    async def _remembered(
        self, webhook: InboundWebhook, event: InboundEvent, now: datetime
    ) -> Duplicate | None:
        """A repeat the engine may have forgotten, because the window outlasts its memory."""
        if event.dedupe_key is None or webhook.dedupe.ttl <= await self.starts.retention():
            return None
        try:
            first = await self.records.find_live_key(
                webhook.namespace,
                webhook.name,
                event.dedupe_key,
                ttl_seconds=event.dedupe_ttl_seconds,
                at=now,
            )
        except DatabaseUnavailableError:
            # The worker asks again before it runs the handler, so nothing is handled twice.
            logger.warning("dedupe look-up skipped, the database does not answer")
            return None
        return Duplicate(first, event.workflow_id, None) if first else None


def _name(
    webhook: InboundWebhook, request: Request, verdict: Verdict, now: datetime
) -> InboundEvent:
    payload = request.payload
    event_id = new_event_id(now)
    external_id = _bounded(webhook.provider.event_id.find(request, payload))
    event_type = webhook.provider.event_type.find(request, payload) or "unknown"
    key = _dedupe_key(webhook, request, payload, external_id)
    handler = webhook.handlers.match(event_type)
    digest = request.body_sha256
    identity = key if key is not None else event_id
    kept = without_credentials(webhook.signature, request, webhook.provider.secret_headers)
    return InboundEvent(
        event_id=event_id,
        workflow_id=inbound_workflow_id(webhook.namespace, webhook.name, identity),
        namespace=webhook.namespace,
        webhook=webhook.name,
        provider=webhook.provider.name,
        event_type=event_type[:_LONGEST_NAME],
        external_event_id=external_id,
        dedupe_key=key,
        dedupe_ttl_seconds=webhook.dedupe.ttl.total_seconds(),
        method=request.method,
        url=kept.url,
        headers=list(kept.headers.items()),
        body=BodyReference(
            body_name(webhook.namespace, webhook.name, identity, digest, now),
            len(request.body),
            digest,
        ),
        body_stored=False,
        signature_status=verdict.status,
        received_at=now,
        policy=webhook.policy,
        signature_secret=_describe(verdict.secret),
        child_workflow=handler.workflow_name if handler else None,
        wants_answer=not webhook.delivery.queue,
    )


def _dedupe_key(
    webhook: InboundWebhook, request: Request, payload: Payload, external_id: str | None
) -> str | None:
    if webhook.dedupe.key is None:
        return external_id
    try:
        return _bounded(webhook.dedupe.key.find(request, payload))
    except Exception:
        # A user's function failed on a genuine event, which is not refused for that.
        logger.exception("%s: dedupe.key failed, the provider's id is taken", webhook.name)
        return external_id


def _bounded(name: str | None) -> str | None:
    return None if name is None else bounded_id(name)


def _describe(value: SecretValue | None) -> str | None:
    return f"{value.secret.name} ({value.version})" if value else None
