"""WooCommerce: https://woocommerce.github.io/woocommerce-rest-api-docs/#webhooks."""

import re
from collections.abc import Sequence
from datetime import timedelta
from typing import Unpack

from layeron.declaration import InboundOptions, InboundWebhook, declare_inbound
from layeron.event import Response
from layeron.locator import Locator
from layeron.options import Dedupe
from layeron.provider import Handshake, HandshakeContext, Provider
from layeron.providers.handshakes import OK
from layeron.providers.samples import woocommerce as samples
from layeron.secrets import Secret
from layeron.signing.rule import SignatureDict

# X-WC-Webhook-Signature: tLa470fx…
SIGNATURE: SignatureDict = {"header": "x-wc-webhook-signature", "encoding": "base64"}

_PING = re.compile(rb"webhook_id=[0-9]+")


async def answer_ping(context: HandshakeContext) -> Response | None:
    """When a webhook is saved, WooCommerce posts an unsigned form and wants 200; nothing else."""
    is_ping = _PING.fullmatch(context.request.body) is not None
    is_event = "x-wc-webhook-topic" in context.request.headers
    return OK if is_ping and not is_event else None


PROVIDER = Provider(
    name="woocommerce",
    event_type=Locator(("header.x-wc-webhook-topic",)),
    event_id=Locator(("header.x-wc-webhook-delivery-id",)),
    dedupe=Dedupe(ttl=timedelta(days=4)),
    handshakes=(Handshake(answer_ping, signed=False),),
    sample=samples.sample,
)


def woocommerce(
    *, secret: Secret | Sequence[Secret] = (), **options: Unpack[InboundOptions]
) -> InboundWebhook:
    """Receive from WooCommerce: https://woocommerce.com/document/webhooks/.

    The event type is ``X-WC-Webhook-Topic`` (``order.created``), the event id
    ``X-WC-Webhook-Delivery-ID``. WooCommerce does not try again, and disables a webhook after
    more than five failures in a row; a repeat counts as a duplicate for four days. Its unsigned
    ping, when a webhook is saved, is answered 200.

    Args:
        secret: the webhook's secret, as WooCommerce shows it; several while it is changed.
        **options: see `InboundOptions`.

    Raises:
        ConfigurationError: an option is wrong; in one sentence that names the mend.
    """
    signature: SignatureDict = {**SIGNATURE, "secret": secret}
    return declare_inbound(PROVIDER, signature, options, default_name="woocommerce")
