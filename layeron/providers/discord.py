"""Discord: https://docs.discord.com/developers/interactions/overview#setting-up-an-endpoint."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Unpack

from layeron.declaration import InboundOptions, InboundWebhook, declare_inbound
from layeron.event import Response
from layeron.locator import Locator
from layeron.options import Dedupe
from layeron.payload import Payload
from layeron.provider import Handshake, HandshakeContext, Provider
from layeron.providers.samples import discord as samples
from layeron.request import Request
from layeron.secrets import Secret
from layeron.signing.rule import SignatureDict

# X-Signature-Ed25519: e6d4c1f7…   X-Signature-Timestamp: 1625603592
SIGNATURE: SignatureDict = {
    "algorithm": "ed25519",
    "secret_encoding": "hex",
    "header": "x-signature-ed25519",
    "timestamp_header": "x-signature-timestamp",
    "signed_payload": "{timestamp}{body}",
}

INTERACTIONS: Mapping[int, str] = {
    1: "PING",
    2: "APPLICATION_COMMAND",
    3: "MESSAGE_COMPONENT",
    4: "APPLICATION_COMMAND_AUTOCOMPLETE",
    5: "MODAL_SUBMIT",
}


async def _ping(context: HandshakeContext) -> Response | None:
    """Both kinds of endpoint have one; a webhook event is of type 1 as the other's ping is."""
    match context.payload:
        case {"event": _}:
            return None
        case {"type": 1}:
            return Response({"type": 1})
        case {"type": 0}:
            return Response(status=204)
        case _:
            return None


def _event_type(_request: Request, payload: Payload) -> str | None:
    match payload:
        case {"event": {"type": str(kind)}}:
            return kind
        case {"type": int(number)}:
            return INTERACTIONS.get(number)
        case _:
            return None


def _event_id(request: Request, payload: Payload) -> str | None:
    match payload:
        case {"id": str(found)}:
            return found
        case _:
            return request.body_sha256


PROVIDER = Provider(
    name="discord",
    event_type=Locator(function=_event_type),
    event_id=Locator(function=_event_id),
    dedupe=Dedupe(ttl=timedelta(days=1)),
    handshakes=(Handshake(_ping, signed=True),),
    accepted=Response(status=204),
    sample=samples.sample,
)


def discord(
    *,
    secret: Secret | Sequence[Secret] = (),
    tolerance_seconds: float | None = 900,
    **options: Unpack[InboundOptions],
) -> InboundWebhook:
    """Receive interactions or webhook events from Discord: https://docs.discord.com/developers.

    The event type is the kind of interaction (``APPLICATION_COMMAND``) or that of the event
    (``ENTITLEMENT_CREATE``). The event id is the ``id`` of an interaction; an event has none, so
    the body's SHA-256 stands for it. Pings are answered, and Discord's deliberately wrong
    signatures are refused.

    Discord waits three seconds. Events are answered 204; it tries them again for ten minutes, so a
    repeat counts as a duplicate for a day. An interaction must be answered by the handler: declare
    ``delivery={"queue": False}``.

    Args:
        secret: the application's public key, in hexadecimal.
        tolerance_seconds: how far the time of signing may be from ours, in both directions; Discord
            itself names no limit, the default lets its retries in.
        **options: see `InboundOptions`.

    Raises:
        ConfigurationError: an option is wrong; in one sentence that names the mend.
    """
    signature: SignatureDict = {
        **SIGNATURE,
        "secret": secret,
        "tolerance_seconds": tolerance_seconds,
    }
    return declare_inbound(PROVIDER, signature, options, default_name="discord")
