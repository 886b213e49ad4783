"""Figma: https://developers.figma.com/docs/rest-api/webhooks-security/."""

import hashlib
from collections.abc import Sequence
from datetime import timedelta
from typing import Unpack

from layeron.declaration import InboundOptions, InboundWebhook, declare_inbound
from layeron.locator import Locator
from layeron.options import Dedupe
from layeron.payload import Payload
from layeron.provider import Provider
from layeron.providers.handshakes import OK, fields_of
from layeron.providers.samples import figma as samples
from layeron.request import Request
from layeron.secrets import Secret
from layeron.signing.rule import SignatureDict
from layeron.signing.writing import json_bytes

# {"passcode": "…", …}: there is no signature
SIGNATURE: SignatureDict = {"algorithm": "token", "body_field": "passcode"}

_NOT_THE_EVENTS_OWN = {"passcode", "retries"}


def _event_id(_request: Request, payload: Payload) -> str | None:
    fields = fields_of(payload)
    event = {name: fields[name] for name in sorted(fields.keys() - _NOT_THE_EVENTS_OWN)}
    return hashlib.sha256(json_bytes(event)).hexdigest()


PROVIDER = Provider(
    name="figma",
    event_type=Locator(("body.event_type",)),
    event_id=Locator(function=_event_id),
    dedupe=Dedupe(ttl=timedelta(days=1)),
    accepted=OK,
    sample=samples.sample,
)


def figma(
    *, secret: Secret | Sequence[Secret] = (), **options: Unpack[InboundOptions]
) -> InboundWebhook:
    """Receive from Figma: https://developers.figma.com/docs/rest-api/webhooks/.

    The event type is ``event_type`` of the body (``FILE_UPDATE``); a new webhook begins with
    ``PING``. Figma gives an event no id, so a SHA-256 stands for it: of the body without its
    passcode and its count of retries.

    Figma tries three times more, after 5 minutes, 30 minutes and 3 hours (not confirmed by the
    provider's own pages), so a repeat counts as a duplicate for a day. It signs nothing: the
    passcode is all that tells Figma from a stranger, and it stays in the body that is kept. A
    wrong passcode is answered 401; a 400, which Figma advises, would end the webhook for good.

    Args:
        secret: the passcode given when the webhook was created; several while it is changed.
        **options: see `InboundOptions`.

    Raises:
        ConfigurationError: an option is wrong; in one sentence that names the mend.
    """
    signature: SignatureDict = {**SIGNATURE, "secret": secret}
    return declare_inbound(PROVIDER, signature, options, default_name="figma")
