"""A secret as declared (a name, never a value) and as resolved (a value, never printed)."""

import re
from dataclasses import dataclass, field

from layeron.errors import ConfigurationError

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,199}")


@dataclass(frozen=True, slots=True)
class Secret:
    """A reference to a secret that lives in the secret store of the deployment."""

    name: str
    namespace: str = "default"


ENCRYPTION_KEY = Secret("LAYERON_ENCRYPTION_KEY")
"""What generated signing secrets of endpoints are encrypted with where they are kept."""


@dataclass(frozen=True, slots=True)
class SecretValue:
    """One live value of a secret.

    Attributes:
        secret: the reference it was resolved from.
        version: which version of the secret this is, such as ``latest`` or ``3``; safe to show.
        value: the secret itself; kept out of ``repr``.
    """

    secret: Secret
    version: str
    value: str = field(repr=False)


def secret(name: str, namespace: str = "default") -> Secret:
    """Refer to a secret by name; its value is looked up when it is needed.

    Locally the value comes from the environment variable of that name or from
    ``layeron secrets set NAME``; on Google Cloud from Secret Manager.

    Raises:
        ConfigurationError: the name or the namespace has characters a store refuses.
    """
    for label, text in (("name", name), ("namespace", namespace)):
        if not _NAME.fullmatch(text):
            raise ConfigurationError(
                f"secret {name!r}: the {label} {text!r} must start with a letter and hold only"
                " letters, digits, '_' and '-'."
            )
    return Secret(name, namespace)
