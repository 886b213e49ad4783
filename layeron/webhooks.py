"""The verbs that declare webhooks, one per provider."""

from typing import Unpack

from layeron.declaration import InboundOptions, InboundWebhook, declare_inbound
from layeron.provider import CUSTOM
from layeron.signing.rule import Signature, SignatureDict


def custom(
    *, signature: Signature | SignatureDict, **options: Unpack[InboundOptions]
) -> InboundWebhook:
    """Receive from any provider, by a signature rule of your own."""
    return declare_inbound(CUSTOM, signature, options, default_name=None)
