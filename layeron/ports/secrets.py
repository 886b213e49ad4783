"""Port: where the values of secrets come from."""

from collections.abc import Sequence
from typing import Protocol

from layeron.secrets import Secret, SecretValue


class SecretSource(Protocol):
    """Resolves a declared secret to its live values."""

    async def values(self, secret: Secret) -> Sequence[SecretValue]:
        """The live values, newest first: the current one and, after a rotation, the previous one.

        Raises:
            SecretUnavailableError: it has no value, or the store does not answer and nothing
                recent enough is remembered.
        """
        ...

    async def close(self) -> None:
        """Let go of connections."""
        ...
