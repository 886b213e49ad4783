"""PagerDuty: https://developer.pagerduty.com/docs/verifying-webhook-signatures."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Unpack

from layeron.declaration import InboundOptions, InboundWebhook, declare_inbound
from layeron.locator import Locator
from layeron.options import Dedupe
from layeron.provider import Provider
from layeron.providers.samples import pagerduty as samples
from layeron.secrets import Secret
from layeron.signing.rule import SignatureDict

# X-PagerDuty-Signature: v1=0a1b2c3d…,v1=…  (one for each live secret)
SIGNATURE: SignatureDict = {"header": "x-pagerduty-signature", "separator": ",", "prefix": "v1="}

PROVIDER = Provider(
    name="pagerduty",
    event_type=Locator(("body.event.event_type",)),
    event_id=Locator(("body.event.id",)),
    dedupe=Dedupe(ttl=timedelta(days=4)),
    sample=samples.sample,
)


def pagerduty(
    *, secret: Secret | Sequence[Secret] = (), **options: Unpack[InboundOptions]
) -> InboundWebhook:
    """Receive from PagerDuty (webhooks v3): https://developer.pagerduty.com/docs/webhooks-overview.

    The event type is ``event.event_type`` of the body (``incident.triggered``), the event id
    its ``event.id``. Answer within five seconds. PagerDuty tries for 48 hours, though never
    after an answer of 400 to 499, so a repeat counts as a duplicate for four days.

    Args:
        secret: the subscription's signing secret; several while it is rotated.
        **options: see `InboundOptions`.

    Raises:
        ConfigurationError: an option is wrong; in one sentence that names the mend.
    """
    signature: SignatureDict = {**SIGNATURE, "secret": secret}
    return declare_inbound(PROVIDER, signature, options, default_name="pagerduty")
