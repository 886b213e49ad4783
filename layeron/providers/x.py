"""X: https://docs.x.com/x-api/webhooks/quickstart."""

import base64
import hmac
import re
from collections.abc import Sequence
from datetime import timedelta
from typing import Unpack

from layeron.declaration import InboundOptions, InboundWebhook, declare_inbound
from layeron.event import Response
from layeron.locator import Locator
from layeron.options import Dedupe
from layeron.payload import Payload
from layeron.provider import Handshake, HandshakeContext, Provider
from layeron.providers.handshakes import OK, fields_of
from layeron.providers.samples import x as samples
from layeron.request import Request
from layeron.secrets import Secret
from layeron.signing.context import VerificationContext
from layeron.signing.keys import decode_secret
from layeron.signing.rule import SignatureDict


def _json_object(context: VerificationContext) -> bytes:
    """The body, refused unless it is an object: of anything else a stranger has a signature.

    Whoever asks for a challenge-response check gets the text of his choice signed with the very
    key of events. So checks sign no text with a brace in it, and events begin with one.
    """
    if not context.raw_body.startswith(b"{"):
        raise ValueError("the body is no JSON object")
    return context.raw_body


# x-twitter-webhooks-signature: sha256=XCWPBRJm…
SIGNATURE: SignatureDict = {
    "header": "x-twitter-webhooks-signature",
    "prefix": "sha256=",
    "encoding": "base64",
    "signed_payload": _json_object,
}

_CRC_TOKEN = re.compile(r"[A-Za-z0-9+/=_.-]{1,256}")


async def _crc(context: HandshakeContext) -> Response | None:
    token = context.request.query.get("crc_token", "")
    if context.request.method != "GET" or not _CRC_TOKEN.fullmatch(token):
        return None
    key = decode_secret(context.secrets[0].value, "text")
    proof = hmac.digest(key, token.encode(), "sha256")
    return Response({"response_token": f"sha256={base64.b64encode(proof).decode()}"})


def _event_type(_request: Request, payload: Payload) -> str | None:
    match payload:
        case {"data": {"event_type": str(kind)}}:
            return kind
        case _:
            pass
    names = (each for each in fields_of(payload) if each.endswith(("_events", "_event")))
    return next(names, None)


PROVIDER = Provider(
    name="x",
    event_type=Locator(function=_event_type),
    event_id=Locator(("body_hash",)),
    dedupe=Dedupe(ttl=timedelta(days=1)),
    methods=frozenset({"GET", "POST"}),
    handshakes=(Handshake(_crc, signed=False),),
    accepted=OK,
    sample=samples.sample,
)


def x(
    *, secret: Secret | Sequence[Secret] = (), **options: Unpack[InboundOptions]
) -> InboundWebhook:
    """Receive from X (Twitter): https://docs.x.com/x-api/webhooks/introduction.

    The event type is ``data.event_type``, or the field that holds the events of an account
    (``tweet_create_events``, ``direct_message_events``). X gives a request no id, so the body's
    SHA-256 stands for it. The challenge-response check, which X repeats every hour, is answered.

    X wants a 200 and tries up to three times within five minutes, so a repeat counts as a
    duplicate for a day. It signs no time: an old request stays valid.

    Args:
        secret: the app's consumer secret (API key secret); several while it is changed, the new
            one first.
        **options: see `InboundOptions`.

    Raises:
        ConfigurationError: an option is wrong; in one sentence that names the mend.
    """
    signature: SignatureDict = {**SIGNATURE, "secret": secret}
    return declare_inbound(PROVIDER, signature, options, default_name="x")
