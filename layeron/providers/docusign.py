"""DocuSign Connect: https://developers.docusign.com/platform/webhooks/connect/validate/."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Unpack

from layeron.declaration import InboundOptions, InboundWebhook, declare_inbound
from layeron.locator import Locator
from layeron.options import Dedupe
from layeron.provider import Provider
from layeron.providers.handshakes import OK
from layeron.providers.samples import docusign as samples
from layeron.secrets import Secret
from layeron.signing.rule import SignatureDict

_MOST_KEYS = 100

# X-DocuSign-Signature-1: DfV+OtRS…   X-DocuSign-Signature-2: …  (one for each live key)
SIGNATURE: SignatureDict = {
    "headers": [f"x-docusign-signature-{number}" for number in range(1, _MOST_KEYS + 1)],
    "encoding": "base64",
}

PROVIDER = Provider(
    name="docusign",
    event_type=Locator(("body.event",)),
    event_id=Locator(
        (
            "body.data.envelopeId",
            "body.event",
            "body.generatedDateTime",
        )
    ),
    dedupe=Dedupe(ttl=timedelta(days=16)),
    accepted=OK,
    sample=samples.sample,
)


def docusign(
    *, secret: Secret | Sequence[Secret] = (), **options: Unpack[InboundOptions]
) -> InboundWebhook:
    """Receive from DocuSign Connect: https://developers.docusign.com/platform/webhooks/connect/.

    Choose the data format JSON. The event type is ``event`` of the body (``envelope-
    completed``). DocuSign's events have no id; envelope, type and time (``data.envelopeId``,
    ``event``, ``generatedDateTime``) stand for one. It tries for up to 15 days (not confirmed
    by the provider's own pages), so a repeat counts as a duplicate for 16.

    Args:
        secret: a Connect key of the account; several while it is rotated (DocuSign signs with
            each).
        **options: see `InboundOptions`.

    Raises:
        ConfigurationError: an option is wrong; in one sentence that names the mend.
    """
    signature: SignatureDict = {**SIGNATURE, "secret": secret}
    return declare_inbound(PROVIDER, signature, options, default_name="docusign")
