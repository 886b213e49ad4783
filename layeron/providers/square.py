"""Square: https://developer.squareup.com/docs/webhooks/step3validate."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Unpack

from layeron.declaration import InboundOptions, InboundWebhook, declare_inbound
from layeron.locator import Locator
from layeron.options import Dedupe
from layeron.provider import Provider
from layeron.providers.samples import square as samples
from layeron.secrets import Secret
from layeron.signing.rule import SignatureDict

# x-square-hmacsha256-signature: 2kRE5qRU2tR+tBGlDwMEw2avJ7QM4ikPYD/PJ3bd9Og=
SIGNATURE: SignatureDict = {
    "header": "x-square-hmacsha256-signature",
    "encoding": "base64",
    "signed_payload": "{url}{body}",
}

PROVIDER = Provider(
    name="square",
    event_type=Locator(("body.type",)),
    event_id=Locator(("body.event_id",)),
    dedupe=Dedupe(ttl=timedelta(days=4)),
    sample=samples.sample,
)


def square(
    *,
    secret: Secret | Sequence[Secret] = (),
    **options: Unpack[InboundOptions],
) -> InboundWebhook:
    """Receive from Square: https://developer.squareup.com/docs/webhooks/overview.

    The event type is ``type`` of the body (``payment.updated``), the event id its ``event_id``.
    Square tries for 24 hours (72 by an older page), so a repeat counts as a duplicate for four
    days.

    The signature covers the notification URL, just as it is written at Square: declare the webhook
    with that ``url``, slash by slash.

    Args:
        secret: the webhook subscription's signature key; several while it is changed.
        **options: see `InboundOptions`.

    Raises:
        ConfigurationError: an option is wrong; in one sentence that names the mend.
    """
    signature: SignatureDict = {**SIGNATURE, "secret": secret}
    return declare_inbound(PROVIDER, signature, options, default_name="square")
