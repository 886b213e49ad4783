"""Bitbucket: https://support.atlassian.com/bitbucket-cloud/docs/manage-webhooks/."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Unpack

from layeron.declaration import InboundOptions, InboundWebhook, declare_inbound
from layeron.locator import Locator, first_of
from layeron.options import Dedupe
from layeron.provider import Provider
from layeron.providers.samples import bitbucket as samples
from layeron.secrets import Secret
from layeron.signing.rule import SignatureDict

# X-Hub-Signature: sha256=a4771c39…  (SHA-256, although GitHub's header of this name is SHA-1)
SIGNATURE: SignatureDict = {"header": "x-hub-signature", "prefix": "sha256="}

PROVIDER = Provider(
    name="bitbucket",
    event_type=Locator(("header.x-event-key",)),
    event_id=Locator(function=first_of("header.x-request-uuid", "header.x-request-id")),
    dedupe=Dedupe(ttl=timedelta(days=4)),
    sample=samples.sample,
)


def bitbucket(
    *, secret: Secret | Sequence[Secret] = (), **options: Unpack[InboundOptions]
) -> InboundWebhook:
    """Receive from Bitbucket: https://support.atlassian.com/bitbucket-cloud/docs/event-payloads/.

    The event type is ``X-Event-Key`` (``repo:push``), the event id ``X-Request-UUID`` of
    Bitbucket Cloud or ``X-Request-Id`` of Data Center. Bitbucket Cloud tries three times,
    presumably with the same id (not confirmed by the provider's own pages); a repeat counts as a
    duplicate for four days. A webhook without a secret is not signed, and so is refused.

    Args:
        secret: the webhook's secret; several while it is changed.
        **options: see `InboundOptions`.

    Raises:
        ConfigurationError: an option is wrong; in one sentence that names the mend.
    """
    signature: SignatureDict = {**SIGNATURE, "secret": secret}
    return declare_inbound(PROVIDER, signature, options, default_name="bitbucket")
