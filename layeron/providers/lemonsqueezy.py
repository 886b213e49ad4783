"""Lemon Squeezy: https://docs.lemonsqueezy.com/help/webhooks/signing-requests."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Unpack

from layeron.declaration import InboundOptions, InboundWebhook, declare_inbound
from layeron.event import Response
from layeron.locator import Locator
from layeron.options import Dedupe
from layeron.provider import Provider
from layeron.providers.samples import lemonsqueezy as samples
from layeron.secrets import Secret
from layeron.signing.rule import SignatureDict

# X-Signature: 2f34b1c0…
SIGNATURE: SignatureDict = {"header": "x-signature"}

PROVIDER = Provider(
    name="lemonsqueezy",
    event_type=Locator(("body.meta.event_name",)),
    event_id=Locator(("body_hash",)),
    dedupe=Dedupe(ttl=timedelta(days=1)),
    accepted=Response(),
    sample=samples.sample,
)


def lemonsqueezy(
    *,
    secret: Secret | Sequence[Secret] = (),
    **options: Unpack[InboundOptions],
) -> InboundWebhook:
    """Receive from Lemon Squeezy: https://docs.lemonsqueezy.com/help/webhooks.

    The event type is ``meta.event_name`` of the body (``order_created``). An event has no id: the
    hash of the body stands in for it. Lemon Squeezy wants just a 200 and tries three more times
    within three minutes; a repeat counts as a duplicate for a day, so that a re-send by hand does
    too.

    Args:
        secret: the webhook's signing secret; several while it is changed.
        **options: see `InboundOptions`.

    Raises:
        ConfigurationError: an option is wrong; in one sentence that names the mend.
    """
    signature: SignatureDict = {**SIGNATURE, "secret": secret}
    return declare_inbound(PROVIDER, signature, options, default_name="lemonsqueezy")
