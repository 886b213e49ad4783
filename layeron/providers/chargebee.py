"""Chargebee: https://www.chargebee.com/docs/billing/2.0/site-configuration/webhook_settings."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Unpack

from layeron.declaration import InboundOptions, InboundWebhook, declare_inbound
from layeron.locator import Locator
from layeron.options import Dedupe
from layeron.provider import Provider
from layeron.providers.samples import chargebee as samples
from layeron.secrets import Secret
from layeron.signing.rule import SignatureDict

# Authorization: Basic dXNlcjpwYXNzd29yZA==  (user and password of the webhook's settings)
SIGNATURE: SignatureDict = {"algorithm": "basic"}

PROVIDER = Provider(
    name="chargebee",
    event_type=Locator(("body.event_type",)),
    event_id=Locator(("body.id",)),
    dedupe=Dedupe(ttl=timedelta(days=4)),
    sample=samples.sample,
)


def chargebee(
    *,
    secret: Secret | Sequence[Secret] = (),
    **options: Unpack[InboundOptions],
) -> InboundWebhook:
    """Receive from Chargebee: https://apidocs.chargebee.com/docs/api/webhooks.

    The event type is ``event_type`` of the body (``subscription_created``), the event id its ``id``
    (``ev_…``). Chargebee tries seven more times over three days, so a repeat counts as a duplicate
    for four.

    Chargebee signs nothing: who knows user and password can send anything.

    Args:
        secret: ``user:password``, as in the webhook's settings; several while it is changed.
        **options: see `InboundOptions`.

    Raises:
        ConfigurationError: an option is wrong; in one sentence that names the mend.
    """
    signature: SignatureDict = {**SIGNATURE, "secret": secret}
    return declare_inbound(PROVIDER, signature, options, default_name="chargebee")
