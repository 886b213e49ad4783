"""Paddle: https://developer.paddle.com/webhooks/signature-verification."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Unpack

from layeron.declaration import InboundOptions, InboundWebhook, declare_inbound
from layeron.event import Response
from layeron.locator import Locator
from layeron.options import Dedupe
from layeron.provider import Provider
from layeron.providers.samples import paddle as samples
from layeron.secrets import Secret
from layeron.signing.rule import SignatureDict

# Paddle-Signature: ts=1671552777;h1=eb4d0dc8…;h1=…
SIGNATURE: SignatureDict = {
    "header": "paddle-signature",
    "separator": ";",
    "prefix": "h1=",
    "timestamp_prefix": "ts=",
    "signed_payload": "{timestamp}:{body}",
}

PROVIDER = Provider(
    name="paddle",
    event_type=Locator(("body.event_type",)),
    event_id=Locator(("body.event_id",)),
    dedupe=Dedupe(ttl=timedelta(days=4)),
    accepted=Response(),
    sample=samples.sample,
)


def paddle(
    *,
    secret: Secret | Sequence[Secret] = (),
    tolerance_seconds: float | None = 300,
    **options: Unpack[InboundOptions],
) -> InboundWebhook:
    """Receive from Paddle: https://developer.paddle.com/webhooks/overview.

    For Paddle Billing. The event type is ``event_type`` of the body (``transaction.completed``),
    the event id its ``event_id``. Paddle waits five seconds for a 200 and tries 60 times over three
    days, so a repeat counts as a duplicate for four.

    Args:
        secret: the notification destination's secret key (``pdl_ntfset_…``); several while it is
            rotated.
        tolerance_seconds: how far the time of signing may be from ours, in both directions;
            Paddle's own libraries allow 5.
        **options: see `InboundOptions`.

    Raises:
        ConfigurationError: an option is wrong; in one sentence that names the mend.
    """
    signature: SignatureDict = {
        **SIGNATURE,
        "secret": secret,
        "tolerance_seconds": tolerance_seconds,
    }
    return declare_inbound(PROVIDER, signature, options, default_name="paddle")
