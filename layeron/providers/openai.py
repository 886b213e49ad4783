"""OpenAI: https://platform.openai.com/docs/guides/webhooks."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Unpack

from layeron.declaration import InboundOptions, InboundWebhook, declare_inbound
from layeron.locator import Locator
from layeron.options import Dedupe
from layeron.provider import Provider
from layeron.providers import standard
from layeron.providers.samples import openai as samples
from layeron.secrets import Secret
from layeron.signing.rule import SignatureDict

# webhook-id: wh_…   webhook-timestamp: 1750287078   webhook-signature: v1,b8tzq9Kl…
# A secret that is not "whsec_" and base64 is the key as it stands, as in OpenAI's own libraries.
SIGNATURE: SignatureDict = {**standard.SIGNATURE, "secret_encoding": ("whsec", "text")}

PROVIDER = Provider(
    name="openai",
    event_type=Locator(("body.type",)),
    event_id=Locator(("header.webhook-id",)),
    dedupe=Dedupe(ttl=timedelta(days=4)),
    sample=samples.sample,
)


def openai(
    *,
    secret: Secret | Sequence[Secret] = (),
    tolerance_seconds: float | None = 300,
    **options: Unpack[InboundOptions],
) -> InboundWebhook:
    """Receive from OpenAI: https://platform.openai.com/docs/guides/webhooks.

    The event type is ``type`` of the body (``response.completed``), the event id the header
    ``webhook-id``. OpenAI tries for up to 72 hours, so a repeat counts as a duplicate for four
    days.

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
    return declare_inbound(PROVIDER, signature, options, default_name="openai")
