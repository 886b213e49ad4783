"""Notion: https://developers.notion.com/reference/webhooks."""

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
from layeron.providers.handshakes import OK, REFUSE_ALL
from layeron.providers.samples import notion as samples
from layeron.secrets import Secret
from layeron.signing.rule import SignatureDict

# X-Notion-Signature: sha256=461e8cbc…  The key is the verification token of the handshake.
SIGNATURE: SignatureDict = {"header": "x-notion-signature", "prefix": "sha256="}

_TOKEN = re.compile(r"[A-Za-z0-9_-]{16,256}")

logger = logging.getLogger("layeron.receiver")


async def _verification_token(context: HandshakeContext) -> Response | None:
    """Anybody can send one, and who is believed can sign: only asked while one is expected."""
    match context.payload:
        case {"verification_token": str(token)} if _TOKEN.fullmatch(token):
            logger.warning(
                "notion: a handshake brought the verification token %s; if you are creating a"
                " subscription right now, enter it at Notion, store it, and then leave out"
                " handshake=True",
                token,
            )
            return OK
        case _:
            return None


PROVIDER = Provider(
    name="notion",
    event_type=Locator(("body.type",)),
    event_id=Locator(("body.id",)),
    dedupe=Dedupe(ttl=timedelta(days=2)),
    sample=samples.sample,
)


def notion(
    *,
    secret: Secret | Sequence[Secret] = (),
    handshake: bool = False,
    **options: Unpack[InboundOptions],
) -> InboundWebhook:
    """Receive from Notion: https://developers.notion.com/reference/webhooks.

    The event type is ``type`` of the body (``page.content_updated``), the event id its ``id``.
    Notion tries up to eight times within about 24 hours (not confirmed by the provider's own
    pages), so a repeat counts as a duplicate for two days. It signs no time.

    Each subscription has a key of its own, the verification token, which comes unsigned while it is
    being created. Declare ``handshake=True`` for just that moment: the token is written to the log
    of the service. Enter it at Notion, store it under the name of ``secret``, and leave
    ``handshake`` out again; as long as it is there, anybody could make you store another.

    Args:
        secret: the subscription's verification token; several while it is changed. It may be left
            out with ``handshake``, and then no event is accepted.
        handshake: whether the token of a new subscription is taken.
        **options: see `InboundOptions`.

    Raises:
        ConfigurationError: an option is wrong; in one sentence that names the mend.
    """
    signature: SignatureDict = {**SIGNATURE, "secret": secret}
    provider = PROVIDER
    if handshake:
        provider = replace(PROVIDER, handshakes=(Handshake(_verification_token, signed=False),))
        signature = signature if secret else REFUSE_ALL
    return declare_inbound(provider, signature, options, default_name="notion")
