"""The connection to Temporal, by our settings and Temporal's own (`TEMPORAL_*`, profiles, TLS)."""

import re

from temporalio.client import Client
from temporalio.envconfig import ClientConfig

from layeron.adapters.temporal.converter import DATA_CONVERTER
from layeron.errors import ConfigurationError, EngineUnavailableError
from layeron.settings import Settings

_REASON = re.compile(r'message: "([^"]*)"')
"""Where Rust, which the client is written in, tells the reason among other things."""


async def connect(settings: Settings, *, lazy: bool = True) -> Client:
    """Make the client; a lazy one connects at its first call, so we start while Temporal is down.

    Raises:
        ConfigurationError: Temporal's own settings cannot be read.
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
    try:
        return await Client.connect(**options, data_converter=DATA_CONVERTER, lazy=lazy)  # type: ignore[arg-type]  # the typed dict lost its types in the union
    except RuntimeError as error:
        reason = _REASON.findall(str(error)) or [str(error)]
        raise EngineUnavailableError(
            f"Temporal cannot be reached at {target}: {reason[-1]}"
        ) from error
