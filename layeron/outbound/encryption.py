"""The key that signing secrets and header fields are encrypted with where they are kept."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from layeron.errors import SecretUnavailableError
from layeron.ports.secrets import SecretSource
from layeron.secrets import ENCRYPTION_KEY

SHORTEST_KEY = 32
"""Characters: any random text of this length or more will do."""

SECRETS, HEADERS = b"layeron endpoint secrets", b"layeron header fields"
"""What is encrypted: with a key of its own each, so that none is taken for the other."""

_MEND = f"layeron secrets set {ENCRYPTION_KEY.name} --generate"


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
    try:
        values = await secrets.values(ENCRYPTION_KEY)
    except SecretUnavailableError as error:
        raise SecretUnavailableError(
            f"{error} (it encrypts what endpoints are trusted with; to make one: {_MEND})"
        ) from error
    for each in values:
        if len(each.value) < SHORTEST_KEY:
            raise SecretUnavailableError(
                f"The {each.version} value of {ENCRYPTION_KEY.name} has {len(each.value)}"
                f" characters, which is too short for a key; use {SHORTEST_KEY} random ones or"
                f" more, such as: {_MEND}"
            )
    return _cipher(tuple(each.value for each in values), purpose)


@lru_cache(maxsize=8)
def _cipher(values: Sequence[str], purpose: bytes) -> Cipher:
    keys = [Fernet(base64.urlsafe_b64encode(_derived(each, purpose))) for each in values]
    return Cipher(keys[0], MultiFernet(keys))


def _derived(value: str, purpose: bytes) -> bytes:
    material = value.encode("utf-8", "surrogateescape")
    return HKDF(SHA256(), length=32, salt=None, info=purpose).derive(material)
