"""Which source of secrets a location names."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Final

from layeron.adapters.environment import EnvironmentSecrets
from layeron.errors import ConfigurationError
from layeron.ports.secrets import SecretSource

FILE_NAME: Final = "secrets.json"
_PROJECT: Final = re.compile(r"gcp://(?P<project>[a-z0-9.:-]{1,100})/?")


def open_secret_source(location: str, data_dir: Path, refresh: timedelta) -> SecretSource:
    """Open ``environment`` (with the file in the data folder) or ``gcp://PROJECT``.

    Raises:
        ConfigurationError: the location is neither.
    """
    if location == "environment":
        return EnvironmentSecrets(data_dir / FILE_NAME)
    google = _PROJECT.fullmatch(location)
    if google is None:
        raise ConfigurationError(
            f"LAYERON_SECRETS: {location!r} is not a source of secrets; write environment or"
            " gcp://PROJECT."
        )
    from layeron.adapters.secret_manager import (  # noqa: PLC0415  # Google's client loads slowly
        SecretManagerSecrets,
    )

    return SecretManagerSecrets(google["project"], refresh=refresh)
