"""Sanity: https://www.sanity.io/docs/content-lake/webhooks."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Unpack

from layeron.declaration import InboundOptions, InboundWebhook, declare_inbound
from layeron.locator import Locator
from layeron.options import Dedupe
from layeron.provider import Provider
from layeron.providers.samples import sanity as samples
from layeron.secrets import Secret
from layeron.signing.rule import SignatureDict

# sanity-webhook-signature: t=1633519811129,v1=tLa470fx…  (milliseconds)
SIGNATURE: SignatureDict = {
    "header": "sanity-webhook-signature",
    "separator": ",",
    "prefix": "v1=",
    "encoding": "base64url",
    "timestamp_prefix": "t=",
    "timestamp_format": "unix-ms",
    "signed_payload": "{timestamp}.{body}",
}

PROVIDER = Provider(
    name="sanity",
    event_type=Locator(("header.sanity-operation",)),
    event_id=Locator(("header.idempotency-key",)),
    dedupe=Dedupe(ttl=timedelta(days=1)),
    sample=samples.sample,
)


def sanity(
    *,
    secret: Secret | Sequence[Secret] = (),
    tolerance_seconds: float | None = 300,
    **options: Unpack[InboundOptions],
) -> InboundWebhook:
    """Receive from Sanity: https://www.sanity.io/docs/content-lake/webhooks.

    The body is what the webhook's projection makes of the document. The event type is the
    header ``sanity-operation`` (``create``, ``update``, ``delete``), the event id the header
    ``idempotency-key``. Sanity tries twice more, half a minute apart, so a repeat counts as a
    duplicate for a day.

    Args:
        secret: the webhook's secret; several while it is changed.
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
    return declare_inbound(PROVIDER, signature, options, default_name="sanity")
