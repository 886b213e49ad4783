"""HubSpot: https://developers.hubspot.com/docs/apps/developer-platform/build-apps/authentication/request-validation."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Unpack

from layeron.declaration import InboundOptions, InboundWebhook, declare_inbound
from layeron.options import Dedupe
from layeron.provider import Provider
from layeron.providers.batches import joint_id, shared_type
from layeron.providers.samples import hubspot as samples
from layeron.secrets import Secret
from layeron.signing.rule import SignatureDict

# X-HubSpot-Signature-v3: mkSy1HSm8XYEVHJW… (v1 and v2 are plain hashes without a time: ignored)
# X-HubSpot-Request-Timestamp: 1625678400000
SIGNATURE: SignatureDict = {
    "header": "x-hubspot-signature-v3",
    "encoding": "base64",
    "timestamp_header": "x-hubspot-request-timestamp",
    "timestamp_format": "unix-ms",
    "signed_payload": "{method}{url}{body}{timestamp}",
}

PROVIDER = Provider(
    name="hubspot",
    event_type=shared_type("", "subscriptionType"),
    event_id=joint_id("", "eventId", "subscriptionId", "occurredAt"),
    dedupe=Dedupe(ttl=timedelta(days=4)),
    sample=samples.sample,
)


def hubspot(
    *,
    secret: Secret | Sequence[Secret] = (),
    tolerance_seconds: float | None = 300,
    **options: Unpack[InboundOptions],
) -> InboundWebhook:
    """Receive from HubSpot: https://developers.hubspot.com/docs/api-reference/webhooks-webhooks-v3/guide.

    A request carries a list of events: the event type is their ``subscriptionType``
    (``contact.creation``), or ``batch`` where they differ; the event id is ``eventId``,
    ``subscriptionId`` and ``occurredAt``, or a digest of those of all events. HubSpot tries ten
    times over 24 hours (not confirmed by its own pages), so a repeat counts as a duplicate for four
    days.

    The signature covers the target URL, just as it is written at HubSpot: declare the webhook with
    that ``url``, one without percent escapes.

    Args:
        secret: the app's client secret; several while it is rotated.
        tolerance_seconds: how far the time of signing may be from ours, in both directions.
        **options: see `InboundOptions`.

    Raises:
        ConfigurationError: an option is wrong; in one sentence that names the mend.
    """
    signature: SignatureDict = {
        **SIGNATURE,
        "secret": secret,
        "tolerance_seconds": tolerance_seconds,
    }
    return declare_inbound(PROVIDER, signature, options, default_name="hubspot")
