"""Shopify: https://shopify.dev/docs/apps/build/webhooks/verify-deliveries."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Unpack

from layeron.declaration import InboundOptions, InboundWebhook, declare_inbound
from layeron.locator import Locator, first_of
from layeron.options import Dedupe
from layeron.provider import Provider
from layeron.providers.samples import shopify as samples
from layeron.secrets import Secret
from layeron.signing.rule import SignatureDict

# X-Shopify-Hmac-SHA256: XWmrwMey6OsLMeiZKwP4FppHH3cmAiiJJAweH5Jo4bM=
# Deliveries of "Events" (in preview) have the same fields without the "X-".
SIGNATURE: SignatureDict = {
    "headers": ["x-shopify-hmac-sha256", "shopify-hmac-sha256"],
    "encoding": "base64",
}

PROVIDER = Provider(
    name="shopify",
    event_type=Locator(function=first_of("header.x-shopify-topic", "header.shopify-topic")),
    event_id=Locator(function=first_of("header.x-shopify-webhook-id", "header.shopify-webhook-id")),
    dedupe=Dedupe(ttl=timedelta(days=1)),
    sample=samples.sample,
)


def shopify(
    *,
    secret: Secret | Sequence[Secret] = (),
    **options: Unpack[InboundOptions],
) -> InboundWebhook:
    """Receive from Shopify: https://shopify.dev/docs/apps/build/webhooks.

    The event type is the topic (``orders/create``), the event id ``X-Shopify-Webhook-Id``; both are
    header fields, which Shopify's signature does not cover. Shopify waits five seconds for a 2xx
    and tries eight more times over four hours, so a repeat counts as a duplicate for a day.

    Args:
        secret: the app's client secret; several while it is rotated, which takes Shopify up to an
            hour.
        **options: see `InboundOptions`.

    Raises:
        ConfigurationError: an option is wrong; in one sentence that names the mend.
    """
    signature: SignatureDict = {**SIGNATURE, "secret": secret}
    return declare_inbound(PROVIDER, signature, options, default_name="shopify")
