"""Refused requests: noted without letting a flood fill the disk, and let in after a mend."""

import asyncio
import logging
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit

from layeron.application import Backend
from layeron.declaration import InboundWebhook
from layeron.errors import ConflictError, NotFoundError, UnavailableError
from layeron.identity import new_rejection_id
from layeron.intake import Intake, Rejected
from layeron.ports.engine import Duplicate, Started
from layeron.ports.records import RecordStore
from layeron.records import RejectionRecord
from layeron.request import Request, headers_of
from layeron.signing.credentials import without_credentials
from layeron.signing.diagnosis import diagnose

logger = logging.getLogger("layeron.receiver")

KEPT_PER_WEBHOOK = 1_000
LARGEST_KEPT_BODY = 64 * 2**10
_BURST = 20
_PER_SECOND = 1.0
_MOST_WAITING = 100


@dataclass(slots=True)
class _Allowance:
    """How many refusals of one webhook and cause may be noted now (a token bucket)."""

    left: float
    filled_at: float
    skipped: int = 0

    def take(self, now: float) -> bool:
        self.left = min(_BURST, self.left + (now - self.filled_at) * _PER_SECOND)
        self.filled_at = now
        if self.left < 1:
            return False
        self.left -= 1
        return True


class Rejections:
    """Writes refusals in the background: a sender waits for none of it.

    A burst of 20 for each webhook and cause is kept whole, then one a second; the others are
    counted on the next one that is kept. The number kept per webhook is bounded.
    """

    def __init__(self, records: RecordStore) -> None:
        self._records = records
        self._allowances: dict[tuple[str, str, str], _Allowance] = {}
        self._writing: set[asyncio.Task[None]] = set()

    def note(self, webhook: InboundWebhook, request: Request, rejected: Rejected) -> bool:
        """Note a refusal; False when it was only counted."""
        now = time.monotonic()
        place = (webhook.namespace, webhook.name, str(rejected.verdict.cause))
        allowance = self._allowances.setdefault(place, _Allowance(_BURST, now))
        if len(self._writing) >= _MOST_WAITING or not allowance.take(now):
            allowance.skipped += 1
            return False
        skipped, allowance.skipped = allowance.skipped, 0
        received_at = datetime.now(UTC)
        task = asyncio.create_task(
            self._write(webhook, request, rejected, received_at, skipped=skipped)
        )
        self._writing.add(task)
        task.add_done_callback(self._writing.discard)
        return True

    async def close(self) -> None:
        """Wait for what is being written."""
        await asyncio.gather(*self._writing, return_exceptions=True)

    async def _write(
        self,
        webhook: InboundWebhook,
        request: Request,
        rejected: Rejected,
        received_at: datetime,
        *,
        skipped: int,
    ) -> None:
        rule, keys = webhook.signature, rejected.keys
        verdict = await diagnose(rule, request, keys, rejected.verdict, now=received_at)
        kept = without_credentials(rule, request, webhook.provider.secret_headers)
        record = RejectionRecord(
            id=new_rejection_id(received_at),
            namespace=webhook.namespace,
            webhook=webhook.name,
            received_at=received_at,
            cause=str(verdict.cause),
            detail=verdict.detail,
            method=kept.method,
            url=kept.url,
            headers=list(kept.headers.items()),
            size=len(kept.body),
            body_sha256=kept.body_sha256,
            body=kept.body if len(kept.body) <= LARGEST_KEPT_BODY else None,
            skipped=skipped,
        )
        try:
            await self._records.add_rejection(record, keep=KEPT_PER_WEBHOOK)
        except UnavailableError:
            logger.warning("%s: a rejection could not be noted", record.webhook)


def request_of(rejection: RejectionRecord, webhook: InboundWebhook, body: bytes) -> Request:
    """The refused request as it is on record, with the body that was kept."""
    return Request(
        rejection.method,
        rejection.url,
        webhook.placement.path,
        urlsplit(rejection.url).query,
        headers_of(rejection.headers),
        body,
    )


async def let_in(
    rejection_id: str, *, app: Backend, records: RecordStore, intake: Intake, by: str
) -> str:
    """Verify a refused request again, by the time it was received, and take it in; the event's id.

    Raises:
        NotFoundError: there is no such rejection, or its webhook is not declared any more.
        ConflictError: it came in before, its body was not kept, or it still does not verify.
        UnavailableError: it could not be made durable.
    """
    rejection = await records.get_rejection(rejection_id)
    webhook = app.webhook(rejection.namespace, rejection.webhook)
    if webhook is None:
        raise NotFoundError(f"webhook {rejection.namespace}/{rejection.webhook} is not declared")
    if rejection.accepted_event_id is not None:
        raise ConflictError(f"{rejection_id} came in already, as {rejection.accepted_event_id}")
    if rejection.body is None:
        raise ConflictError(
            f"the body of {rejection_id} was too large to be kept ({rejection.size} bytes); let the"
            " sender send it again"
        )
    request = request_of(rejection, webhook, rejection.body)
    match await intake.take(webhook, request, received_at=rejection.received_at):
        case Rejected(verdict):
            raise ConflictError(f"it still does not verify: {verdict.cause} ({verdict.detail})")
        case Started(event):
            event_id = event.event_id
        case Duplicate(first):
            event_id = first
        case _:
            raise ConflictError(f"{rejection_id} was a check of the provider, not an event")
    await records.accept_rejection(
        rejection_id, event_id=event_id, accepted_by=by, at=datetime.now(UTC)
    )
    return event_id
