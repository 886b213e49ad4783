"""Twilio: https://www.twilio.com/docs/usage/security#validating-requests."""

import re
from collections.abc import Sequence
from datetime import timedelta
from typing import Unpack
from urllib.parse import urlsplit

from layeron.declaration import InboundOptions, InboundWebhook, declare_inbound
from layeron.event import Response
from layeron.locator import Locator, first_of
from layeron.options import Dedupe
from layeron.payload import Payload
from layeron.provider import Provider
from layeron.providers.samples import twilio as samples
from layeron.request import Request
from layeron.secrets import Secret
from layeron.signing.context import VerificationContext
from layeron.signing.rule import SignatureDict
from layeron.signing.template import parse_template
from layeron.signing.wire import is_form, wire_bytes

_FORM = parse_template("{form}")
_DEFAULT_PORTS = {"http": 80, "https": 443}


def signed_content(context: VerificationContext) -> bytes:
    """The URL, and the fields of a form by name.

    Of any other body the URL holds the hash as ``bodySHA256``; the real one is put in its place.
    """
    return wire_bytes(_url(context.request)) + _FORM.render(context.request, "")


def with_other_port(context: VerificationContext) -> bytes:
    """The same, with the usual port where the URL names none, and without where it does."""
    url = _url(context.request)
    parts = urlsplit(url)
    host, _, _ = parts.netloc.rpartition(":")
    other = host if parts.port else f"{parts.netloc}:{_DEFAULT_PORTS[parts.scheme]}"
    return wire_bytes(url.replace(parts.netloc, other, 1)) + _FORM.render(context.request, "")


def _url(request: Request) -> str:
    url = request.url
    if request.query_string and "?" not in url:
        url += f"?{request.query_string}"
    if not request.body or is_form(request.headers.get("content-type", "")):
        return url
    hashed = f"bodySHA256={request.body_sha256}"
    url, found = re.subn(r"(?<=[?&])bodySHA256=[^&]*", hashed, url)
    return url if found else f"{url}{'&' if '?' in url else '?'}{hashed}"


# X-Twilio-Signature: 0/KCTR6DLpKmkAf8muzZqo1nDgQ=  (SHA-256 where a SharedKey signs)
SIGNATURE: SignatureDict = {
    "algorithm": "hmac-sha1",
    "header": "x-twilio-signature",
    "encoding": "base64",
    "signed_payload": signed_content,
}
VARIANTS: Sequence[SignatureDict] = (
    {**SIGNATURE, "signed_payload": with_other_port},
    {**SIGNATURE, "algorithm": "hmac-sha256"},
    {**SIGNATURE, "algorithm": "hmac-sha256", "signed_payload": with_other_port},
)

_KINDS = {
    "EventType": "",
    "RecordingStatus": "recording.",
    "MessageStatus": "message.",
    "SmsStatus": "message.",
    "CallStatus": "call.",
}


def event_type(_request: Request, payload: Payload) -> str | None:
    """What the status is of, and the status."""
    fields = payload if isinstance(payload, dict) else {}
    found = (f"{kind}{fields[name]}" for name, kind in _KINDS.items() if name in fields)
    return next(found, None)


PROVIDER = Provider(
    name="twilio",
    event_type=Locator(function=event_type),
    event_id=Locator(function=first_of("header.i-twilio-idempotency-token", "body_hash")),
    dedupe=Dedupe(ttl=timedelta(days=1)),
    accepted=Response("<Response/>", headers={"content-type": "text/xml"}),
    sample=samples.sample,
)


def twilio(
    *, secret: Secret | Sequence[Secret] = (), **options: Unpack[InboundOptions]
) -> InboundWebhook:
    """Receive from Twilio: https://www.twilio.com/docs/usage/webhooks.

    Twilio sends no type: it is made of what the request is about and its status
    (``message.delivered``, ``call.completed``), or is ``EventType`` (``onMessageAdded``). The event
    id is ``I-Twilio-Idempotency-Token`` (not confirmed by Twilio's own pages), or else the hash of
    the body. Twilio tries again only if a webhook's settings say so; a repeat counts as a duplicate
    for a day. It is answered with TwiML that does nothing; with ``queue=False`` a handler answers.

    The signature covers the URL, just as it is written at Twilio: declare the webhook with that
    ``url``, and choose ``POST``.

    Args:
        secret: the account's auth token; several while it is changed, or with SharedKeys.
        **options: see `InboundOptions`.

    Raises:
        ConfigurationError: an option is wrong; in one sentence that names the mend.
    """
    others: list[SignatureDict] = [{**each, "secret": secret} for each in VARIANTS]
    signature: SignatureDict = {**SIGNATURE, "secret": secret, "also": others}
    return declare_inbound(PROVIDER, signature, options, default_name="twilio")
