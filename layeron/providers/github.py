"""GitHub: https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Unpack

from layeron.declaration import InboundOptions, InboundWebhook, declare_inbound
from layeron.locator import Locator
from layeron.options import Dedupe
from layeron.provider import Provider
from layeron.providers.samples import github as samples
from layeron.secrets import Secret
from layeron.signing.rule import SignatureDict

# X-Hub-Signature-256: sha256=757107ea…  (X-Hub-Signature is the older SHA-1: ignored)
SIGNATURE: SignatureDict = {"header": "x-hub-signature-256", "prefix": "sha256="}

PROVIDER = Provider(
    name="github",
    event_type=Locator(("header.x-github-event",)),
    event_id=Locator(("header.x-github-delivery",)),
    dedupe=Dedupe(ttl=timedelta(days=4)),
    sample=samples.sample,
)


def github(
    *, secret: Secret | Sequence[Secret] = (), **options: Unpack[InboundOptions]
) -> InboundWebhook:
    """Receive from GitHub: https://docs.github.com/en/webhooks.

    The event type is ``X-GitHub-Event`` (``push``, ``issues``); what happened within it is
    ``action`` of the body. The event id is ``X-GitHub-Delivery``. GitHub never tries again by
    itself; a delivery can be repeated by hand for three days and keeps its id, so a repeat counts
    as a duplicate for four. Choose the content type ``application/json`` at GitHub.

    Args:
        secret: the webhook's secret; several while it is changed.
        **options: see `InboundOptions`.

    Raises:
        ConfigurationError: an option is wrong; in one sentence that names the mend.
    """
    signature: SignatureDict = {**SIGNATURE, "secret": secret}
    return declare_inbound(PROVIDER, signature, options, default_name="github")
