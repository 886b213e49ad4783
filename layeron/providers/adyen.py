"""Adyen: https://docs.adyen.com/development-resources/webhooks/secure-webhooks/verify-hmac-signatures."""

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Unpack

from layeron.declaration import InboundOptions, InboundWebhook, declare_inbound
from layeron.event import Response
from layeron.locator import Locator
from layeron.options import Dedupe
from layeron.payload import Json, Payload, parse_payload
from layeron.provider import Provider
from layeron.providers.batches import joint_id, shared_type
from layeron.providers.samples import adyen as samples
from layeron.request import Request
from layeron.secrets import Secret
from layeron.signing.context import VerificationContext
from layeron.signing.encoding import CODECS
from layeron.signing.keys import decode_secret
from layeron.signing.rule import SignatureDict
from layeron.signing.wire import wire_bytes
from layeron.signing.writing import json_bytes

_SIGNED = (
    "pspReference",
    "originalReference",
    "merchantAccountCode",
    "merchantReference",
    "amount.value",
    "amount.currency",
    "eventCode",
    "success",
)


def all_items_are_signed(context: VerificationContext) -> bool:
    """Whether every item of the request carries its own right signature."""
    items = _items(parse_payload(context.raw_body, "application/json"))
    proofs = [
        hmac.compare_digest(wire_bytes(_given(item)), _proof(item, context.secret).encode())
        for item in items
    ]
    return all(proofs) if proofs else False


def sign_items(request: Request, secret: str, _now: datetime) -> Request:
    """The request with each item signed."""
    payload = parse_payload(request.body, "application/json")
    for item in _items(payload):
        more = item.get("additionalData")
        kept = more if isinstance(more, dict) else {}
        item["additionalData"] = {**kept, "hmacSignature": _proof(item, secret)}
    return replace(request, body=json_bytes(payload))


def _items(payload: Payload) -> list[dict[str, Json]]:
    """The items; empty where anything else is among them, so that nothing goes unchecked."""
    listed = payload.get("notificationItems") if isinstance(payload, dict) else None
    wraps = listed if isinstance(listed, list) else []
    items = [each.get("NotificationRequestItem") for each in wraps if isinstance(each, dict)]
    known = [each for each in items if isinstance(each, dict)]
    return known if len(known) == len(wraps) else []


def _given(item: Mapping[str, Json]) -> str:
    more = item.get("additionalData")
    given = more.get("hmacSignature") if isinstance(more, dict) else None
    return given if isinstance(given, str) else ""


def _proof(item: Mapping[str, Json], secret: str) -> str:
    message = ":".join(_text(item, field) for field in _SIGNED)
    digest = hmac.digest(decode_secret(secret, "hex"), message.encode(), "sha256")
    return CODECS["base64"].encode(digest)


def _text(item: Mapping[str, Json], field: str) -> str:
    outer, _, inner = field.partition(".")
    value = item.get(outer)
    if inner:
        value = value.get(inner) if isinstance(value, dict) else None
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, str | int) else ""


# {"notificationItems": [{"NotificationRequestItem": {"additionalData": {"hmacSignature": "co…="}, …
STANDARD: SignatureDict = {"verify": all_items_are_signed, "sign": sign_items}
# HmacSignature: 9zuKJ8yT…=  (platforms and management: over the body)
PLATFORM: SignatureDict = {
    "header": "hmacsignature",
    "encoding": "base64",
    "secret_encoding": "hex",
}

_ITEM = "NotificationRequestItem"
_CODE = shared_type("notificationItems", f"{_ITEM}.eventCode")
_ID = joint_id(
    "notificationItems", f"{_ITEM}.pspReference", f"{_ITEM}.eventCode", f"{_ITEM}.success"
)


def event_type(request: Request, payload: Payload) -> str | None:
    """The code of the items, or the type of a platform's event."""
    return _CODE.find(request, payload) or Locator(("body.type",)).find(request, payload)


def event_id(request: Request, payload: Payload) -> str | None:
    """What the items are about, or the hash of a platform's event."""
    return _ID.find(request, payload) or request.body_sha256


PROVIDER = Provider(
    name="adyen",
    event_type=Locator(function=event_type),
    event_id=Locator(function=event_id),
    dedupe=Dedupe(ttl=timedelta(days=8)),
    accepted=Response("[accepted]", status=202),
    sample=samples.sample,
)


def adyen(
    *, secret: Secret | Sequence[Secret] = (), **options: Unpack[InboundOptions]
) -> InboundWebhook:
    """Receive from Adyen: https://docs.adyen.com/development-resources/webhooks.

    Standard webhooks carry a list of items, each with a signature of its own, and all are checked.
    The event type is their ``eventCode`` (``AUTHORISATION``), or ``batch`` where they differ; the
    event id is ``pspReference``, ``eventCode`` and ``success``, or a digest of those of all items.
    A signature covers those three, the other references, the account and the amount: nothing else.

    Webhooks of platforms and of the management API are signed as a whole. Their event type is
    ``type`` of the body (``balancePlatform.transfer.created``), the hash of the body stands in for
    an id.

    Adyen wants a 2xx in ten seconds, older accounts the text ``[accepted]``: both are answered. It
    tries for a week (not confirmed by its own pages), so a repeat counts as a duplicate for eight
    days.

    Args:
        secret: the webhook's HMAC key in hexadecimal; several while it is changed.
        **options: see `InboundOptions`.

    Raises:
        ConfigurationError: an option is wrong; in one sentence that names the mend.
    """
    shared: SignatureDict = {"secret": secret}
    signature: SignatureDict = {**STANDARD, **shared, "also": [{**PLATFORM, **shared}]}
    return declare_inbound(PROVIDER, signature, options, default_name="adyen")
