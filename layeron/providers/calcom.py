"""Cal.com: https://cal.com/docs/developing/guides/automation/webhooks."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Unpack

from layeron.declaration import InboundOptions, InboundWebhook, declare_inbound
from layeron.locator import Locator
from layeron.options import Dedupe
from layeron.provider import Provider
from layeron.providers.samples import calcom as samples
from layeron.secrets import Secret
from layeron.signing.rule import SignatureDict

# X-Cal-Signature-256: 5257a869…  (the text "no-secret-provided" where there is no secret: refused)
SIGNATURE: SignatureDict = {"header": "x-cal-signature-256"}

PROVIDER = Provider(
    name="calcom",
    event_type=Locator(("body.triggerEvent",)),
    event_id=Locator(("body_hash",)),
    dedupe=Dedupe(ttl=timedelta(days=4)),
    sample=samples.sample,
)


def calcom(
    *, secret: Secret | Sequence[Secret] = (), **options: Unpack[InboundOptions]
) -> InboundWebhook:
    """Receive from Cal.com: https://cal.com/docs/developing/guides/automation/webhooks.

    The event type is ``triggerEvent`` of the body (``BOOKING_CREATED``). Cal.com's events have
    no id, so the same body counts as the same event (it holds the time of the event), for four
    days. Cal.com does not try again.

    Args:
        secret: the webhook's secret; several while it is changed.
        **options: see `InboundOptions`.

    Raises:
        ConfigurationError: an option is wrong; in one sentence that names the mend.
    """
    signature: SignatureDict = {**SIGNATURE, "secret": secret}
    return declare_inbound(PROVIDER, signature, options, default_name="calcom")
