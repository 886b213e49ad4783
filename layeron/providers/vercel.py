"""Vercel: https://vercel.com/docs/webhooks/webhooks-api."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Unpack

from layeron.declaration import InboundOptions, InboundWebhook, declare_inbound
from layeron.locator import Locator
from layeron.options import Dedupe
from layeron.provider import Provider
from layeron.providers.samples import vercel as samples
from layeron.secrets import Secret
from layeron.signing.rule import SignatureDict

# x-vercel-signature: 4b0c2f39…  (HMAC-SHA1)
SIGNATURE: SignatureDict = {"header": "x-vercel-signature", "algorithm": "hmac-sha1"}

PROVIDER = Provider(
    name="vercel",
    event_type=Locator(("body.type",)),
    event_id=Locator(("body.id",)),
    dedupe=Dedupe(ttl=timedelta(days=4)),
    sample=samples.sample,
)


def vercel(
    *, secret: Secret | Sequence[Secret] = (), **options: Unpack[InboundOptions]
) -> InboundWebhook:
    """Receive from Vercel: https://vercel.com/docs/webhooks.

    The event type is ``type`` of the body (``deployment.succeeded``), the event id its ``id``.
    Vercel tries for up to 24 hours (not confirmed by the provider's own pages), so a repeat
    counts as a duplicate for four days.

    Args:
        secret: the webhook's secret, or the client secret of an integration; several while it
            is changed.
        **options: see `InboundOptions`.

    Raises:
        ConfigurationError: an option is wrong; in one sentence that names the mend.
    """
    signature: SignatureDict = {**SIGNATURE, "secret": secret}
    return declare_inbound(PROVIDER, signature, options, default_name="vercel")
