"""WorkOS: https://workos.com/docs/events/data-syncing/webhooks."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Unpack

from layeron.declaration import InboundOptions, InboundWebhook, declare_inbound
from layeron.locator import Locator
from layeron.options import Dedupe
from layeron.provider import Provider
from layeron.providers.handshakes import OK
from layeron.providers.samples import workos as samples
from layeron.secrets import Secret
from layeron.signing.rule import SignatureDict

# WorkOS-Signature: t=1492774577000, v1=5257a869…  (a blank after the comma)
SIGNATURE: SignatureDict = {
    "header": "workos-signature",
    "extract": r"(?:^|,) *v1=([^, ]+)",
    "timestamp_extract": r"(?:^|,) *t=([^, ]+)",
    "timestamp_format": "unix-ms",
    "layout": "t={timestamp}, v1={signature}",
    "signed_payload": "{timestamp}.{body}",
}

PROVIDER = Provider(
    name="workos",
    event_type=Locator(("body.event",)),
    event_id=Locator(("body.id",)),
    dedupe=Dedupe(ttl=timedelta(days=4)),
    accepted=OK,
    sample=samples.sample,
)


def workos(
    *,
    secret: Secret | Sequence[Secret] = (),
    tolerance_seconds: float | None = 180,
    **options: Unpack[InboundOptions],
) -> InboundWebhook:
    """Receive from WorkOS: https://workos.com/docs/events/data-syncing/webhooks.

    The event type is ``event`` of the body (``dsync.user.created``), the event id its ``id``.
    WorkOS tries six times in three days (not confirmed by the provider's own pages), so a
    repeat counts as a duplicate for four days.

    Args:
        secret: the endpoint's signing secret; several while it is changed.
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
    return declare_inbound(PROVIDER, signature, options, default_name="workos")
