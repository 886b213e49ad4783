"""Zoom: https://developers.zoom.us/docs/api/webhooks/#verify-webhook-events."""

import hmac
import re
from collections.abc import Sequence
from datetime import timedelta
from typing import Unpack

from layeron.declaration import InboundOptions, InboundWebhook, declare_inbound
from layeron.event import Response
from layeron.locator import Locator
from layeron.options import Dedupe
from layeron.provider import Handshake, HandshakeContext, Provider
from layeron.providers.handshakes import OK
from layeron.providers.samples import zoom as samples
from layeron.secrets import Secret
from layeron.signing.keys import decode_secret
from layeron.signing.rule import SignatureDict

# x-zm-request-timestamp: 1658940994   x-zm-signature: v0=a05d830f…
SIGNATURE: SignatureDict = {
    "header": "x-zm-signature",
    "prefix": "v0=",
    "timestamp_header": "x-zm-request-timestamp",
    "signed_payload": "v0:{timestamp}:{body}",
}

# The proof is made with the key that signs requests: nothing that looks like one is ever proved.
_TOKEN = re.compile(r"[A-Za-z0-9_-]{1,128}")


async def _url_validation(context: HandshakeContext) -> Response | None:
    match context.payload:
        case {"event": "endpoint.url_validation", "payload": {"plainToken": str(token)}}:
            if not _TOKEN.fullmatch(token):
                return None
            key = decode_secret(context.secrets[0].value, "text")
            proof = hmac.digest(key, token.encode(), "sha256").hex()
            return Response({"plainToken": token, "encryptedToken": proof})
        case _:
            return None


PROVIDER = Provider(
    name="zoom",
    event_type=Locator(("body.event",)),
    event_id=Locator(("body_hash",)),
    dedupe=Dedupe(ttl=timedelta(days=1)),
    handshakes=(Handshake(_url_validation, signed=True),),
    accepted=OK,
    sample=samples.sample,
)


def zoom(
    *,
    secret: Secret | Sequence[Secret] = (),
    tolerance_seconds: float | None = 300,
    **options: Unpack[InboundOptions],
) -> InboundWebhook:
    """Receive from Zoom: https://developers.zoom.us/docs/api/webhooks/.

    The event type is ``event`` of the body (``meeting.started``). Zoom gives an event no id, so
    the body's SHA-256 stands for it. The validation of the address, which Zoom repeats every 72
    hours, is answered once its signature is right.

    Zoom waits three seconds for a 200 and tries three times more, after 5, 20 and 60 minutes, so a
    repeat counts as a duplicate for a day.

    Args:
        secret: the app's secret token; several while it is changed.
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
    return declare_inbound(PROVIDER, signature, options, default_name="zoom")
