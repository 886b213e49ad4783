"""Persona: https://docs.withpersona.com/webhooks-best-practices."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Unpack

from layeron.declaration import InboundOptions, InboundWebhook, declare_inbound
from layeron.locator import Locator
from layeron.options import Dedupe
from layeron.provider import Provider
from layeron.providers.samples import persona as samples
from layeron.secrets import Secret
from layeron.signing.rule import SignatureDict

# Persona-Signature: t=1653336838,v1=5257a869… t=1653336838,v1=…  (two during a rotation)
SIGNATURE: SignatureDict = {
    "header": "persona-signature",
    "separator": ", ",
    "prefix": "v1=",
    "timestamp_prefix": "t=",
    "signed_payload": "{timestamp}.{body}",
}

PROVIDER = Provider(
    name="persona",
    event_type=Locator(("body.data.attributes.name",)),
    event_id=Locator(("body.data.id",)),
    dedupe=Dedupe(ttl=timedelta(days=4)),
    sample=samples.sample,
)


def persona(
    *,
    secret: Secret | Sequence[Secret] = (),
    tolerance_seconds: float | None = 300,
    **options: Unpack[InboundOptions],
) -> InboundWebhook:
    """Receive from Persona: https://docs.withpersona.com/webhooks.

    The event type is ``data.attributes.name`` of the body (``inquiry.completed``), the event
    id its ``data.id`` (``evt_…``). Answer within five seconds. Persona tries up to eight
    times, so a repeat counts as a duplicate for four days.

    Args:
        secret: the webhook's secret (``wbhsec_…``); several while it is rotated.
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
    return declare_inbound(PROVIDER, signature, options, default_name="persona")
