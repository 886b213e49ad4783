"""monday: https://developer.monday.com/api-reference/reference/webhooks."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Unpack

from layeron.declaration import InboundOptions, InboundWebhook, declare_inbound
from layeron.event import Response
from layeron.locator import Locator
from layeron.options import Dedupe
from layeron.provider import Handshake, HandshakeContext, Provider
from layeron.providers.handshakes import OK
from layeron.providers.samples import monday as samples
from layeron.request import Request
from layeron.secrets import Secret
from layeron.signing.context import Signer, VerificationContext, Verifier
from layeron.signing.jwt import Terms, key_of_secret, proven_claims, signed_token
from layeron.signing.rule import SignatureDict
from layeron.signing.writing import with_headers

_CHALLENGE = re.compile(r"[A-Za-z0-9+/=_-]{1,256}")
_ALGORITHM = "HS256"


async def _challenge(context: HandshakeContext) -> Response | None:
    match context.payload:
        case {"challenge": str(text), **rest} if not rest and _CHALLENGE.fullmatch(text):
            return Response({"challenge": text})
        case _:
            return None


def _verifier(audience: str | None) -> Verifier:
    # Authorization: eyJhbGciOiJIUzI1NiJ9.eyJhdWQiOi….…  (a JSON Web Token, without "Bearer")
    def verify(context: VerificationContext) -> bool:
        terms = Terms(
            algorithm=_ALGORITHM,
            required=("aud", "exp"),
            audience=audience or _address_of(context.request),
        )
        token = context.headers.get("authorization", "")
        proven_claims(token, key_of_secret(context.secret), terms, now=context.now)
        return True

    return verify


def _signer(audience: str | None) -> Signer:
    def sign(request: Request, secret: str, now: datetime) -> Request:
        issued = int(now.timestamp())
        claims = {
            "accountId": 1825529,
            "userId": 4012689,
            "aud": audience or _address_of(request),
            "exp": issued + 300,
            "iat": issued,
        }
        token = signed_token(claims, key_of_secret(secret), _ALGORITHM)
        return with_headers(request, [("authorization", token)])

    return sign


def _address_of(request: Request) -> str:
    return request.url.partition("?")[0]


PROVIDER = Provider(
    name="monday",
    event_type=Locator(("body.event.type",)),
    event_id=Locator(("body_hash",)),
    dedupe=Dedupe(ttl=timedelta(days=1)),
    handshakes=(Handshake(_challenge, signed=False),),
    accepted=OK,
    sample=samples.sample,
)


def monday(
    *,
    secret: Secret | Sequence[Secret] = (),
    audience: str | None = None,
    **options: Unpack[InboundOptions],
) -> InboundWebhook:
    """Receive from monday.com: https://developer.monday.com/api-reference/reference/webhooks.

    The event type is ``event.type`` of the body (``update_column_value``). Nothing is said to be an
    id of its own, so the body's SHA-256 stands for it. The challenge of the address is answered.

    monday signs only webhooks that an app created, and only a token with the address and an end
    (``exp``) after some minutes: the body is not covered. It wants a 200 and tries each minute for
    half an hour, so a repeat counts as a duplicate for a day.

    Args:
        secret: the app's signing secret (for app lifecycle events its client secret); several
            while it is changed.
        audience: the address as monday knows it; without it, that of the request.
        **options: see `InboundOptions`.

    Raises:
        ConfigurationError: an option is wrong; in one sentence that names the mend.
    """
    signature: SignatureDict = {
        "secret": secret,
        "verify": _verifier(audience),
        "sign": _signer(audience),
    }
    return declare_inbound(PROVIDER, signature, options, default_name="monday")
