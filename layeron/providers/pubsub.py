"""Google Cloud Pub/Sub: https://docs.cloud.google.com/pubsub/docs/authenticate-push-subscriptions."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Unpack

from layeron.declaration import InboundOptions, InboundWebhook, declare_inbound
from layeron.errors import ConfigurationError
from layeron.locator import Locator
from layeron.options import Dedupe
from layeron.provider import Provider
from layeron.providers.samples import pubsub as samples
from layeron.request import Request
from layeron.signing.context import VerificationContext
from layeron.signing.jwt import Terms, key_of_set, proven_claims, signed_token, unproven
from layeron.signing.rule import SignatureDict
from layeron.signing.writing import with_headers

KEYS = "https://www.googleapis.com/oauth2/v3/certs"
HOSTS = r"www\.googleapis\.com"
TEST_KEY_ID = "test"
_ALGORITHM = "RS256"
_LEEWAY_SECONDS = 60
_ISSUERS = frozenset({"https://accounts.google.com", "accounts.google.com"})


@dataclass(frozen=True, slots=True)
class PushIdentity:
    """Whom a push subscription says it is; the token in the request must name the same."""

    audience: str
    service_accounts: tuple[str, ...]

    async def verify(self, context: VerificationContext) -> bool:
        """Whether Google issued the token, for this audience, to one of these accounts."""
        terms = Terms(
            algorithm=_ALGORITHM,
            required=("iat", "exp"),
            audience=self.audience,
            issuers=_ISSUERS,
            leeway_seconds=_LEEWAY_SECONDS,
        )
        token, now = context.signature or "", context.now
        key_set = await context.documents.get(KEYS, hosts=HOSTS)
        key = key_of_set(key_set, unproven(token, terms, now=now).key_id)
        claims = proven_claims(token, key, terms, now=now)
        return claims.get("email") in self.service_accounts and claims.get("email_verified") is True

    def sign(self, request: Request, private_key: str, now: datetime) -> Request:
        """The request with a token such as Google's, by a private key of the test's own."""
        seconds = int(now.timestamp())
        claims = {
            "aud": self.audience,
            "azp": "113774264463038321964",
            "email": self.service_accounts[0],
            "email_verified": True,
            "exp": seconds + 3600,
            "iat": seconds,
            "iss": "https://accounts.google.com",
            "sub": "113774264463038321964",
        }
        token = signed_token(claims, private_key, _ALGORITHM, TEST_KEY_ID)
        return with_headers(request, [("authorization", f"Bearer {token}")])


# Authorization: Bearer eyJhbGciOiJSUzI1NiIs…  (a token that Google signs; the body is not covered)
SIGNATURE: SignatureDict = {"header": "authorization", "prefix": "Bearer "}

PROVIDER = Provider(
    name="pubsub",
    event_id=Locator(("body.message.messageId",)),
    dedupe=Dedupe(ttl=timedelta(days=8)),
)


def pubsub(
    *,
    audience: str,
    service_account: str | Sequence[str],
    event_type_attribute: str = samples.TYPE_ATTRIBUTE,
    **options: Unpack[InboundOptions],
) -> InboundWebhook:
    """Receive from a push subscription: https://docs.cloud.google.com/pubsub/docs/push.

    Turn on authentication for the subscription, and leave payload unwrapping off. The token that
    Google signs for the service account is verified with Google's published keys; while those
    cannot be fetched, the sender is asked to try again. It proves where a request comes from, but
    nothing about its body.

    The event type is an attribute of the message, the event id its ``messageId``. Pub/Sub tries
    until the subscription's retention is over, seven days unless it says otherwise, so a repeat
    counts as a duplicate for eight.

    Args:
        audience: what the subscription was given as audience; without one there, the push
            endpoint's URL, exactly.
        service_account: the email of the account the subscription authenticates as; or several.
        event_type_attribute: which attribute of a message is its type; ``eventType`` is the one
            of Cloud Storage.
        **options: see `InboundOptions`.

    Raises:
        ConfigurationError: an option is wrong; in one sentence that names the mend.
    """
    several = (service_account,) if isinstance(service_account, str) else tuple(service_account)
    if not (audience and all(several) and several):
        raise ConfigurationError(
            f"webhook {options.get('name', 'pubsub')!r}: audience and service_account say whose"
            " requests to accept; write both as the subscription has them."
        )
    identity = PushIdentity(audience, several)
    place = f"body.message.attributes.{event_type_attribute}"
    sample = partial(samples.sample, attribute=event_type_attribute)
    provider = replace(PROVIDER, event_type=Locator((place,)), sample=sample)
    signature: SignatureDict = {**SIGNATURE, "verify": identity.verify, "sign": identity.sign}
    return declare_inbound(provider, signature, options, default_name="pubsub")
