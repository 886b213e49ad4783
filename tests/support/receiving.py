"""What a webhook makes of a request, without a service around it."""

from datetime import UTC, datetime

from layeron import InboundWebhook
from layeron.payload import parse_payload
from layeron.request import Request
from layeron.secrets import SecretValue
from layeron.signing.verdict import Verdict
from layeron.signing.verify import verify


async def verdict_of(
    webhook: InboundWebhook, request: Request, *secrets: str, now: datetime | None = None
) -> Verdict:
    """The verdict with these live values of the webhook's first secret."""
    keys = [SecretValue(webhook.secrets[0], "current", text) for text in secrets]
    return await verify(webhook.signature, request, keys, now=now or datetime.now(UTC))


def type_and_id(webhook: InboundWebhook, request: Request) -> tuple[str | None, str | None]:
    """The event type and the event id that the webhook reads."""
    payload = parse_payload(request.body, request.headers.get("content-type", ""))
    provider = webhook.provider
    return provider.event_type.find(request, payload), provider.event_id.find(request, payload)
