"""Replicate: https://replicate.com/docs/topics/webhooks/verify-webhook."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Unpack

from layeron.declaration import InboundOptions, InboundWebhook, declare_inbound
from layeron.locator import Locator
from layeron.options import Dedupe
from layeron.provider import Provider
from layeron.providers import standard
from layeron.providers.samples import replicate as samples
from layeron.secrets import Secret
from layeron.signing.rule import SignatureDict

# webhook-id: msg_…   webhook-timestamp: 1614265330   webhook-signature: v1,g0hM9SsE…
SIGNATURE: SignatureDict = standard.SIGNATURE

PROVIDER = Provider(
    name="replicate",
    event_type=Locator(("body.status",)),
    event_id=Locator(("header.webhook-id",)),
    dedupe=Dedupe(ttl=timedelta(days=4)),
    sample=samples.sample,
)


def replicate(
    *,
    secret: Secret | Sequence[Secret] = (),
    tolerance_seconds: float | None = 300,
    **options: Unpack[InboundOptions],
) -> InboundWebhook:
    """Receive from Replicate: https://replicate.com/docs/topics/webhooks.

    The body is a prediction or training; the event type is its ``status`` (``starting``,
    ``processing``, ``succeeded``, ``failed``, ``canceled``). The event id is the header
    ``webhook-id``. Replicate tries the last event of a prediction again for a few minutes (not
    confirmed by the provider's own pages); a repeat counts as a duplicate for four days.

    Args:
        secret: the account's webhook signing secret (``whsec_…``); several while it is
            changed.
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
    return declare_inbound(PROVIDER, signature, options, default_name="replicate")
