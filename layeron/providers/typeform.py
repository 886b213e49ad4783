"""Typeform: https://www.typeform.com/developers/webhooks/secure-your-webhooks/."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Unpack

from layeron.declaration import InboundOptions, InboundWebhook, declare_inbound
from layeron.locator import Locator
from layeron.options import Dedupe
from layeron.provider import Provider
from layeron.providers.samples import typeform as samples
from layeron.secrets import Secret
from layeron.signing.rule import SignatureDict

# Typeform-Signature: sha256=KSbqZ0lF…
SIGNATURE: SignatureDict = {
    "header": "typeform-signature",
    "prefix": "sha256=",
    "encoding": "base64",
}

PROVIDER = Provider(
    name="typeform",
    event_type=Locator(("body.event_type",)),
    event_id=Locator(("body.event_id",)),
    dedupe=Dedupe(ttl=timedelta(days=4)),
    sample=samples.sample,
)


def typeform(
    *, secret: Secret | Sequence[Secret] = (), **options: Unpack[InboundOptions]
) -> InboundWebhook:
    """Receive from Typeform: https://www.typeform.com/developers/webhooks/.

    The event type is ``event_type`` of the body (``form_response``), the event id its
    ``event_id``. Typeform tries for up to ten hours, but disables a webhook that answers 404 or
    410 at once; a repeat counts as a duplicate for four days.

    Args:
        secret: the webhook's secret; several while it is changed.
        **options: see `InboundOptions`.

    Raises:
        ConfigurationError: an option is wrong; in one sentence that names the mend.
    """
    signature: SignatureDict = {**SIGNATURE, "secret": secret}
    return declare_inbound(PROVIDER, signature, options, default_name="typeform")
