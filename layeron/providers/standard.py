"""Standard Webhooks: https://github.com/standard-webhooks/standard-webhooks (the specification)."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Unpack

from layeron.declaration import InboundOptions, InboundWebhook, declare_inbound
from layeron.locator import Locator
from layeron.options import Dedupe
from layeron.provider import Provider
from layeron.providers.samples import standard as samples
from layeron.secrets import Secret
from layeron.signing.rule import SignatureDict

# webhook-id: msg_…   webhook-timestamp: 1614265330   webhook-signature: v1,K5oZfzN9… v1a,hnO3f9T…
SIGNATURE: SignatureDict = {
    "header": "webhook-signature",
    "separator": " ",
    "prefix": "v1,",
    "encoding": "base64",
    "secret_encoding": "whsec",
    "timestamp_header": "webhook-timestamp",
    "signed_payload": "{header.webhook-id}.{timestamp}.{body}",
}
ASYMMETRIC: SignatureDict = {
    **SIGNATURE,
    "prefix": "v1a,",
    "algorithm": "ed25519",
    "secret_encoding": "whpk",
}

PROVIDER = Provider(
    name="standard",
    event_type=Locator(("body.type",)),
    event_id=Locator(("header.webhook-id",)),
    dedupe=Dedupe(ttl=timedelta(days=4)),
    sample=samples.sample,
)


def standard(
    *,
    secret: Secret | Sequence[Secret] = (),
    tolerance_seconds: float | None = 300,
    **options: Unpack[InboundOptions],
) -> InboundWebhook:
    """Receive from any sender that follows https://www.standardwebhooks.com.

    The event type is ``type`` of the body, the event id the header ``webhook-id``. The
    specification's example schedule of retries ends after three days and four hours, so a repeat
    counts as a duplicate for four days.

    Args:
        secret: the shared secret (``whsec_…``) or the sender's public key (``whpk_…``); several
            while it is rotated. With only a public key, shared-key signatures count for nothing.
        tolerance_seconds: how far the time of signing may be from ours, in both directions.
        **options: see `InboundOptions`.

    Raises:
        ConfigurationError: an option is wrong; in one sentence that names the mend.
    """
    shared: SignatureDict = {"secret": secret, "tolerance_seconds": tolerance_seconds}
    signature: SignatureDict = {**SIGNATURE, **shared, "also": [{**ASYMMETRIC, **shared}]}
    return declare_inbound(PROVIDER, signature, options, default_name="standard")
