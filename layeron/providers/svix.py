"""Svix: https://docs.svix.com/receiving/verifying-payloads/how-manual."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Unpack

from layeron.declaration import InboundOptions, InboundWebhook, declare_inbound
from layeron.locator import Locator
from layeron.options import Dedupe
from layeron.provider import Provider
from layeron.providers import standard
from layeron.providers.samples import svix as samples
from layeron.secrets import Secret
from layeron.signing.rule import SignatureDict

# svix-id: msg_…   svix-timestamp: 1614265330   svix-signature: v1,g0hM9SsE…
SIGNATURE: SignatureDict = {
    **standard.SIGNATURE,
    "header": "svix-signature",
    "timestamp_header": "svix-timestamp",
    "signed_payload": "{header.svix-id}.{timestamp}.{body}",
}

PROVIDER = Provider(
    name="svix",
    event_type=Locator(("body.type",)),
    event_id=Locator(("header.svix-id",)),
    dedupe=Dedupe(ttl=timedelta(days=4)),
    sample=samples.sample,
)


def svix(
    *,
    secret: Secret | Sequence[Secret] = (),
    tolerance_seconds: float | None = 300,
    **options: Unpack[InboundOptions],
) -> InboundWebhook:
    """Receive from any sender that uses Svix: https://docs.svix.com/receiving/introduction.

    The scheme is that of Standard Webhooks under Svix's own header names; a sender that shows
    the neutral names ``webhook-…`` is received by ``webhooks.standard``.

    The event type is ``type`` of the body, the event id the header ``svix-id``. Svix tries
    eight times in 28 hours, and a sender can send again by hand with the same id, so a repeat
    counts as a duplicate for four days.

    Args:
        secret: the endpoint's secret (``whsec_…``); several while it is rotated.
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
    return declare_inbound(PROVIDER, signature, options, default_name="svix")
