"""Telnyx: https://developers.telnyx.com/docs/messaging/messages/receiving-webhooks."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Unpack

from layeron.declaration import InboundOptions, InboundWebhook, declare_inbound
from layeron.locator import Locator
from layeron.options import Dedupe
from layeron.provider import Provider
from layeron.providers.handshakes import OK
from layeron.providers.samples import telnyx as samples
from layeron.secrets import Secret
from layeron.signing.rule import SignatureDict

# telnyx-signature-ed25519: Q3nbPVyX…   telnyx-timestamp: 1548363541
SIGNATURE: SignatureDict = {
    "algorithm": "ed25519",
    "header": "telnyx-signature-ed25519",
    "encoding": "base64",
    "secret_encoding": "base64",
    "timestamp_header": "telnyx-timestamp",
    "signed_payload": "{timestamp}|{body}",
}

PROVIDER = Provider(
    name="telnyx",
    event_type=Locator(("body.data.event_type",)),
    event_id=Locator(("body.data.id",)),
    dedupe=Dedupe(ttl=timedelta(days=4)),
    accepted=OK,
    sample=samples.sample,
)


def telnyx(
    *,
    secret: Secret | Sequence[Secret] = (),
    tolerance_seconds: float | None = 300,
    **options: Unpack[InboundOptions],
) -> InboundWebhook:
    """Receive from Telnyx (API v2): https://developers.telnyx.com/docs/messaging/messages/receiving-webhooks.

    The event type is ``data.event_type`` of the body (``message.received``), the event id its
    ``data.id``. Telnyx wants 200, and else tries again, also at the failover URL; a repeat counts
    as a duplicate for four days.

    Args:
        secret: the account's public key, in base64 as Mission Control shows it; several while
            it is changed.
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
    return declare_inbound(PROVIDER, signature, options, default_name="telnyx")
