"""The verbs that declare webhooks, one per provider, and ``custom`` for everybody else."""

from dataclasses import replace
from typing import Unpack

from layeron.declaration import InboundOptions, InboundWebhook, declare_inbound
from layeron.errors import ConfigurationError
from layeron.locator import Locator, LocatorLike, parse_locator
from layeron.provider import CUSTOM
from layeron.providers.asana import asana
from layeron.providers.discord import discord
from layeron.providers.dropbox import dropbox
from layeron.providers.figma import figma
from layeron.providers.github import github
from layeron.providers.line import line
from layeron.providers.meta import meta
from layeron.providers.monday import monday
from layeron.providers.notion import notion
from layeron.providers.okta import okta
from layeron.providers.slack import slack
from layeron.providers.sns import sns
from layeron.providers.standard import standard
from layeron.providers.stripe import stripe
from layeron.providers.telegram import telegram
from layeron.providers.twitch import twitch
from layeron.providers.whatsapp import whatsapp
from layeron.providers.x import x
from layeron.providers.xero import xero
from layeron.providers.zoom import zoom
from layeron.signing.rule import Signature, SignatureDict

__all__ = [
    "asana",
    "custom",
    "discord",
    "dropbox",
    "figma",
    "github",
    "line",
    "meta",
    "monday",
    "notion",
    "okta",
    "slack",
    "sns",
    "standard",
    "stripe",
    "telegram",
    "twitch",
    "whatsapp",
    "x",
    "xero",
    "zoom",
]


def custom(
    *,
    signature: Signature | SignatureDict,
    event_type: LocatorLike | None = None,
    event_id: LocatorLike | None = None,
    **options: Unpack[InboundOptions],
) -> InboundWebhook:
    """Receive from any provider, by a signature rule of your own.

    Args:
        signature: how its requests are signed.
        event_type: where the type of an event is, such as ``header.x-event`` or ``body.kind``;
            without it, ``type``, ``event`` or ``event_type`` of the body.
        event_id: where the provider's id of an event is; several places are joined; without it,
            ``id``, ``event_id`` or ``eventId`` of the body.
        **options: see `InboundOptions`; ``name`` is required.

    Raises:
        ConfigurationError: an option is wrong; in one sentence that names the mend.
    """
    provider = replace(
        CUSTOM,
        event_type=_located("event_type", event_type, CUSTOM.event_type, options),
        event_id=_located("event_id", event_id, CUSTOM.event_id, options),
    )
    return declare_inbound(provider, signature, options, default_name=None)


def _located(
    option: str, value: LocatorLike | None, default: Locator, options: InboundOptions
) -> Locator:
    try:
        return default if value is None else parse_locator(value)
    except TypeError:
        mend = "write a place such as 'body.type', a list of places, or a function"
    except ValueError as error:
        mend = str(error)
    raise ConfigurationError(f"webhook {options.get('name')!r}: option {option!r}: {mend}.")
