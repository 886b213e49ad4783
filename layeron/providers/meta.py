"""Meta: https://developers.facebook.com/docs/graph-api/webhooks/getting-started."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Unpack

from layeron.declaration import InboundOptions, InboundWebhook, declare_inbound
from layeron.event import Response
from layeron.locator import Locator
from layeron.options import Dedupe
from layeron.payload import Json, Payload
from layeron.provider import Handshake, HandshakeContext, Provider
from layeron.providers.batches import BATCH
from layeron.providers.handshakes import OK, echo, fields_of, is_one_of, list_of
from layeron.providers.samples import meta as samples
from layeron.request import Request
from layeron.secrets import Secret
from layeron.signing.rule import SignatureDict

# X-Hub-Signature-256: sha256=4864d2c1…  (X-Hub-Signature is the older SHA-1: ignored)
SIGNATURE: SignatureDict = {"header": "x-hub-signature-256", "prefix": "sha256="}


def verified_by(provider: Provider, token: Secret | None) -> Provider:
    """The provider, with the answer to Meta's verification request if there is a token for it."""
    if token is None:
        return provider

    async def answer(context: HandshakeContext) -> Response | None:
        query = context.request.query
        if context.request.method != "GET" or query.get("hub.mode") != "subscribe":
            return None
        given, challenge = query.get("hub.verify_token", ""), query.get("hub.challenge", "")
        return echo(challenge) if is_one_of(given, context.values_of(token)) else None

    return replace(provider, handshakes=(Handshake(answer, signed=False),), secrets=(token,))


def items_of(payload: Payload, name: str) -> Iterator[Json]:
    """What the lists of this name in all entries hold."""
    for entry in list_of(fields_of(payload).get("entry")):
        yield from list_of(fields_of(entry).get(name))


def _event_type(_request: Request, payload: Payload) -> str | None:
    kinds = {str(fields_of(each).get("field")) for each in items_of(payload, "changes")}
    kinds.update(str(each) for each in items_of(payload, "changed_fields"))
    kinds.update("messaging" for _ in items_of(payload, "messaging"))
    if len(kinds) > 1:
        return BATCH
    return ".".join([str(fields_of(payload).get("object", "")), *kinds])


PROVIDER = Provider(
    name="meta",
    event_type=Locator(function=_event_type),
    event_id=Locator(("body_hash",)),
    dedupe=Dedupe(ttl=timedelta(days=4)),
    methods=frozenset({"GET", "POST"}),
    accepted=OK,
    sample=samples.sample,
)


def meta(
    *,
    secret: Secret | Sequence[Secret] = (),
    verify_token: Secret | None = None,
    **options: Unpack[InboundOptions],
) -> InboundWebhook:
    """Receive from Facebook, Instagram, Messenger and Threads by Meta's Graph API.

    https://developers.facebook.com/docs/graph-api/webhooks; for WhatsApp there is ``whatsapp``.

    The event type is ``object`` and what changed (``page.feed``, ``instagram.comments``,
    ``page.messaging``); Meta may put several changes into one request, whose type is ``batch``
    where they differ. It gives a request no id, so the body's SHA-256 stands for it.

    Meta tries again for up to 36 hours; a repeat counts as a duplicate for four days.

    Args:
        secret: the app secret; several while it is changed.
        verify_token: the token that you enter beside the address; needed when it is registered.
        **options: see `InboundOptions`.

    Raises:
        ConfigurationError: an option is wrong; in one sentence that names the mend.
    """
    provider = verified_by(PROVIDER, verify_token)
    signature: SignatureDict = {**SIGNATURE, "secret": secret}
    return declare_inbound(provider, signature, options, default_name="meta")
