"""Sentry: https://docs.sentry.io/organization/integrations/integration-platform/webhooks/."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Unpack

from layeron.declaration import InboundOptions, InboundWebhook, declare_inbound
from layeron.locator import Locator, dotted
from layeron.options import Dedupe
from layeron.provider import Provider
from layeron.providers.samples import sentry as samples
from layeron.secrets import Secret
from layeron.signing.rule import SignatureDict

# Sentry-Hook-Signature: 09b2e1a9…  (Sentry-Hook-Timestamp is not signed: ignored)
SIGNATURE: SignatureDict = {"header": "sentry-hook-signature"}

PROVIDER = Provider(
    name="sentry",
    event_type=Locator(function=dotted("header.sentry-hook-resource", "body.action")),
    event_id=Locator(("header.request-id",)),
    dedupe=Dedupe(ttl=timedelta(days=4)),
    sample=samples.sample,
)


def sentry(
    *, secret: Secret | Sequence[Secret] = (), **options: Unpack[InboundOptions]
) -> InboundWebhook:
    """Receive from Sentry: https://docs.sentry.io/organization/integrations/integration-platform/webhooks/.

    The event type is ``Sentry-Hook-Resource`` and ``action`` of the body (``issue.created``),
    the event id the header ``Request-ID``. Answer within a second: Sentry counts time-outs. It
    does not try again (not confirmed by the provider's own pages); a repeat counts as a
    duplicate for four days.

    Args:
        secret: the integration's client secret; several while it is changed.
        **options: see `InboundOptions`.

    Raises:
        ConfigurationError: an option is wrong; in one sentence that names the mend.
    """
    signature: SignatureDict = {**SIGNATURE, "secret": secret}
    return declare_inbound(PROVIDER, signature, options, default_name="sentry")
