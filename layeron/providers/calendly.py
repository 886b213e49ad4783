"""Calendly: https://developer.calendly.com/api-docs/webhook-signatures."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Unpack

from layeron.declaration import InboundOptions, InboundWebhook, declare_inbound
from layeron.locator import Locator
from layeron.options import Dedupe
from layeron.provider import Provider
from layeron.providers.samples import calendly as samples
from layeron.secrets import Secret
from layeron.signing.rule import SignatureDict

# Calendly-Webhook-Signature: t=1492774577,v1=5257a869…
SIGNATURE: SignatureDict = {
    "header": "calendly-webhook-signature",
    "separator": ",",
    "prefix": "v1=",
    "timestamp_prefix": "t=",
    "signed_payload": "{timestamp}.{body}",
}

PROVIDER = Provider(
    name="calendly",
    event_type=Locator(("body.event",)),
    event_id=Locator(
        (
            "body.payload.uri",
            "body.event",
            "body.created_at",
        )
    ),
    dedupe=Dedupe(ttl=timedelta(days=4)),
    sample=samples.sample,
)


def calendly(
    *,
    secret: Secret | Sequence[Secret] = (),
    tolerance_seconds: float | None = 180,
    **options: Unpack[InboundOptions],
) -> InboundWebhook:
    """Receive from Calendly: https://developer.calendly.com/api-docs/webhooks.

    The event type is ``event`` of the body (``invitee.created``). Calendly's events have no
    id; what the event is about, its type and its time (``payload.uri``, ``event``,
    ``created_at``) stand for one. Calendly tries for 24 hours (not confirmed by the provider's
    own pages), so a repeat counts as a duplicate for four days.

    Args:
        secret: the subscription's signing key; several while it is changed.
        tolerance_seconds: how far the time of signing may be from ours, in both directions;
            Calendly's example allows three minutes.
        **options: see `InboundOptions`.

    Raises:
        ConfigurationError: an option is wrong; in one sentence that names the mend.
    """
    signature: SignatureDict = {
        **SIGNATURE,
        "secret": secret,
        "tolerance_seconds": tolerance_seconds,
    }
    return declare_inbound(PROVIDER, signature, options, default_name="calendly")
