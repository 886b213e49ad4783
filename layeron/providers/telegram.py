"""Telegram: https://core.telegram.org/bots/api#setwebhook."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Unpack

from layeron.declaration import InboundOptions, InboundWebhook, declare_inbound
from layeron.locator import Locator
from layeron.options import Dedupe
from layeron.payload import Payload
from layeron.provider import Provider
from layeron.providers.handshakes import fields_of
from layeron.providers.samples import telegram as samples
from layeron.request import Request
from layeron.secrets import Secret
from layeron.signing.rule import SignatureDict

# X-Telegram-Bot-Api-Secret-Token: the secret_token you gave to setWebhook
SIGNATURE: SignatureDict = {"algorithm": "token", "header": "x-telegram-bot-api-secret-token"}


def _event_type(_request: Request, payload: Payload) -> str | None:
    return next((each for each in fields_of(payload) if each != "update_id"), None)


PROVIDER = Provider(
    name="telegram",
    event_type=Locator(function=_event_type),
    event_id=Locator(("body.update_id",)),
    dedupe=Dedupe(ttl=timedelta(days=2)),
    sample=samples.sample,
)


def telegram(
    *, secret: Secret | Sequence[Secret] = (), **options: Unpack[InboundOptions]
) -> InboundWebhook:
    """Receive a bot's updates from Telegram: https://core.telegram.org/bots/api#update.

    The event type is the kind of update (``message``, ``callback_query``), the event id its
    ``update_id``. Telegram tries again until it is answered, and keeps an update for 24 hours (not
    confirmed by the provider's own pages), so a repeat counts as a duplicate for two days. It signs
    nothing: the token is all that tells Telegram from a stranger.

    Args:
        secret: the ``secret_token`` given to ``setWebhook``; several while it is changed.
        **options: see `InboundOptions`.

    Raises:
        ConfigurationError: an option is wrong; in one sentence that names the mend.
    """
    signature: SignatureDict = {**SIGNATURE, "secret": secret}
    return declare_inbound(PROVIDER, signature, options, default_name="telegram")
