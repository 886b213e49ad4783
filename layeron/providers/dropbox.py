"""Dropbox: https://www.dropbox.com/developers/reference/webhooks."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Unpack

from layeron.declaration import InboundOptions, InboundWebhook, declare_inbound
from layeron.event import Response
from layeron.locator import Locator
from layeron.options import Dedupe
from layeron.payload import Payload
from layeron.provider import Handshake, HandshakeContext, Provider
from layeron.providers.handshakes import OK, echo, fields_of
from layeron.providers.samples import dropbox as samples
from layeron.request import Request
from layeron.secrets import Secret
from layeron.signing.rule import SignatureDict

# X-Dropbox-Signature: 9cc64e7c…
SIGNATURE: SignatureDict = {"header": "x-dropbox-signature"}


async def _challenge(context: HandshakeContext) -> Response | None:
    challenge = context.request.query.get("challenge")
    return echo(challenge) if context.request.method == "GET" and challenge else None


def _event_type(_request: Request, payload: Payload) -> str | None:
    return next(iter(fields_of(payload)), None)


def _no_id(_request: Request, _payload: Payload) -> None:
    """Two changes in a row send the same bytes, so not even those tell a repeat."""


PROVIDER = Provider(
    name="dropbox",
    event_type=Locator(function=_event_type),
    event_id=Locator(function=_no_id),
    dedupe=Dedupe(ttl=timedelta(days=1)),
    methods=frozenset({"GET", "POST"}),
    handshakes=(Handshake(_challenge, signed=False),),
    accepted=OK,
    sample=samples.sample,
)


def dropbox(
    *, secret: Secret | Sequence[Secret] = (), **options: Unpack[InboundOptions]
) -> InboundWebhook:
    """Receive from Dropbox: https://www.dropbox.com/developers/reference/webhooks.

    A notification only lists the accounts whose files changed; ask the API what. Its event type is
    ``list_folder``. It has no id, and the next change sends the same bytes again, so nothing is
    ever a duplicate: make the handler one that may run twice. The challenge of the address is
    answered.

    Dropbox wants a 200 within ten seconds and tries again for about ten minutes. It signs no time.

    Args:
        secret: the app secret; several while it is changed.
        **options: see `InboundOptions`.

    Raises:
        ConfigurationError: an option is wrong; in one sentence that names the mend.
    """
    signature: SignatureDict = {**SIGNATURE, "secret": secret}
    return declare_inbound(PROVIDER, signature, options, default_name="dropbox")
