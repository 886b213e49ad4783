"""Heroku: https://devcenter.heroku.com/articles/app-webhooks#securing-webhook-requests."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Unpack

from layeron.declaration import InboundOptions, InboundWebhook, declare_inbound
from layeron.locator import Locator, dotted
from layeron.options import Dedupe
from layeron.provider import Provider
from layeron.providers.samples import heroku as samples
from layeron.secrets import Secret
from layeron.signing.rule import SignatureDict

# Heroku-Webhook-Hmac-SHA256: tLa470fx…
SIGNATURE: SignatureDict = {"header": "heroku-webhook-hmac-sha256", "encoding": "base64"}

PROVIDER = Provider(
    name="heroku",
    event_type=Locator(function=dotted("body.resource", "body.action")),
    event_id=Locator(("body.webhook_metadata.event.id",)),
    dedupe=Dedupe(ttl=timedelta(days=4)),
    sample=samples.sample,
)


def heroku(
    *, secret: Secret | Sequence[Secret] = (), **options: Unpack[InboundOptions]
) -> InboundWebhook:
    """Receive from Heroku: https://devcenter.heroku.com/articles/app-webhooks.

    The event type is ``resource`` and ``action`` of the body (``release.create``), the event
    id its ``webhook_metadata.event.id``. Heroku tries again for webhooks of the level ``sync``
    only, for up to 72 hours (not confirmed by the provider's own pages), so a repeat counts as
    a duplicate for four days. A webhook's authorization is not needed beside its secret, and
    is not stored.

    Args:
        secret: the webhook's secret; several while it is changed.
        **options: see `InboundOptions`.

    Raises:
        ConfigurationError: an option is wrong; in one sentence that names the mend.
    """
    signature: SignatureDict = {**SIGNATURE, "secret": secret}
    return declare_inbound(PROVIDER, signature, options, default_name="heroku")
