"""Xero: https://developer.xero.com/documentation/guides/webhooks/configuring-your-server."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Unpack

from layeron.declaration import InboundOptions, InboundWebhook, declare_inbound
from layeron.event import Response
from layeron.options import Dedupe
from layeron.provider import Handshake, HandshakeContext, Provider
from layeron.providers.batches import joint_id, shared_type
from layeron.providers.handshakes import OK, fields_of
from layeron.providers.samples import xero as samples
from layeron.secrets import Secret
from layeron.signing.rule import SignatureDict

# x-xero-signature: pWJfQXqm…  The key looks like base64, and is taken as text.
SIGNATURE: SignatureDict = {"header": "x-xero-signature", "encoding": "base64"}


async def _intent_to_receive(context: HandshakeContext) -> Response | None:
    """A series of requests without events, some of them with a wrong signature on purpose."""
    return OK if fields_of(context.payload).get("events") == [] else None


PROVIDER = Provider(
    name="xero",
    event_type=shared_type("events", "eventCategory", "eventType"),
    event_id=joint_id("events", "resourceId", "eventType", "eventDateUtc"),
    dedupe=Dedupe(ttl=timedelta(days=2)),
    handshakes=(Handshake(_intent_to_receive, signed=True),),
    accepted=OK,
    refused=Response(status=401),
    sample=samples.sample,
)


def xero(
    *, secret: Secret | Sequence[Secret] = (), **options: Unpack[InboundOptions]
) -> InboundWebhook:
    """Receive from Xero: https://developer.xero.com/documentation/guides/webhooks/overview/.

    The event type is category and type (``INVOICE.UPDATE``), or ``batch`` where one request has
    several. The event id is resource, type and time of the event; of several, a digest.
    Xero's validation ("intent to receive") is answered: 200 where the signature is right, 401 where
    it is not, both without a body.

    Xero waits five seconds for an empty 200 and tries again for 24 hours, so a repeat counts as a
    duplicate for two days. It signs no time.

    Args:
        secret: the webhooks key; several while it is changed.
        **options: see `InboundOptions`.

    Raises:
        ConfigurationError: an option is wrong; in one sentence that names the mend.
    """
    signature: SignatureDict = {**SIGNATURE, "secret": secret}
    return declare_inbound(PROVIDER, signature, options, default_name="xero")
