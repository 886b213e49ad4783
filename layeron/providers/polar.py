"""Polar: https://docs.polar.sh/integrate/webhooks/delivery."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Unpack

from layeron.declaration import InboundOptions, InboundWebhook, declare_inbound
from layeron.locator import Locator
from layeron.options import Dedupe
from layeron.provider import Provider
from layeron.providers import standard
from layeron.providers.samples import polar as samples
from layeron.secrets import Secret
from layeron.signing.rule import SignatureDict

# webhook-id: 0190…   webhook-timestamp: 1737628800   webhook-signature: v1,K5oZfzN9…
# Polar signs for older endpoints with the secret as it stands, for newer ones with what the
# base64 after "whsec_" stands for: both are tried, as in its own libraries.
SIGNATURE: SignatureDict = {**standard.SIGNATURE, "secret_encoding": ("whsec", "text")}

PROVIDER = Provider(
    name="polar",
    event_type=Locator(("body.type",)),
    event_id=Locator(("header.webhook-id",)),
    dedupe=Dedupe(ttl=timedelta(days=4)),
    sample=samples.sample,
)


def polar(
    *,
    secret: Secret | Sequence[Secret] = (),
    tolerance_seconds: float | None = 300,
    **options: Unpack[InboundOptions],
) -> InboundWebhook:
    """Receive from Polar: https://docs.polar.sh/integrate/webhooks/endpoints.

    The event type is ``type`` of the body (``order.paid``), the event id the header ``webhook-
    id``. Polar tries a limited number of times, at most 20 minutes apart, so a repeat counts
    as a duplicate for four days without doubt.

    Args:
        secret: the endpoint's secret, of either kind (``polar_whs_…``, ``whsec_…``); several
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
    return declare_inbound(PROVIDER, signature, options, default_name="polar")
