"""Twitch EventSub: https://dev.twitch.tv/docs/eventsub/handling-webhook-events/."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Unpack

from layeron.declaration import InboundOptions, InboundWebhook, declare_inbound
from layeron.event import Response
from layeron.locator import Locator
from layeron.options import Dedupe
from layeron.payload import Payload
from layeron.provider import Handshake, HandshakeContext, Provider
from layeron.providers.handshakes import echo
from layeron.providers.samples import twitch as samples
from layeron.request import Request
from layeron.secrets import Secret
from layeron.signing.rule import SignatureDict

# Twitch-Eventsub-Message-Id: e76c6bd4-…   Twitch-Eventsub-Message-Timestamp: 2023-07-19T14:56:5…
# Twitch-Eventsub-Message-Signature: sha256=1d3ba7d2…
SIGNATURE: SignatureDict = {
    "header": "twitch-eventsub-message-signature",
    "prefix": "sha256=",
    "timestamp_header": "twitch-eventsub-message-timestamp",
    "timestamp_format": "iso8601",
    "signed_payload": "{header.twitch-eventsub-message-id}{timestamp}{body}",
}


async def _challenge(context: HandshakeContext) -> Response | None:
    match context.payload:
        case {"challenge": str(challenge)}:
            return echo(challenge)
        case _:
            return None


def _event_type(_request: Request, payload: Payload) -> str | None:
    """By the signed body alone: anybody can change the header that says the same."""
    match payload:
        case {"subscription": {"status": "enabled", "type": str(kind)}}:
            return kind
        case {"subscription": {"status": str()}}:
            return "revocation"
        case _:
            return None


PROVIDER = Provider(
    name="twitch",
    event_type=Locator(function=_event_type),
    event_id=Locator(("header.twitch-eventsub-message-id",)),
    dedupe=Dedupe(ttl=timedelta(days=4)),
    handshakes=(Handshake(_challenge, signed=True),),
    sample=samples.sample,
)


def twitch(
    *,
    secret: Secret | Sequence[Secret] = (),
    tolerance_seconds: float | None = 600,
    **options: Unpack[InboundOptions],
) -> InboundWebhook:
    """Receive from Twitch EventSub: https://dev.twitch.tv/docs/eventsub/.

    The event type is that of the subscription (``stream.online``), or ``revocation`` when Twitch
    ends it; why is in ``subscription.status``. The event id is ``Twitch-Eventsub-Message-Id``. The
    challenge of a new subscription is answered once its signature is right.

    Twitch waits a few seconds for a 2xx, sends again when in doubt, and revokes a subscription
    after too many failures; for how long it tries it does not say, so a repeat counts as a
    duplicate for four days.

    Args:
        secret: the secret you gave with the subscription (10 to 100 characters); several while it
            is changed.
        tolerance_seconds: how far the time of signing may be from ours, in both directions; Twitch
            advises ten minutes.
        **options: see `InboundOptions`.

    Raises:
        ConfigurationError: an option is wrong; in one sentence that names the mend.
    """
    signature: SignatureDict = {
        **SIGNATURE,
        "secret": secret,
        "tolerance_seconds": tolerance_seconds,
    }
    return declare_inbound(PROVIDER, signature, options, default_name="twitch")
