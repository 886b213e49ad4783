"""Coinbase Commerce: https://docs.cdp.coinbase.com/commerce/docs/webhooks-security."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Unpack

from layeron.declaration import InboundOptions, InboundWebhook, declare_inbound
from layeron.event import Response
from layeron.locator import Locator
from layeron.options import Dedupe
from layeron.provider import Provider
from layeron.providers.samples import coinbase_commerce as samples
from layeron.secrets import Secret
from layeron.signing.rule import SignatureDict

# X-CC-Webhook-Signature: 8be7742c…
SIGNATURE: SignatureDict = {"header": "x-cc-webhook-signature"}

PROVIDER = Provider(
    name="coinbase_commerce",
    event_type=Locator(("body.event.type",)),
    event_id=Locator(("body.event.id",)),
    dedupe=Dedupe(ttl=timedelta(days=4)),
    accepted=Response(),
    sample=samples.sample,
)


def coinbase_commerce(
    *,
    secret: Secret | Sequence[Secret] = (),
    **options: Unpack[InboundOptions],
) -> InboundWebhook:
    """Receive from Coinbase Commerce: https://docs.cdp.coinbase.com/commerce/docs/webhooks.

    The event type is ``event.type`` of the body (``charge:confirmed``), the event id ``event.id``;
    the ``id`` beside it counts deliveries. Coinbase Commerce wants just a 200 and tries for three
    days, so a repeat counts as a duplicate for four.

    Args:
        secret: the webhook's shared secret; several while it is changed.
        **options: see `InboundOptions`.

    Raises:
        ConfigurationError: an option is wrong; in one sentence that names the mend.
    """
    signature: SignatureDict = {**SIGNATURE, "secret": secret}
    return declare_inbound(PROVIDER, signature, options, default_name="coinbase_commerce")
