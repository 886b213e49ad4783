"""SendGrid: https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/getting-started-event-webhook-security-features."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Unpack

from layeron.declaration import InboundOptions, InboundWebhook, declare_inbound
from layeron.options import Dedupe
from layeron.provider import Provider
from layeron.providers.batches import joint_id, shared_type
from layeron.providers.samples import sendgrid as samples
from layeron.secrets import Secret
from layeron.signing.rule import SignatureDict

# X-Twilio-Email-Event-Webhook-Signature: MEUCIGHQVtGj+Y3LkG9fLcxf3qfI10QysgDWmMOVmxG0u6ZU…
# X-Twilio-Email-Event-Webhook-Timestamp: 1600112502
SIGNATURE: SignatureDict = {
    "algorithm": "ecdsa-p256-sha256",
    "secret_encoding": "base64",
    "header": "x-twilio-email-event-webhook-signature",
    "encoding": "base64",
    "timestamp_header": "x-twilio-email-event-webhook-timestamp",
    "signed_payload": "{timestamp}{body}",
}

PROVIDER = Provider(
    name="sendgrid",
    event_type=shared_type("", "event"),
    event_id=joint_id("", "sg_event_id"),
    dedupe=Dedupe(ttl=timedelta(days=4)),
    sample=samples.sample,
)


def sendgrid(
    *,
    secret: Secret | Sequence[Secret] = (),
    tolerance_seconds: float | None = 86_400,
    **options: Unpack[InboundOptions],
) -> InboundWebhook:
    """Receive from SendGrid: https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/event.

    For the signed Event Webhook. A request carries a list of events: the event type is their
    ``event`` (``delivered``), or ``batch`` where they differ; the event id is the ``sg_event_id``,
    or a digest of all of them. SendGrid tries for 24 hours (not confirmed by its own pages), so a
    repeat counts as a duplicate for four days.

    Args:
        secret: the verification key of the settings page: a public key in Base64; several while it
            is changed.
        tolerance_seconds: how far the time of signing may be from ours, in both directions.
            SendGrid sets no limit and does not say whether a retry is signed anew; the default lets
            all retries in, and is shorter than repeats count as duplicates.
        **options: see `InboundOptions`.

    Raises:
        ConfigurationError: an option is wrong; in one sentence that names the mend.
    """
    signature: SignatureDict = {
        **SIGNATURE,
        "secret": secret,
        "tolerance_seconds": tolerance_seconds,
    }
    return declare_inbound(PROVIDER, signature, options, default_name="sendgrid")
