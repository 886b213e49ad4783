"""Intercom: https://developers.intercom.com/docs/webhooks/webhook-notifications."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Unpack

from layeron.declaration import InboundOptions, InboundWebhook, declare_inbound
from layeron.event import Response
from layeron.locator import Locator
from layeron.options import Dedupe
from layeron.provider import Handshake, HandshakeContext, Provider
from layeron.providers.samples import intercom as samples
from layeron.secrets import Secret
from layeron.signing.rule import SignatureDict

# X-Hub-Signature: sha1=21ff2e14…
SIGNATURE: SignatureDict = {
    "algorithm": "hmac-sha1",
    "header": "x-hub-signature",
    "prefix": "sha1=",
}


async def answer_head(context: HandshakeContext) -> Response | None:
    """Say that the address exists."""
    return Response() if context.request.method == "HEAD" else None


PROVIDER = Provider(
    name="intercom",
    event_type=Locator(("body.topic",)),
    event_id=Locator(("body.id",)),
    dedupe=Dedupe(ttl=timedelta(days=4)),
    methods=frozenset({"HEAD", "POST"}),
    handshakes=(Handshake(answer_head, signed=False),),
    sample=samples.sample,
)


def intercom(
    *,
    secret: Secret | Sequence[Secret] = (),
    **options: Unpack[InboundOptions],
) -> InboundWebhook:
    """Receive from Intercom: https://developers.intercom.com/docs/webhooks.

    The event type is ``topic`` of the body (``conversation.user.created``), the event id its ``id``
    (``notif_…``). The ``HEAD`` request by which Intercom checks the address is answered. Intercom
    waits five seconds and tries once more after a minute (not confirmed by its own pages); a repeat
    counts as a duplicate for four days.

    Args:
        secret: the app's client secret; several while it is changed.
        **options: see `InboundOptions`.

    Raises:
        ConfigurationError: an option is wrong; in one sentence that names the mend.
    """
    signature: SignatureDict = {**SIGNATURE, "secret": secret}
    return declare_inbound(PROVIDER, signature, options, default_name="intercom")
