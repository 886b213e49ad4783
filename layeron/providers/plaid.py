"""Plaid: https://plaid.com/docs/api/webhooks/webhook-verification/."""

import hashlib
import hmac
import json
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal, Unpack

from layeron.declaration import InboundOptions, InboundWebhook, declare_inbound
from layeron.locator import Locator, dotted
from layeron.options import Dedupe
from layeron.payload import Payload
from layeron.provider import Provider
from layeron.providers.samples import plaid as samples
from layeron.request import Request
from layeron.secrets import Secret
from layeron.signing.context import VerificationContext
from layeron.signing.jwt import Terms, key_of_jwk, proven_claims, signed_token, unproven
from layeron.signing.rule import SignatureDict
from layeron.signing.wire import wire_bytes
from layeron.signing.writing import with_headers

TEST_KEY_ID = "00000000-0000-4000-8000-000000000000"

_ALGORITHM = "ES256"
_KEY_ID = re.compile(r"[A-Za-z0-9-]{1,64}")
_REMEMBERED_SECONDS = 3600
_MOST_REMEMBERED = 32


@dataclass(slots=True)
class PublishedKeys:
    """Plaid's public keys, asked for by id and remembered for an hour."""

    client_id: str
    host: str
    tolerance_seconds: float
    _known: dict[str, tuple[float, Mapping[str, Any]]] = field(
        default_factory=dict[str, tuple[float, Mapping[str, Any]]]
    )

    async def verify(self, context: VerificationContext) -> bool:
        """Whether Plaid signed a fresh token that names the hash of this body."""
        token, now = context.signature or "", context.now
        terms = Terms(
            algorithm=_ALGORITHM,
            required=("iat", "request_body_sha256"),
            leeway_seconds=self.tolerance_seconds,
            longest_age_seconds=self.tolerance_seconds,
        )
        key_id, claims = unproven(token, terms, now=now)
        if not hmac.compare_digest(claims["request_body_sha256"], context.request.body_sha256):
            return False
        jwk = await self._key(key_id, context)
        expired = jwk.get("expired_at")
        if expired is not None and expired <= now.timestamp():
            return False
        proven_claims(token, key_of_jwk(jwk, _ALGORITHM), terms, now=now)
        return True

    async def _key(self, key_id: str, context: VerificationContext) -> Mapping[str, Any]:
        if not _KEY_ID.fullmatch(key_id):
            raise ValueError("no key id")
        known = self._known.get(key_id)
        if known is not None and time.monotonic() - known[0] < _REMEMBERED_SECONDS:
            return known[1]
        answer = await context.documents.post(
            f"https://{self.host}/webhook_verification_key/get",
            {"client_id": self.client_id, "secret": context.secret, "key_id": key_id},
            hosts=re.escape(self.host),
        )
        jwk: Mapping[str, Any] = json.loads(answer)["key"]
        if len(self._known) >= _MOST_REMEMBERED:
            self._known.clear()
        self._known[key_id] = (time.monotonic(), jwk)
        return jwk


def sign(request: Request, private_key: str, now: datetime) -> Request:
    """The request with a token such as Plaid's, by a P-256 private key of the test's own."""
    claims = {"iat": int(now.timestamp()), "request_body_sha256": request.body_sha256}
    token = signed_token(claims, private_key, _ALGORITHM, TEST_KEY_ID)
    return with_headers(request, [("plaid-verification", token)])


def event_id(request: Request, _payload: Payload) -> str | None:
    """The hash of what the token signs: events have no id, and two can have the same body.

    Its signature is left out, because there is more than one way to write the same.
    """
    signed, _, _ = request.headers.get("plaid-verification", "").rpartition(".")
    return hashlib.sha256(wire_bytes(signed)).hexdigest() if signed else None


# Plaid-Verification: eyJhbGciOiJFUzI1NiIsImtpZCI6…  (a token that names the hash of the body)
SIGNATURE: SignatureDict = {"header": "plaid-verification", "sign": sign}

PROVIDER = Provider(
    name="plaid",
    event_type=Locator(function=dotted("body.webhook_type", "body.webhook_code")),
    event_id=Locator(function=event_id),
    dedupe=Dedupe(ttl=timedelta(days=1)),
    sample=samples.sample,
)


def plaid(
    *,
    client_id: str,
    secret: Secret | Sequence[Secret] = (),
    environment: Literal["production", "sandbox"] = "production",
    tolerance_seconds: float = 300,
    **options: Unpack[InboundOptions],
) -> InboundWebhook:
    """Receive from Plaid: https://plaid.com/docs/api/webhooks/.

    The token that Plaid signs is verified with the key it names, which is asked of Plaid's API by
    your credentials and remembered for an hour; while it cannot be had, the sender is asked to try
    again.

    The event type is ``webhook_type`` and ``webhook_code`` of the body
    (``TRANSACTIONS.SYNC_UPDATES_AVAILABLE``). Events have no id, and two can be alike to the byte:
    only the same token again counts as a duplicate, for a day. Plaid tries for up to 24 hours (not
    confirmed by its own pages); a retry with a token of its own is handled again.

    Args:
        client_id: your Plaid client id.
        secret: your API secret of that environment; several while it is rotated.
        environment: whose webhooks these are.
        tolerance_seconds: how far the time of signing may be from ours, in both directions.
        **options: see `InboundOptions`.

    Raises:
        ConfigurationError: an option is wrong; in one sentence that names the mend.
    """
    keys = PublishedKeys(client_id, f"{environment}.plaid.com", tolerance_seconds)
    signature: SignatureDict = {**SIGNATURE, "secret": secret, "verify": keys.verify}
    return declare_inbound(PROVIDER, signature, options, default_name="plaid")
