"""Airtable: https://airtable.com/developers/web/api/webhooks-overview."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Unpack

from layeron.declaration import InboundOptions, InboundWebhook, declare_inbound
from layeron.locator import Locator
from layeron.options import Dedupe
from layeron.provider import Provider
from layeron.providers.handshakes import OK
from layeron.providers.samples import airtable as samples
from layeron.secrets import Secret
from layeron.signing.rule import SignatureDict

# X-Airtable-Content-MAC: hmac-sha256=5257a869…
SIGNATURE: SignatureDict = {
    "header": "x-airtable-content-mac",
    "prefix": "hmac-sha256=",
    "secret_encoding": "base64",
}

PROVIDER = Provider(
    name="airtable",
    event_type=Locator(function=lambda _request, _payload: samples.NOTIFICATION),
    event_id=Locator(
        (
            "body.webhook.id",
            "body.timestamp",
        )
    ),
    dedupe=Dedupe(ttl=timedelta(days=4)),
    accepted=OK,
    sample=samples.sample,
)


def airtable(
    *, secret: Secret | Sequence[Secret] = (), **options: Unpack[InboundOptions]
) -> InboundWebhook:
    """Receive from Airtable: https://airtable.com/developers/web/api/webhooks-overview.

    Airtable only says that something changed; fetch what did with its API (``list webhook
    payloads``). Every event is of the type ``notification``. It has no id; webhook and time
    (``webhook.id``, ``timestamp``) stand for one. Airtable wants an empty answer of 200, and else
    tries again with growing pauses (not confirmed by the provider's own pages), and a webhook
    expires after seven days unless it is refreshed; a repeat counts as a duplicate for four days.

    Args:
        secret: ``macSecretBase64``, as Airtable answered it when the webhook was made; several
            while the webhook is replaced.
        **options: see `InboundOptions`.

    Raises:
        ConfigurationError: an option is wrong; in one sentence that names the mend.
    """
    signature: SignatureDict = {**SIGNATURE, "secret": secret}
    return declare_inbound(PROVIDER, signature, options, default_name="airtable")
