"""What the application declares, as commands in another terminal find it."""

from collections.abc import Sequence
from pathlib import Path

from layeron.adapters.secret_sources import open_secret_source
from layeron.application import Backend
from layeron.declaration import InboundWebhook
from layeron.errors import ConfigurationError
from layeron.live_secrets import live_values
from layeron.loading import load_app
from layeron.local import LocalService
from layeron.secrets import SecretValue
from layeron.settings import Settings


def load_declared(settings: Settings) -> Backend:
    """The application that was named, else that of the local service."""
    local = LocalService.of(settings.data_dir)
    if settings.app or local.folder is None:
        return load_app(settings.app)
    return load_app(local.app, folder=Path(local.folder))


def find_webhook(app: Backend, wanted: str) -> InboundWebhook:
    """The webhook of this name, or the only one of this provider.

    Raises:
        ConfigurationError: there is none, or several.
    """
    named = [
        each for each in app.webhooks if wanted in {each.name, f"{each.namespace}/{each.name}"}
    ]
    found = named or [each for each in app.webhooks if each.provider.name == wanted]
    if len(found) == 1:
        return found[0]
    if found:
        names = ", ".join(f"{each.namespace}/{each.name}" for each in found)
        raise ConfigurationError(f"several webhooks fit {wanted!r}; name one of {names}.")
    known = ", ".join(each.name for each in app.webhooks) or "none"
    raise ConfigurationError(f"no webhook fits {wanted!r}; this application declares: {known}.")


async def values_here(webhook: InboundWebhook, settings: Settings) -> Sequence[SecretValue]:
    """Every live value of a webhook's secrets, from where the settings say.

    Raises:
        SecretUnavailableError: none of them has one here.
    """
    source = open_secret_source(settings.secrets, settings.data_dir, settings.secrets_refresh)
    try:
        return await live_values(source, webhook.secrets)
    finally:
        await source.close()
