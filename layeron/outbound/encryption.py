"""The key that generated signing secrets are encrypted with where they are kept."""

import base64
from collections.abc import Sequence
from functools import lru_cache

from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from layeron.errors import SecretUnavailableError
from layeron.ports.secrets import SecretSource
from layeron.secrets import ENCRYPTION_KEY

SHORTEST_KEY = 32
"""Characters: any random text of this length or more will do."""

_INFO = b"layeron endpoint secrets"
_MEND = f"layeron secrets set {ENCRYPTION_KEY.name} --generate"


async def load_cipher(secrets: SecretSource) -> MultiFernet:
    """What encrypts with the newest value of the key, and decrypts with each that is live.

    Raises:
        SecretUnavailableError: the key has no value, or one that is too short to be a key.
    """
    try:
        values = await secrets.values(ENCRYPTION_KEY)
    except SecretUnavailableError as error:
        raise SecretUnavailableError(
            f"{error} (it encrypts the signing secrets of endpoints; to make one: {_MEND})"
        ) from error
    for each in values:
        if len(each.value) < SHORTEST_KEY:
            raise SecretUnavailableError(
                f"The {each.version} value of {ENCRYPTION_KEY.name} has {len(each.value)}"
                f" characters, which is too short for a key; use {SHORTEST_KEY} random ones or"
                f" more, such as: {_MEND}"
            )
    return _cipher(tuple(each.value for each in values))


@lru_cache(maxsize=8)
def _cipher(values: Sequence[str]) -> MultiFernet:
    return MultiFernet([Fernet(base64.urlsafe_b64encode(_derived(each))) for each in values])


def _derived(value: str) -> bytes:
    material = value.encode("utf-8", "surrogateescape")
    return HKDF(SHA256(), length=32, salt=None, info=_INFO).derive(material)
