"""Flutterwave: https://developer.flutterwave.com/docs/webhooks."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Unpack

from layeron.declaration import InboundOptions, InboundWebhook, declare_inbound
from layeron.locator import Locator, first_of
from layeron.options import Dedupe
from layeron.provider import Provider
from layeron.providers.samples import flutterwave as samples
from layeron.secrets import Secret
from layeron.signing.rule import SignatureDict

# flutterwave-signature: 7kO3uC0d…=   (v4)
# verif-hash: the secret hash itself  (v3)
SIGNATURE: SignatureDict = {"header": "flutterwave-signature", "encoding": "base64"}
TOKEN: SignatureDict = {"algorithm": "token", "header": "verif-hash"}

PROVIDER = Provider(
    name="flutterwave",
    event_type=Locator(function=first_of("body.type", "body.event")),
    event_id=Locator(("body_hash",)),
    dedupe=Dedupe(ttl=timedelta(days=4)),
    sample=samples.sample,
)


def flutterwave(
    *,
    secret: Secret | Sequence[Secret] = (),
    **options: Unpack[InboundOptions],
) -> InboundWebhook:
    """Receive from Flutterwave: https://developer.flutterwave.com/docs/webhooks.

    For v4, which signs the body, and v3, which just repeats your secret hash: who sees one request
    of v3 can forge any other, so prefer v4. That v4 is signed by HMAC-SHA256 in Base64 is not
    confirmed by Flutterwave's own pages.

    The event type is ``type`` (v4) or ``event`` (v3) of the body (``charge.completed``). An event
    has no id that both versions share: the hash of the body stands in for it. Flutterwave tries
    three times, half an hour apart (not confirmed by its own pages); a repeat counts as a duplicate
    for four days.

    Args:
        secret: the secret hash of the dashboard; several while it is changed.
        **options: see `InboundOptions`.

    Raises:
        ConfigurationError: an option is wrong; in one sentence that names the mend.
    """
    shared: SignatureDict = {"secret": secret}
    signature: SignatureDict = {**SIGNATURE, **shared, "also": [{**TOKEN, **shared}]}
    return declare_inbound(PROVIDER, signature, options, default_name="flutterwave")
