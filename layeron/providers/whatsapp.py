"""WhatsApp: https://developers.facebook.com/docs/whatsapp/cloud-api/guides/set-up-webhooks."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Unpack

from layeron.declaration import InboundOptions, InboundWebhook, declare_inbound
from layeron.locator import Locator
from layeron.options import Dedupe
from layeron.payload import Payload
from layeron.providers import meta
from layeron.providers.batches import BATCH
from layeron.providers.handshakes import fields_of, list_of
from layeron.providers.samples import whatsapp as samples
from layeron.request import Request
from layeron.secrets import Secret
from layeron.signing.rule import SignatureDict


def _event_type(_request: Request, payload: Payload) -> str | None:
    kinds: set[str] = set()
    for change in meta.items_of(payload, "changes"):
        match change:
            case {"field": "messages", "value": {"statuses": _}}:
                kinds.add("statuses")
            case {"field": str(field)}:
                kinds.add(field)
            case _:
                pass
    return kinds.pop() if len(kinds) == 1 else BATCH if kinds else None


def _event_id(request: Request, payload: Payload) -> str | None:
    return ",".join(_ids(payload)) or request.body_sha256


def _ids(payload: Payload) -> Iterator[str]:
    for change in meta.items_of(payload, "changes"):
        value = fields_of(fields_of(change).get("value"))
        for name in ("messages", "statuses"):
            for item in list_of(value.get(name)):
                match item:
                    case {"id": str(found), "status": str(status)}:
                        yield f"{found}:{status}"
                    case {"id": str(found)}:
                        yield found
                    case _:
                        pass


PROVIDER = replace(
    meta.PROVIDER,
    name="whatsapp",
    event_type=Locator(function=_event_type),
    event_id=Locator(function=_event_id),
    dedupe=Dedupe(ttl=timedelta(days=8)),
    sample=samples.sample,
)


def whatsapp(
    *,
    secret: Secret | Sequence[Secret] = (),
    verify_token: Secret | None = None,
    **options: Unpack[InboundOptions],
) -> InboundWebhook:
    """Receive from WhatsApp: https://developers.facebook.com/docs/whatsapp/cloud-api.

    The event type is ``messages`` for what users write, ``statuses`` for what became of your own
    messages, else the ``field`` that changed; ``batch`` where one request has several. The event
    id is that of the message (``wamid.…``), with the status behind it; of several, a digest. Where
    there is none, it is the body's SHA-256.

    WhatsApp tries again for up to seven days, so a repeat counts as a duplicate for eight.

    Args:
        secret: the app secret; several while it is changed.
        verify_token: the token that you enter beside the address; needed when it is registered.
        **options: see `InboundOptions`.

    Raises:
        ConfigurationError: an option is wrong; in one sentence that names the mend.
    """
    provider = meta.verified_by(PROVIDER, verify_token)
    signature: SignatureDict = {**meta.SIGNATURE, "secret": secret}
    return declare_inbound(provider, signature, options, default_name="whatsapp")
