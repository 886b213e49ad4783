"""Zendesk: https://developer.zendesk.com/documentation/webhooks/verifying/."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Unpack

from layeron.declaration import InboundOptions, InboundWebhook, declare_inbound
from layeron.locator import Locator
from layeron.options import Dedupe
from layeron.provider import Provider
from layeron.providers.samples import zendesk as samples
from layeron.secrets import Secret
from layeron.signing.rule import SignatureDict

# X-Zendesk-Webhook-Signature: iQ4a/b7y1lMH…
# X-Zendesk-Webhook-Signature-Timestamp: 2026-05-04T10:00:00Z
SIGNATURE: SignatureDict = {
    "header": "x-zendesk-webhook-signature",
    "encoding": "base64",
    "timestamp_header": "x-zendesk-webhook-signature-timestamp",
    "timestamp_format": "iso8601",
    "signed_payload": "{timestamp}{body}",
}

PROVIDER = Provider(
    name="zendesk",
    event_type=Locator(("body.type",)),
    event_id=Locator(("header.x-zendesk-webhook-invocation-id",)),
    dedupe=Dedupe(ttl=timedelta(days=4)),
    methods=frozenset({"DELETE", "GET", "PATCH", "POST", "PUT"}),
    sample=samples.sample,
)


def zendesk(
    *,
    secret: Secret | Sequence[Secret] = (),
    tolerance_seconds: float | None = 86_400,
    **options: Unpack[InboundOptions],
) -> InboundWebhook:
    """Receive from Zendesk: https://developer.zendesk.com/documentation/webhooks/.

    The event type is ``type`` of the body (``zen:event-type:ticket.created``); what a trigger sends
    has none, unless you write one into its body. The event id is
    ``X-Zendesk-Webhook-Invocation-Id`` (not confirmed by Zendesk's own pages). A repeat counts as a
    duplicate for four days.

    With methods that have no body the signature covers the time alone.

    Args:
        secret: the webhook's signing secret, just as it is shown; several while it is reset.
        tolerance_seconds: how far the time of signing may be from ours, in both directions. Zendesk
            sets no limit and does not say whether a retry is signed anew; the default lets retries
            in, and is shorter than repeats count as duplicates.
        **options: see `InboundOptions`.

    Raises:
        ConfigurationError: an option is wrong; in one sentence that names the mend.
    """
    signature: SignatureDict = {
        **SIGNATURE,
        "secret": secret,
        "tolerance_seconds": tolerance_seconds,
    }
    return declare_inbound(PROVIDER, signature, options, default_name="zendesk")
