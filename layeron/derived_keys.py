"""Keys that are made of secrets, to encrypt what is kept elsewhere."""

from collections.abc import Sequence
from functools import lru_cache

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from layeron.errors import SecretUnavailableError
from layeron.ports.secrets import SecretSource
from layeron.secrets import Secret

SHORTEST_KEY = 32
"""Characters: any random text of this length or more will do."""

_BYTES = 32


async def derived_keys(
    secrets: SecretSource, secret: Secret, *, purpose: bytes, why: str
) -> Sequence[bytes]:
    """A key of 256 bits for each live value of a secret, newest first.

    Args:
        secrets: where the values come from.
        secret: which one.
        purpose: keys of one secret for different purposes have nothing in common.
        why: what is encrypted, for the error.

    Raises:
        SecretUnavailableError: it has no value, or one that is too short to be a key.
    """
    mend = f"layeron secrets set {secret.name} --generate"
    try:
        values = await secrets.values(secret)
    except SecretUnavailableError as error:
        raise SecretUnavailableError(f"{error} (it encrypts {why}; to make one: {mend})") from error
    for each in values:
        if len(each.value) < SHORTEST_KEY:
            raise SecretUnavailableError(
                f"The {each.version} value of {secret.name} has {len(each.value)} characters, which"
                f" is too short for a key; use {SHORTEST_KEY} random ones or more, such as: {mend}"
            )
    return [_derived(each.value, purpose) for each in values]


@lru_cache(maxsize=16)
def _derived(value: str, purpose: bytes) -> bytes:
    material = value.encode("utf-8", "surrogateescape")
    return HKDF(SHA256(), length=_BYTES, salt=None, info=purpose).derive(material)
