"""Linear: https://linear.app/developers/webhooks#securing-webhooks."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Unpack

from layeron.declaration import InboundOptions, InboundWebhook, declare_inbound
from layeron.locator import Locator, dotted
from layeron.options import Dedupe
from layeron.provider import Provider
from layeron.providers.handshakes import OK
from layeron.providers.samples import linear as samples
from layeron.secrets import Secret
from layeron.signing.rule import SignatureDict

# Linear-Signature: 766e1d90…
# The time of signing is part of the body; the header Linear-Timestamp is not signed: ignored.
SIGNATURE: SignatureDict = {
    "header": "linear-signature",
    "timestamp_body_field": "webhookTimestamp",
    "timestamp_format": "unix-ms",
}

PROVIDER = Provider(
    name="linear",
    event_type=Locator(function=dotted("body.type", "body.action")),
    event_id=Locator(("header.linear-delivery",)),
    dedupe=Dedupe(ttl=timedelta(days=4)),
    accepted=OK,
    sample=samples.sample,
)


def linear(
    *,
    secret: Secret | Sequence[Secret] = (),
    tolerance_seconds: float | None = 60,
    **options: Unpack[InboundOptions],
) -> InboundWebhook:
    """Receive from Linear: https://linear.app/developers/webhooks.

    The event type is ``type`` and ``action`` of the body (``Issue.create``; ``on={"Issue.*": …}``
    handles every change of issues), the event id ``Linear-Delivery``. Linear wants 200, and else
    tries three times more within hours (not confirmed by the provider's own pages), so a repeat
    counts as a duplicate for four days.

    Args:
        secret: the webhook's signing secret; several while it is changed.
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
    return declare_inbound(PROVIDER, signature, options, default_name="linear")
