"""The key that signing secrets and header fields are encrypted with where they are kept."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from layeron.derived_keys import derived_keys
from layeron.ports.secrets import SecretSource
from layeron.secrets import ENCRYPTION_KEY

SECRETS, HEADERS = b"layeron endpoint secrets", b"layeron header fields"
"""What is encrypted: with a key of its own each, so that none is taken for the other."""

_WHY = "what endpoints are trusted with"


@dataclass(frozen=True, slots=True)
class Opened:
    """What a ciphertext holds.

    Attributes:
        renewed: the same, encrypted with the newest key; None if it is already.
    """

    text: str
    renewed: str | None = None


@dataclass(frozen=True, slots=True)
class Cipher:
    """Encrypts with the newest value of the key, and decrypts with each that is live."""

    newest: Fernet
    live: MultiFernet

    def encrypt(self, text: str) -> str:
        """The ciphertext, as text."""
        return self.newest.encrypt(text.encode()).decode()

    def open(self, ciphertext: str) -> Opened:
        """Decrypt.

        Raises:
            InvalidToken: none of the live values encrypted this.
        """
        token = ciphertext.encode()
        try:
            return Opened(self.newest.decrypt(token).decode())
        except InvalidToken:
            return Opened(self.live.decrypt(token).decode(), self.live.rotate(token).decode())


async def load_cipher(secrets: SecretSource, purpose: bytes = SECRETS) -> Cipher:
    """The cipher of the values that the key has now, for `SECRETS` or for `HEADERS`.

    Raises:
        SecretUnavailableError: the key has no value, or one that is too short to be a key.
    """
    keys = await derived_keys(secrets, ENCRYPTION_KEY, purpose=purpose, why=_WHY)
    return _cipher(tuple(keys))


@lru_cache(maxsize=8)
def _cipher(keys: Sequence[bytes]) -> Cipher:
    live = [Fernet(base64.urlsafe_b64encode(each)) for each in keys]
    return Cipher(live[0], MultiFernet(live))
