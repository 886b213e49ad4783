"""Contentful: https://www.contentful.com/developers/docs/webhooks/request-verification/."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Unpack
from urllib.parse import quote

from layeron.declaration import InboundOptions, InboundWebhook, declare_inbound
from layeron.locator import Locator
from layeron.options import Dedupe
from layeron.provider import Provider
from layeron.providers.samples import contentful as samples
from layeron.secrets import Secret
from layeron.signing.context import VerificationContext
from layeron.signing.rule import SignatureDict

_LIST = "x-contentful-signed-headers"
_TIME = "x-contentful-timestamp"
_UNESCAPED_IN_A_PATH = "!#$&'()*+,-./:;=?@_~"  # what JavaScript's encodeURI leaves as it is
_UNESCAPED_IN_A_QUERY = "!'()*-._~"  # and what its querystring.escape does


def canonical_request(context: VerificationContext) -> bytes:
    """Method, path, the listed headers and the body, a line each.

    Raises:
        ValueError: the list lacks the time of signing or itself, so that anybody could change it.
    """
    names = context.headers.get(_LIST, "").split(",")
    if not {_LIST, _TIME} <= set(names):
        raise ValueError(names)
    values = [(name, context.headers.getall(name, [""])) for name in names]
    headers = ";".join(f"{name}:{', '.join(each).strip()}" for name, each in sorted(values))
    path = context.path
    if context.request.query_string:
        path += "?" + quote(context.request.query_string, _UNESCAPED_IN_A_QUERY)
    head = f"{context.method}\n{quote(path, _UNESCAPED_IN_A_PATH)}\n{headers}\n"
    return head.encode("latin-1", "replace") + context.raw_body


# x-contentful-signature: 5257a869…   x-contentful-timestamp: 1690000000000
# x-contentful-signed-headers: x-contentful-signed-headers,x-contentful-timestamp,x-contentful-topic
SIGNATURE: SignatureDict = {
    "header": "x-contentful-signature",
    "timestamp_header": _TIME,
    "timestamp_format": "unix-ms",
    "signed_payload": canonical_request,
}

PROVIDER = Provider(
    name="contentful",
    event_type=Locator(("header.x-contentful-topic",)),
    event_id=Locator(("header.x-contentful-idempotency-key",)),
    dedupe=Dedupe(ttl=timedelta(days=4)),
    sample=samples.sample,
)


def contentful(
    *,
    secret: Secret | Sequence[Secret] = (),
    tolerance_seconds: float | None = 30,
    **options: Unpack[InboundOptions],
) -> InboundWebhook:
    """Receive from Contentful: https://www.contentful.com/developers/docs/webhooks/.

    The event type is ``X-Contentful-Topic`` (``ContentManagement.Entry.publish``), the event id
    ``X-Contentful-Idempotency-Key``. Contentful tries three times in a minute, or as often as the
    space's retry policy says, for 24 hours at most; a repeat counts as a duplicate for four days.
    The path is signed: it must reach the service as Contentful calls it.

    Args:
        secret: the space's signing secret for webhooks (64 characters); several while it is
            rotated.
        tolerance_seconds: how far the time of signing may be from ours, in both directions;
            Contentful's own library allows half a minute.
        **options: see `InboundOptions`.

    Raises:
        ConfigurationError: an option is wrong; in one sentence that names the mend.
    """
    signature: SignatureDict = {
        **SIGNATURE,
        "secret": secret,
        "tolerance_seconds": tolerance_seconds,
    }
    return declare_inbound(PROVIDER, signature, options, default_name="contentful")
