"""Secrets in a file of this machine, for the user who runs the service alone."""

import json
import os
import stat
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from pydantic import TypeAdapter, ValidationError

from layeron.errors import ConfigurationError, SecretUnavailableError
from layeron.secrets import Secret

PREVIOUS: Final = "_PREVIOUS"
_VALUES: Final = TypeAdapter(dict[str, str])


def variable_name(secret: Secret) -> str:
    """The environment variable of a secret, which is also its key in the file.

    The name itself, or ``BILLING_NAME`` in the namespace ``billing``; ``-`` becomes ``_``.
    """
    if secret.namespace == "default":
        return secret.name.replace("-", "_")
    return f"{secret.namespace}_{secret.name}".upper().replace("-", "_")


class SecretFile:
    """A JSON object from the name of a variable to its value, with mode 0600."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._version: tuple[int, ...] = ()
        self._values: Mapping[str, str] = {}

    def read(self) -> Mapping[str, str]:
        """What the file holds now; nothing where there is no file.

        Raises:
            SecretUnavailableError: others may read it, or it is not such a file.
        """
        try:
            with self._path.open("rb") as file:
                state = os.fstat(file.fileno())
                if stat.S_IMODE(state.st_mode) & 0o077:
                    raise SecretUnavailableError(
                        f"Others may read the secrets in {self._path}; run: chmod 600 {self._path}"
                    )
                version = (state.st_ino, state.st_size, state.st_mtime_ns)
                if version != self._version:
                    self._values = _VALUES.validate_json(file.read(), strict=True)
                    self._version = version
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise SecretUnavailableError(
                f"The secrets in {self._path} cannot be read ({error.strerror}); let this user"
                " read the file."
            ) from error
        except ValidationError:  # which shows what it found, so it is not passed on
            raise SecretUnavailableError(
                f"{self._path} is not a JSON object of names and texts; mend it, or remove it and"
                " set its secrets again."
            ) from None
        return self._values

    def set(self, secret: Secret, value: str) -> None:
        """Give a secret a new value; the one it had stays valid as the previous one.

        Raises:
            ConfigurationError: the value is empty.
            SecretUnavailableError: the file cannot be read or written.
        """
        if not value.strip():
            raise ConfigurationError(f"The value for the secret {secret.name} is empty; give one.")
        name = variable_name(secret)
        values = dict(self.read())
        if values.get(name, value) != value:
            values[name + PREVIOUS] = values[name]
        values[name] = value
        self._write(values)

    def forget_previous(self, secret: Secret) -> None:
        """End a rotation: only the current value of a secret stays valid.

        Raises:
            SecretUnavailableError: the file cannot be read or written.
        """
        values = dict(self.read())
        if values.pop(variable_name(secret) + PREVIOUS, None) is not None:
            self._write(values)

    def _write(self, values: Mapping[str, str]) -> None:
        """Replace the file whole, so that a reader never sees half of it."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            descriptor, written = tempfile.mkstemp(dir=self._path.parent, prefix=".secrets-")
            try:
                with os.fdopen(descriptor, "w", encoding="utf-8") as file:  # made with mode 0600
                    json.dump(values, file, indent=2, sort_keys=True)
                    file.flush()
                    os.fsync(file.fileno())
                Path(written).replace(self._path)
            except BaseException:
                Path(written).unlink()
                raise
        except OSError as error:
            raise SecretUnavailableError(
                f"The secrets in {self._path} cannot be written ({error.strerror}); free some"
                " space, or let this user write there."
            ) from error
