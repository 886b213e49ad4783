"""Razorpay: https://razorpay.com/docs/webhooks/validate-test/."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Unpack

from layeron.declaration import InboundOptions, InboundWebhook, declare_inbound
from layeron.locator import Locator
from layeron.options import Dedupe
from layeron.provider import Provider
from layeron.providers.samples import razorpay as samples
from layeron.secrets import Secret
from layeron.signing.rule import SignatureDict

# X-Razorpay-Signature: 5fb8c2d1…
SIGNATURE: SignatureDict = {"header": "x-razorpay-signature"}

PROVIDER = Provider(
    name="razorpay",
    event_type=Locator(("body.event",)),
    event_id=Locator(("header.x-razorpay-event-id",)),
    dedupe=Dedupe(ttl=timedelta(days=2)),
    sample=samples.sample,
)


def razorpay(
    *,
    secret: Secret | Sequence[Secret] = (),
    **options: Unpack[InboundOptions],
) -> InboundWebhook:
    """Receive from Razorpay: https://razorpay.com/docs/webhooks/.

    The event type is ``event`` of the body (``payment.captured``), the event id the header field
    ``X-Razorpay-Event-Id``. Razorpay tries for 24 hours and then disables the webhook, so a repeat
    counts as a duplicate for two days.

    Args:
        secret: the webhook's secret; several while it is changed.
        **options: see `InboundOptions`.

    Raises:
        ConfigurationError: an option is wrong; in one sentence that names the mend.
    """
    signature: SignatureDict = {**SIGNATURE, "secret": secret}
    return declare_inbound(PROVIDER, signature, options, default_name="razorpay")
