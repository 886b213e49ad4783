"""Mux: https://www.mux.com/docs/core/verify-webhook-signatures."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Unpack

from layeron.declaration import InboundOptions, InboundWebhook, declare_inbound
from layeron.locator import Locator
from layeron.options import Dedupe
from layeron.provider import Provider
from layeron.providers.samples import mux as samples
from layeron.secrets import Secret
from layeron.signing.rule import SignatureDict

# Mux-Signature: t=1565220904,v1=20c75c1a…
SIGNATURE: SignatureDict = {
    "header": "mux-signature",
    "separator": ",",
    "prefix": "v1=",
    "timestamp_prefix": "t=",
    "signed_payload": "{timestamp}.{body}",
}

PROVIDER = Provider(
    name="mux",
    event_type=Locator(("body.type",)),
    event_id=Locator(("body.id",)),
    dedupe=Dedupe(ttl=timedelta(days=4)),
    sample=samples.sample,
)


def mux(
    *,
    secret: Secret | Sequence[Secret] = (),
    tolerance_seconds: float | None = 300,
    **options: Unpack[InboundOptions],
) -> InboundWebhook:
    """Receive from Mux: https://www.mux.com/docs/core/listen-for-webhooks.

    The event type is ``type`` of the body (``video.asset.ready``), the event id its ``id``.
    Mux tries for up to 24 hours (not confirmed by the provider's own pages), so a repeat
    counts as a duplicate for four days.

    Args:
        secret: the webhook's signing secret; several while it is changed.
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
    return declare_inbound(PROVIDER, signature, options, default_name="mux")
