"""GoCardless: https://developer.gocardless.com/getting-started/staying-up-to-date-with-webhooks."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Unpack

from layeron.declaration import InboundOptions, InboundWebhook, declare_inbound
from layeron.locator import Locator
from layeron.options import Dedupe
from layeron.provider import Provider
from layeron.providers.batches import shared_type
from layeron.providers.samples import gocardless as samples
from layeron.secrets import Secret
from layeron.signing.rule import SignatureDict

# Webhook-Signature: 86f8bb84…
SIGNATURE: SignatureDict = {"header": "webhook-signature"}

PROVIDER = Provider(
    name="gocardless",
    event_type=shared_type("events", "resource_type", "action"),
    event_id=Locator(("body.meta.webhook_id",)),
    dedupe=Dedupe(ttl=timedelta(days=4)),
    sample=samples.sample,
)


def gocardless(
    *,
    secret: Secret | Sequence[Secret] = (),
    **options: Unpack[InboundOptions],
) -> InboundWebhook:
    """Receive from GoCardless: https://developer.gocardless.com/api-reference/#appendix-webhooks.

    A request carries a list of events: the event type is their ``resource_type`` and ``action``
    (``payments.confirmed``), or ``batch`` where they differ; the event id is the webhook's,
    ``meta.webhook_id`` (``WB…``). GoCardless waits ten seconds and tries up to eight times (not
    confirmed by its own pages); a repeat counts as a duplicate for four days.

    Args:
        secret: the webhook endpoint's secret; several while it is changed.
        **options: see `InboundOptions`.

    Raises:
        ConfigurationError: an option is wrong; in one sentence that names the mend.
    """
    signature: SignatureDict = {**SIGNATURE, "secret": secret}
    return declare_inbound(PROVIDER, signature, options, default_name="gocardless")
