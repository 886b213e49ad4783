"""Asana: https://developers.asana.com/docs/webhooks-guide."""

import logging
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Unpack

from layeron.declaration import InboundOptions, InboundWebhook, declare_inbound
from layeron.event import Response
from layeron.locator import Locator
from layeron.options import Dedupe
from layeron.provider import Handshake, HandshakeContext, Provider
from layeron.providers.batches import shared_type
from layeron.providers.handshakes import OK, REFUSE_ALL
from layeron.providers.samples import asana as samples
from layeron.secrets import Secret
from layeron.signing.rule import SignatureDict

# X-Hook-Signature: 5a0d8f2e…  The key is the X-Hook-Secret that came with the handshake.
SIGNATURE: SignatureDict = {"header": "x-hook-signature"}

_SECRET = re.compile(r"[A-Za-z0-9_-]{16,256}")

logger = logging.getLogger("layeron.receiver")


async def _new_secret(context: HandshakeContext) -> Response | None:
    """Anybody can send one, and who is believed can sign: only asked while one is expected."""
    text = context.request.headers.get("x-hook-secret", "")
    if not _SECRET.fullmatch(text):
        return None
    logger.warning(
        "asana: a handshake brought the secret %s; if you are creating a webhook right now, store"
        " it, and then leave out handshake=True",
        text,
    )
    return Response(headers={"x-hook-secret": text})


async def _heartbeat(context: HandshakeContext) -> Response | None:
    return OK if context.payload == {"events": []} else None


PROVIDER = Provider(
    name="asana",
    event_type=shared_type("events", "resource.resource_type", "action"),
    event_id=Locator(("body_hash",)),
    dedupe=Dedupe(ttl=timedelta(days=2)),
    secret_headers=frozenset({"x-hook-secret"}),
    handshakes=(Handshake(_heartbeat, signed=True),),
    accepted=OK,
    sample=samples.sample,
)


def asana(
    *,
    secret: Secret | Sequence[Secret] = (),
    handshake: bool = False,
    **options: Unpack[InboundOptions],
) -> InboundWebhook:
    """Receive from Asana: https://developers.asana.com/docs/webhooks-guide.

    The event type is the kind of resource and the action (``task.changed``); Asana puts several
    events into one request, whose type is ``batch`` where they differ. They have no ids, so the
    body's SHA-256 stands for the request's. Heartbeats are answered, and are no events.

    Asana wants an answer within ten seconds and tries again for 24 hours, so a repeat counts as a
    duplicate for two days. It signs no time.

    Each webhook has a secret of its own, which comes unsigned while it is being created. Declare
    ``handshake=True`` for just that moment: the secret is answered and written to the log of the
    service. Store it under the name of ``secret``, and leave ``handshake`` out again; as long as it
    is there, anybody could make you store another.

    Args:
        secret: the webhook's ``X-Hook-Secret``; several for several webhooks at one address. It may
            be left out with ``handshake``, and then no event is accepted.
        handshake: whether the secret of a new webhook is taken.
        **options: see `InboundOptions`.

    Raises:
        ConfigurationError: an option is wrong; in one sentence that names the mend.
    """
    signature: SignatureDict = {**SIGNATURE, "secret": secret}
    provider = PROVIDER
    if handshake:
        taking = Handshake(_new_secret, signed=False)
        provider = replace(PROVIDER, handshakes=(taking, *PROVIDER.handshakes))
        signature = signature if secret else REFUSE_ALL
    return declare_inbound(provider, signature, options, default_name="asana")
