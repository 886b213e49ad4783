"""Keys of the HTTP API: made once, shown once, kept as a hash."""

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime

from ulid import ULID

from layeron.errors import ConflictError
from layeron.operating_records import ApiKey, Scope
from layeron.ports.records import RecordStore
from layeron.text import printable

_PREFIX = "lyr"
_NOBODY = hashlib.sha256(secrets.token_bytes(32)).hexdigest()


def new_key(name: str, scopes: Sequence[Scope] = ("admin",)) -> tuple[ApiKey, str]:
    """Make a key: the record to keep, and the text to hand out once."""
    key_id, secret = str(ULID()).lower(), secrets.token_urlsafe(32)
    record = ApiKey(key_id, name, _hash(secret), datetime.now(UTC), scopes=tuple(scopes))
    return record, f"{_PREFIX}_{key_id}_{secret}"


def split_key(text: str) -> tuple[str, str] | None:
    """The public id and the secret part of a key; None if it has not the form of one."""
    prefix, _, rest = text.partition("_")
    key_id, _, secret = rest.partition("_")
    if prefix != _PREFIX or not secret or not key_id.isascii() or not key_id.isalnum():
        return None
    return key_id, secret


def key_matches(key: ApiKey | None, secret: str) -> bool:
    """Whether *secret* belongs to a key in force; an unknown key takes as long as a known one."""
    matches = hmac.compare_digest(key.secret_hash if key else _NOBODY, _hash(secret))
    return matches and key is not None and key.revoked_at is None


async def revoke(records: RecordStore, key_id: str) -> None:
    """End a key's life, unless nobody could make another one then.

    Raises:
        NotFoundError: there is none.
        ConflictError: it is the last one in force that may do everything.
    """
    live = [each for each in await records.list_keys() if each.revoked_at is None]
    admins = [each for each in live if each.may("admin")]
    if [each.id for each in admins] == [key_id]:
        raise ConflictError(
            f"key {printable(admins[0].name)!r} is the last one with the scope 'admin'; make"
            " another one first"
        )
    await records.revoke_key(key_id, at=datetime.now(UTC))


def _hash(secret: str) -> str:
    """A plain hash is enough: the secret is 256 random bits, so it cannot be guessed from it."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
