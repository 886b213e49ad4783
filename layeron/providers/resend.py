"""Resend: https://resend.com/docs/webhooks/verify-webhooks-requests."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Unpack

from layeron.declaration import InboundOptions, InboundWebhook, declare_inbound
from layeron.locator import Locator
from layeron.options import Dedupe
from layeron.provider import Provider
from layeron.providers import svix
from layeron.providers.samples import resend as samples
from layeron.secrets import Secret
from layeron.signing.rule import SignatureDict

# svix-signature: v1,g0hM9SsE…  (Resend sends through Svix)
SIGNATURE: SignatureDict = svix.SIGNATURE

PROVIDER = Provider(
    name="resend",
    event_type=Locator(("body.type",)),
    event_id=Locator(("header.svix-id",)),
    dedupe=Dedupe(ttl=timedelta(days=4)),
    sample=samples.sample,
)


def resend(
    *,
    secret: Secret | Sequence[Secret] = (),
    tolerance_seconds: float | None = 300,
    **options: Unpack[InboundOptions],
) -> InboundWebhook:
    """Receive from Resend: https://resend.com/docs/webhooks/introduction.

    The event type is ``type`` of the body (``email.delivered``), the event id the header
    ``svix-id``. Svix, which delivers for Resend, tries eight times in 28 hours, so a repeat
    counts as a duplicate for four days.

    Args:
        secret: the webhook's signing secret (``whsec_…``); several while it is rotated.
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
    return declare_inbound(PROVIDER, signature, options, default_name="resend")
