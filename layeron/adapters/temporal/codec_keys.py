"""The keys of the payload codec: the newest one encrypts, and each that was ever seen decrypts."""

import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from layeron.derived_keys import derived_keys
from layeron.errors import SecretUnavailableError
from layeron.ports.secrets import SecretSource
from layeron.secrets import Secret

logger = logging.getLogger("layeron.engine")

_PURPOSE = b"layeron temporal history"
_WHY = "what Temporal keeps"
_ID_BYTES = 8


@dataclass(frozen=True, slots=True)
class CodecKey:
    """One key.

    Attributes:
        id: follows from the key and does not tell it; payloads name their key by it.
        material: the key itself.
    """

    id: str
    material: bytes = field(repr=False)

    @classmethod
    def of(cls, material: bytes) -> "CodecKey":
        """The key with the id that it has in every process."""
        told = HKDFExpand(SHA256(), length=_ID_BYTES, info=b"id").derive(material)
        return cls(told.hex(), material)


class CodecKeys:
    """The keys that the live values of a secret make.

    What a process has once seen it goes on using while it lives: an outcome must be encrypted and
    written also when the store of secrets does not answer.

    Args:
        secrets: where the values come from.
        secret: whose values make the keys.
        settling: how long a running process that sees a new value goes on encrypting with the
            previous one, so that every other process has seen the new one before it is used.
    """

    def __init__(self, secrets: SecretSource, secret: Secret, *, settling: timedelta) -> None:
        self._secrets = secrets
        self._secret = secret
        self._settling = settling.total_seconds()
        self._live: Sequence[CodecKey] = ()
        self._known: dict[str, CodecKey] = {}
        self._usable_from: dict[str, float] = {}
        self._trouble = ""

    async def newest(self) -> CodecKey:
        """The key to encrypt with.

        Raises:
            SecretUnavailableError: the secret has no value that is a key, and never had here.
        """
        await self._look()
        newest, *earlier = self._live
        settled = time.monotonic() >= self._usable_from[newest.id]
        return newest if settled or not earlier else earlier[0]

    async def find(self, key_id: str) -> CodecKey:
        """The key of this id.

        Raises:
            SecretUnavailableError: no live value of the secret makes it, and none did here.
        """
        if key_id not in self._known:
            await self._look()
        if key_id not in self._known:
            name = self._secret.name
            raise SecretUnavailableError(
                f"What Temporal gave was encrypted with another value of {name} (key"
                f" {key_id[:16]!r}); add that one as the previous value ({name}_PREVIOUS, or an"
                " older version that is enabled). What needs it waits until then."
            )
        return self._known[key_id]

    async def _look(self) -> None:
        try:
            found = await derived_keys(self._secrets, self._secret, purpose=_PURPOSE, why=_WHY)
        except SecretUnavailableError as error:
            if not self._live:
                raise
            if str(error) != self._trouble:
                logger.warning("%s Until then the key that was there goes on being used.", error)
            self._trouble = str(error)
            return
        self._trouble = ""
        now = time.monotonic()
        usable_from = now + self._settling if self._live else now
        self._live = [CodecKey.of(each) for each in found]
        for each in self._live:
            self._known[each.id] = each
            self._usable_from.setdefault(each.id, usable_from)
