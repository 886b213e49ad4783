"""Jira Cloud: https://developer.atlassian.com/cloud/jira/platform/webhooks/."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Unpack

from layeron.declaration import InboundOptions, InboundWebhook, declare_inbound
from layeron.locator import Locator
from layeron.options import Dedupe
from layeron.provider import Provider
from layeron.providers.samples import jira as samples
from layeron.secrets import Secret
from layeron.signing.rule import SignatureDict

# X-Hub-Signature: sha256=a4771c39…  (webhooks that an administrator made, with a secret)
SIGNATURE: SignatureDict = {"header": "x-hub-signature", "prefix": "sha256="}

PROVIDER = Provider(
    name="jira",
    event_type=Locator(("body.webhookEvent",)),
    event_id=Locator(("header.x-atlassian-webhook-identifier",)),
    dedupe=Dedupe(ttl=timedelta(days=4)),
    sample=samples.sample,
)


def jira(
    *, secret: Secret | Sequence[Secret] = (), **options: Unpack[InboundOptions]
) -> InboundWebhook:
    """Receive from Jira Cloud: https://developer.atlassian.com/cloud/jira/platform/webhooks/.

    The event type is ``webhookEvent`` of the body (``jira:issue_updated``), the event id
    ``X-Atlassian-Webhook-Identifier``, the same over all tries. Jira tries up to five times
    more, minutes apart, so a repeat counts as a duplicate for four days without doubt. Only
    webhooks made by an administrator, with a secret, are signed; those of Connect and OAuth
    apps are not.

    Args:
        secret: the webhook's secret; several while it is changed.
        **options: see `InboundOptions`.

    Raises:
        ConfigurationError: an option is wrong; in one sentence that names the mend.
    """
    signature: SignatureDict = {**SIGNATURE, "secret": secret}
    return declare_inbound(PROVIDER, signature, options, default_name="jira")
