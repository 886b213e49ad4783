"""Webflow: https://developers.webflow.com/data/docs/working-with-webhooks."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Unpack

from layeron.declaration import InboundOptions, InboundWebhook, declare_inbound
from layeron.locator import Locator
from layeron.options import Dedupe
from layeron.provider import Provider
from layeron.providers.handshakes import OK
from layeron.providers.samples import webflow as samples
from layeron.secrets import Secret
from layeron.signing.rule import SignatureDict

# x-webflow-signature: 5257a869…   x-webflow-timestamp: 1690000000000
SIGNATURE: SignatureDict = {
    "header": "x-webflow-signature",
    "timestamp_header": "x-webflow-timestamp",
    "timestamp_format": "unix-ms",
    "signed_payload": "{timestamp}:{body}",
}

PROVIDER = Provider(
    name="webflow",
    event_type=Locator(("body.triggerType",)),
    event_id=Locator(("body_hash",)),
    dedupe=Dedupe(ttl=timedelta(days=1)),
    accepted=OK,
    sample=samples.sample,
)


def webflow(
    *,
    secret: Secret | Sequence[Secret] = (),
    tolerance_seconds: float | None = 300,
    **options: Unpack[InboundOptions],
) -> InboundWebhook:
    """Receive from Webflow: https://developers.webflow.com/data/docs/working-with-webhooks.

    The event type is ``triggerType`` of the body (``form_submission``). Webflow's events have
    no id of their own, so the same body counts as the same event. Webflow tries three times
    more, ten minutes apart (not confirmed by the provider's own pages); a repeat counts as a
    duplicate for a day.

    Args:
        secret: the webhook's secret, or the client secret of the app that made it; several
            while it is changed.
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
    return declare_inbound(PROVIDER, signature, options, default_name="webflow")
