"""Slack: https://docs.slack.dev/authentication/verifying-requests-from-slack/."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Unpack

from layeron.declaration import InboundOptions, InboundWebhook, declare_inbound
from layeron.event import Response
from layeron.locator import Locator
from layeron.options import Dedupe
from layeron.payload import Payload, parse_payload
from layeron.provider import Handshake, HandshakeContext, Provider
from layeron.providers.handshakes import OK
from layeron.providers.samples import slack as samples
from layeron.request import Request
from layeron.secrets import Secret
from layeron.signing.rule import SignatureDict
from layeron.signing.wire import FORM

# X-Slack-Request-Timestamp: 1531420618   X-Slack-Signature: v0=a2114d57…
SIGNATURE: SignatureDict = {
    "header": "x-slack-signature",
    "prefix": "v0=",
    "timestamp_header": "x-slack-request-timestamp",
    "signed_payload": "v0:{timestamp}:{body}",
}


async def _url_verification(context: HandshakeContext) -> Response | None:
    match context.payload:
        case {"type": "url_verification", "challenge": str(challenge)}:
            return Response({"challenge": challenge})
        case _:
            return None


def _event_type(_request: Request, payload: Payload) -> str | None:
    match _interaction(payload):
        case {"event": {"type": str(kind)}} | {"command": str(kind)} | {"type": str(kind)}:
            return kind
        case _:
            return None


def _event_id(_request: Request, payload: Payload) -> str | None:
    match _interaction(payload):
        case {"event_id": str(found)} | {"trigger_id": str(found)}:
            return found
        case _:
            return None


def _interaction(payload: Payload) -> Payload:
    """What is inside the form field ``payload`` of an interaction; anything else as it is."""
    if isinstance(payload, str):  # a form, whatever its content type says: that is not signed
        payload = parse_payload(payload.encode("utf-8", "surrogatepass"), FORM)
    match payload:
        case {"payload": str(text)}:
            return parse_payload(text.encode("utf-8", "surrogatepass"), "application/json")
        case _:
            return payload


PROVIDER = Provider(
    name="slack",
    event_type=Locator(function=_event_type),
    event_id=Locator(function=_event_id),
    dedupe=Dedupe(ttl=timedelta(days=2)),
    handshakes=(Handshake(_url_verification, signed=True),),
    accepted=OK,
    sample=samples.sample,
)


def slack(
    *,
    secret: Secret | Sequence[Secret] = (),
    tolerance_seconds: float | None = 300,
    **options: Unpack[InboundOptions],
) -> InboundWebhook:
    """Receive from Slack: https://docs.slack.dev/apis/events-api/.

    Events, interactions and slash commands all fit; the last two come as forms. The event type is
    ``event.type`` (``app_mention``), the ``type`` of an interaction (``block_actions``) or the
    command (``/deploy``). The event id is ``event_id``, else the ``trigger_id``. The check of the
    address (``url_verification``) is answered once its signature is right.

    Slack waits three seconds for a 200 and shows its body to the user of a command, so it is
    answered without one; to say more, use ``delivery={"queue": False}``. It tries an event three
    times more within about five minutes. A repeat counts as a duplicate for two days, because it
    can be set to deliver late events for one (not confirmed by the provider's own pages).

    Args:
        secret: the app's signing secret; several while it is changed.
        tolerance_seconds: how far the time of signing may be from ours, in both directions.
        **options: see `InboundOptions`.

    Raises:
        ConfigurationError: an option is wrong; in one sentence that names the mend.
    """
    signature: SignatureDict = {
        **SIGNATURE,
        "secret": secret,
        "tolerance_seconds": tolerance_seconds,
    }
    return declare_inbound(PROVIDER, signature, options, default_name="slack")
