"""The connection to Temporal, by our settings and Temporal's own (`TEMPORAL_*`, profiles, TLS)."""

import re

from temporalio.client import Client
from temporalio.envconfig import ClientConfig

from layeron.adapters.temporal.codec import open_codec
from layeron.adapters.temporal.converter import converter_with
from layeron.adapters.temporal.tracing import tracing_interceptors
from layeron.errors import ConfigurationError, EngineUnavailableError
from layeron.ports.secrets import SecretSource
from layeron.settings import Settings

_REASON = re.compile(r'message: "([^"]*)"')
"""Where Rust, which the client is written in, tells the reason among other things."""


async def connect(settings: Settings, secrets: SecretSource, *, lazy: bool = True) -> Client:
    """Make the client; a lazy one connects at its first call, so we start while Temporal is down.

    Raises:
        ConfigurationError: Temporal's own settings cannot be read.
        SecretUnavailableError: there is no key for the codec that the settings name.
        EngineUnavailableError: Temporal cannot be reached, if it is not a lazy one.
    """
    try:
        config = ClientConfig.load_client_connect_config()
    except (RuntimeError, ValueError, OSError) as error:
        raise ConfigurationError(
            f"the TEMPORAL_* settings cannot be read ({error}); see `temporal env` or unset them."
        ) from error
    target = settings.temporal_address or config.get("target_host") or "127.0.0.1:7233"
    options = {**config, "target_host": target}
    if settings.temporal_namespace:
        options["namespace"] = settings.temporal_namespace
    codec = open_codec(settings, secrets, str(options.get("namespace") or "default"))
    await codec.check()
    try:
        return await Client.connect(
            **options,  # type: ignore[arg-type]  # the typed dict lost its types in the union
            data_converter=converter_with(codec),
            interceptors=tracing_interceptors(),
            lazy=lazy,
        )
    except RuntimeError as error:
        reason = _REASON.findall(str(error)) or [str(error)]
        raise EngineUnavailableError(
            f"Temporal cannot be reached at {target}: {reason[-1]}"
        ) from error
