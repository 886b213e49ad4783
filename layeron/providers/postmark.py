"""Postmark: https://postmarkapp.com/developer/webhooks/webhooks-overview."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Unpack

from layeron.declaration import InboundOptions, InboundWebhook, declare_inbound
from layeron.event import Response
from layeron.locator import Locator, first_of
from layeron.options import Dedupe
from layeron.payload import Payload
from layeron.provider import Provider
from layeron.providers.samples import postmark as samples
from layeron.request import Request
from layeron.secrets import Secret
from layeron.signing.rule import SignatureDict

# Authorization: Basic dXNlcjpwYXNzd29yZA==  (of https://user:password@… as the webhook's URL)
SIGNATURE: SignatureDict = {"algorithm": "basic"}

_MESSAGE = Locator(("body.MessageID",))
_INSTANCE = Locator(
    function=first_of("body.ID", "body.ReceivedAt", "body.DeliveredAt", "body.ChangedAt")
)


def record_type(_request: Request, payload: Payload) -> str | None:
    """The type of an event; a received message carries none."""
    if not isinstance(payload, dict):
        return None
    kind = payload.get("RecordType", "Inbound")
    return kind if isinstance(kind, str) else None


def record_id(request: Request, payload: Payload) -> str | None:
    """What tells one event of a message from the others: its id, or when it happened."""
    kind, message = record_type(request, payload), _MESSAGE.find(request, payload)
    if kind is None or message is None:
        return None
    return ":".join(each for each in (kind, message, _INSTANCE.find(request, payload)) if each)


PROVIDER = Provider(
    name="postmark",
    event_type=Locator(function=record_type),
    event_id=Locator(function=record_id),
    dedupe=Dedupe(ttl=timedelta(days=1)),
    accepted=Response(),
    sample=samples.sample,
)


def postmark(
    *,
    secret: Secret | Sequence[Secret] = (),
    **options: Unpack[InboundOptions],
) -> InboundWebhook:
    """Receive from Postmark: https://postmarkapp.com/developer/webhooks/webhooks-overview.

    The event type is ``RecordType`` of the body (``Bounce``), ``Inbound`` for a received message.
    There is no event id: type, ``MessageID`` and the id or time of what happened stand in for it.
    Postmark wants just a 200 and tries ten more times over ten and a half hours for received
    messages, less often for others, so a repeat counts as a duplicate for a day.

    Postmark signs nothing: who knows user and password can send anything.

    Args:
        secret: ``user:password``, as in the webhook's URL at Postmark; several while it is changed.
        **options: see `InboundOptions`.

    Raises:
        ConfigurationError: an option is wrong; in one sentence that names the mend.
    """
    signature: SignatureDict = {**SIGNATURE, "secret": secret}
    return declare_inbound(PROVIDER, signature, options, default_name="postmark")
