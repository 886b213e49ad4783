"""Okta: https://developer.okta.com/docs/concepts/event-hooks/."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Unpack

from layeron.declaration import InboundOptions, InboundWebhook, declare_inbound
from layeron.event import Response
from layeron.options import Dedupe
from layeron.provider import Handshake, HandshakeContext, Provider
from layeron.providers.batches import joint_id, shared_type
from layeron.providers.handshakes import OK
from layeron.providers.samples import okta as samples
from layeron.secrets import Secret
from layeron.signing.rule import SignatureDict

# Authorization: the value you configured, as it is
SIGNATURE: SignatureDict = {"algorithm": "token"}


async def _verification(context: HandshakeContext) -> Response | None:
    if context.request.method != "GET":
        return None
    challenge = context.request.headers.get("x-okta-verification-challenge", "")
    return Response({"verification": challenge})


PROVIDER = Provider(
    name="okta",
    event_type=shared_type("data.events", "eventType"),
    event_id=joint_id("data.events", "uuid"),
    dedupe=Dedupe(ttl=timedelta(days=1)),
    methods=frozenset({"GET", "POST"}),
    handshakes=(Handshake(_verification, signed=True),),
    accepted=OK,
    sample=samples.sample,
)


def okta(
    *,
    secret: Secret | Sequence[Secret] = (),
    header: str = "authorization",
    **options: Unpack[InboundOptions],
) -> InboundWebhook:
    """Receive Okta's event hooks: https://developer.okta.com/docs/concepts/event-hooks/.

    The event type is ``eventType`` of the events (``user.lifecycle.create``), or ``batch`` where
    one request has several types. The event id is their ``uuid``; of several, a digest. The
    one-time verification of the address is answered where it carries the secret.

    Okta waits three seconds for a 200 or 204 and tries once more, so a repeat counts as a
    duplicate for a day. It signs nothing: the secret is all that tells Okta from a stranger.

    Args:
        secret: the authentication secret, as it is in the header; several while it is changed.
        header: the header field that carries it.
        **options: see `InboundOptions`.

    Raises:
        ConfigurationError: an option is wrong; in one sentence that names the mend.
    """
    signature: SignatureDict = {**SIGNATURE, "header": header, "secret": secret}
    return declare_inbound(PROVIDER, signature, options, default_name="okta")
