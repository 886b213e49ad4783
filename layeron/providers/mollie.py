"""Mollie: https://docs.mollie.com/reference/webhooks-best-practices."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Unpack

from layeron.declaration import InboundOptions, InboundWebhook, declare_inbound
from layeron.locator import Locator
from layeron.options import Dedupe
from layeron.provider import Provider
from layeron.providers.samples import mollie as samples
from layeron.secrets import Secret
from layeron.signing.rule import SignatureDict

# X-Mollie-Signature: sha256=94f1b3c2…  (two of them for a day after the secret was rotated)
# Mollie's own library takes it without the prefix too.
SIGNATURE: SignatureDict = {"header": "x-mollie-signature", "separator": ",", "prefix": "sha256="}
BARE: SignatureDict = {**SIGNATURE, "prefix": ""}

PROVIDER = Provider(
    name="mollie",
    event_type=Locator(("body.type",)),
    event_id=Locator(("body.id",)),
    dedupe=Dedupe(ttl=timedelta(days=4)),
    sample=samples.sample,
)


def mollie(
    *,
    secret: Secret | Sequence[Secret] = (),
    **options: Unpack[InboundOptions],
) -> InboundWebhook:
    """Receive from Mollie: https://docs.mollie.com/reference/webhooks-new.

    For next-gen webhooks, which are signed. The event type is ``type`` of the body
    (``payment-link.paid``), the event id its ``id`` (``event_…``). Mollie tries ten times over 26
    hours (not confirmed by its own pages), so a repeat counts as a duplicate for four days.

    The classic webhook of one payment carries nothing but an id and no signature: receive it by
    ``custom`` with the algorithm ``none``, and believe only what Mollie's API says about that id.

    Args:
        secret: the webhook's signing secret; several while it is rotated.
        **options: see `InboundOptions`.

    Raises:
        ConfigurationError: an option is wrong; in one sentence that names the mend.
    """
    shared: SignatureDict = {"secret": secret}
    signature: SignatureDict = {**SIGNATURE, **shared, "also": [{**BARE, **shared}]}
    return declare_inbound(PROVIDER, signature, options, default_name="mollie")
