"""Secrets from environment variables, or from the file that ``layeron secrets set`` writes."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from layeron.adapters.secret_file import PREVIOUS, SecretFile, variable_name
from layeron.errors import SecretUnavailableError
from layeron.secrets import Secret, SecretValue


class EnvironmentSecrets:
    """Looks in the environment first, then in the file; both use the same names.

    A secret ``NAME`` is the variable ``NAME``, or ``BILLING_NAME`` in the namespace ``billing``.
    While it is rotated, ``NAME_PREVIOUS`` in the same place keeps its previous value valid.

    Args:
        file: where ``layeron secrets set`` keeps values; None for none.
        environ: the environment.
    """

    def __init__(self, file: Path | None, environ: Mapping[str, str] = os.environ) -> None:
        self._file = SecretFile(file) if file else None
        self._environ = environ

    async def values(self, secret: Secret) -> Sequence[SecretValue]:
        """The live values, newest first.

        Raises:
            SecretUnavailableError: it has no value, or the file may not be used.
        """
        # A local file of a few lines, parsed only when it changes: not worth a thread.
        live = _live(secret, self._environ) or (self._file and _live(secret, self._file.read()))
        if live:
            return live
        namespace = "" if secret.namespace == "default" else f" --namespace {secret.namespace}"
        raise SecretUnavailableError(
            f"The secret {secret.name} has no value; run: export {variable_name(secret)}=…"
            f" or: layeron secrets set {secret.name}{namespace}"
        )

    async def close(self) -> None:
        """Do nothing: no file stays open."""


def _live(secret: Secret, place: Mapping[str, str]) -> Sequence[SecretValue]:
    """The values in one place, if it has a current one; never a mix of two places."""
    name = variable_name(secret)
    found = [("current", place.get(name, "")), ("previous", place.get(name + PREVIOUS, ""))]
    # A line break at the end is what an editor or `echo` left there.
    values = [SecretValue(secret, version, value.rstrip("\r\n")) for version, value in found]
    return [each for each in values if each.value] if values[0].value else []
