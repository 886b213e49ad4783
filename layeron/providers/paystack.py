"""Paystack: https://paystack.com/docs/payments/webhooks/."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Unpack

from layeron.declaration import InboundOptions, InboundWebhook, declare_inbound
from layeron.locator import Locator
from layeron.options import Dedupe
from layeron.provider import Provider
from layeron.providers.samples import paystack as samples
from layeron.secrets import Secret
from layeron.signing.rule import SignatureDict

# x-paystack-signature: 9f8b3e0c…  (SHA-512)
SIGNATURE: SignatureDict = {"algorithm": "hmac-sha512", "header": "x-paystack-signature"}

PROVIDER = Provider(
    name="paystack",
    event_type=Locator(("body.event",)),
    event_id=Locator(("body_hash",)),
    dedupe=Dedupe(ttl=timedelta(days=4)),
    sample=samples.sample,
)


def paystack(
    *,
    secret: Secret | Sequence[Secret] = (),
    **options: Unpack[InboundOptions],
) -> InboundWebhook:
    """Receive from Paystack: https://paystack.com/docs/payments/webhooks/.

    The event type is ``event`` of the body (``charge.success``). An event has no id of its own, and
    not every object has one: the hash of the body stands in for it. Paystack tries for 72 hours
    (not confirmed by its own pages), so a repeat counts as a duplicate for four days.

    Args:
        secret: the API's secret key (``sk_live_…``), which signs events too; several while it is
            changed.
        **options: see `InboundOptions`.

    Raises:
        ConfigurationError: an option is wrong; in one sentence that names the mend.
    """
    signature: SignatureDict = {**SIGNATURE, "secret": secret}
    return declare_inbound(PROVIDER, signature, options, default_name="paystack")
