"""LINE: https://developers.line.biz/en/docs/messaging-api/verify-webhook-signature/."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Unpack

from layeron.declaration import InboundOptions, InboundWebhook, declare_inbound
from layeron.event import Response
from layeron.options import Dedupe
from layeron.provider import Handshake, HandshakeContext, Provider
from layeron.providers.batches import joint_id, shared_type
from layeron.providers.handshakes import OK, fields_of
from layeron.providers.samples import line as samples
from layeron.secrets import Secret
from layeron.signing.rule import SignatureDict

# x-line-signature: 1Q8V5gMb…
SIGNATURE: SignatureDict = {"header": "x-line-signature", "encoding": "base64"}


async def _verify_button(context: HandshakeContext) -> Response | None:
    return OK if fields_of(context.payload).get("events") == [] else None


PROVIDER = Provider(
    name="line",
    event_type=shared_type("events", "type"),
    event_id=joint_id("events", "webhookEventId"),
    dedupe=Dedupe(ttl=timedelta(days=4)),
    handshakes=(Handshake(_verify_button, signed=True),),
    accepted=OK,
    sample=samples.sample,
)


def line(
    *, secret: Secret | Sequence[Secret] = (), **options: Unpack[InboundOptions]
) -> InboundWebhook:
    """Receive from LINE: https://developers.line.biz/en/docs/messaging-api/receiving-messages/.

    The event type is ``type`` of the events (``message``, ``follow``); LINE may put several into
    one request, whose type is ``batch`` where they differ. The event id is their
    ``webhookEventId``; of several, a digest. The console's "Verify" button is answered.

    LINE wants a 200. It sends again where redelivery is switched on; for how long it does not say,
    so a repeat counts as a duplicate for four days. It signs no time.

    Args:
        secret: the channel secret; several while it is changed.
        **options: see `InboundOptions`.

    Raises:
        ConfigurationError: an option is wrong; in one sentence that names the mend.
    """
    signature: SignatureDict = {**SIGNATURE, "secret": secret}
    return declare_inbound(PROVIDER, signature, options, default_name="line")
