"""Clerk: https://clerk.com/docs/webhooks/overview."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Unpack

from layeron.declaration import InboundOptions, InboundWebhook, declare_inbound
from layeron.locator import Locator
from layeron.options import Dedupe
from layeron.provider import Provider
from layeron.providers import svix
from layeron.providers.samples import clerk as samples
from layeron.secrets import Secret
from layeron.signing.rule import SignatureDict

# svix-signature: v1,g0hM9SsE…  (Clerk sends through Svix)
SIGNATURE: SignatureDict = svix.SIGNATURE

PROVIDER = Provider(
    name="clerk",
    event_type=Locator(("body.type",)),
    event_id=Locator(("header.svix-id",)),
    dedupe=Dedupe(ttl=timedelta(days=4)),
    sample=samples.sample,
)


def clerk(
    *,
    secret: Secret | Sequence[Secret] = (),
    tolerance_seconds: float | None = 300,
    **options: Unpack[InboundOptions],
) -> InboundWebhook:
    """Receive from Clerk: https://clerk.com/docs/webhooks/overview.

    The event type is ``type`` of the body (``user.created``), the event id the header ``svix-
    id``. Svix, which delivers for Clerk, tries eight times in 28 hours, so a repeat counts as
    a duplicate for four days.

    Args:
        secret: the endpoint's signing secret (``whsec_…``); several while it is rotated.
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
    return declare_inbound(PROVIDER, signature, options, default_name="clerk")
