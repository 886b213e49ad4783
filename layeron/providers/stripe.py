"""Stripe: https://docs.stripe.com/webhooks#verify-manually."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Unpack

from layeron.declaration import InboundOptions, InboundWebhook, declare_inbound
from layeron.locator import Locator
from layeron.options import Dedupe
from layeron.provider import Provider
from layeron.providers.samples import stripe as samples
from layeron.secrets import Secret
from layeron.signing.rule import SignatureDict

# Stripe-Signature: t=1492774577,v1=5257a869…,v1=…,v0=…
# The key is the text of the secret, "whsec_" included. "v0" is a scheme for tests: ignored.
SIGNATURE: SignatureDict = {
    "header": "stripe-signature",
    "separator": ",",
    "prefix": "v1=",
    "timestamp_prefix": "t=",
    "signed_payload": "{timestamp}.{body}",
}

PROVIDER = Provider(
    name="stripe",
    event_type=Locator(("body.type",)),
    event_id=Locator(("body.id",)),
    dedupe=Dedupe(ttl=timedelta(days=4)),
    sample=samples.sample,
)


def stripe(
    *,
    secret: Secret | Sequence[Secret] = (),
    tolerance_seconds: float | None = 300,
    **options: Unpack[InboundOptions],
) -> InboundWebhook:
    """Receive from Stripe: https://docs.stripe.com/webhooks.

    The event type is ``type`` of the body (``invoice.paid``), the event id its ``id`` (``evt_…``).
    Stripe tries for up to three days, so a repeat counts as a duplicate for four.

    Args:
        secret: the endpoint's signing secret (``whsec_…``); several while it is rolled.
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
    return declare_inbound(PROVIDER, signature, options, default_name="stripe")
