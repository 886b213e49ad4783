"""Signing secrets that are generated here: kept encrypted, live for a while after a rotation."""

import base64
import logging
import os
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from cryptography.fernet import InvalidToken

from layeron.errors import SecretUnavailableError, UnavailableError
from layeron.identity import new_secret_id, user_owner
from layeron.outbound.encryption import Cipher, Opened, load_cipher
from layeron.outbound.records import EndpointRecord, NewSecret, StoredSecret
from layeron.ports.endpoints import EndpointStore
from layeron.ports.secrets import SecretSource
from layeron.secrets import ENCRYPTION_KEY

logger = logging.getLogger("layeron.endpoints")

MOST_OLD = 10
"""Secrets before the current one that sign, too, while their grace lasts."""

_BYTES = 32
_OF_ENDPOINT = "whsec_"
_OF_USER = "whcms_"


class Vault:
    """Generates, keeps and gives the secrets of endpoints that have none in the secret store.

    What it reads of those that an earlier encryption key encrypted, it encrypts with the newest.
    Each method raises `SecretUnavailableError` where the encryption key is missing or wrong, and
    `DatabaseUnavailableError` where the database does not answer.
    """

    def __init__(self, store: EndpointStore, secrets: SecretSource) -> None:
        self._store = store
        self._secrets = secrets

    async def check(self) -> None:
        """Return if there is a key to encrypt with."""
        await load_cipher(self._secrets)

    async def keys_of(
        self, endpoints: Sequence[EndpointRecord], at: datetime
    ) -> Mapping[str, Sequence[str]]:
        """The live secrets of each endpoint by its id, newest first; the first one is made here.

        One question to the database for all of them, and one more for each first secret.
        """
        cipher = await load_cipher(self._secrets)
        owners = {each.id: owner_of(each) for each in endpoints}
        wanted = tuple(dict.fromkeys(owners.values()))
        stored = dict(await self._store.secrets(wanted, at=at)) if wanted else {}
        for owner in wanted:
            if not stored.get(owner):
                stored[owner] = await self._first(cipher, owner, at)
        opened = {
            owner: [(each, _open(cipher, owner, each)) for each in stored[owner]]
            for owner in wanted
        }
        await self._renew([one for several in opened.values() for one in several])
        return {
            endpoint_id: [each.text for _, each in opened[owner]]
            for endpoint_id, owner in owners.items()
        }

    async def first_secret(self, endpoint: EndpointRecord, at: datetime) -> NewSecret | None:
        """Give a new endpoint its secret; None where its user has one, which was shown before."""
        cipher = await load_cipher(self._secrets)
        owner = owner_of(endpoint)
        text, new = _generate(cipher, owner, at)
        current, *_ = await self._add_first(owner, new)
        if current.id != new.id:
            if endpoint.user_id is not None:
                return None
            # A delivery made it a moment ago, and nobody has seen it.
            text = _open(cipher, owner, current).text
        return NewSecret(text, current.created_at)

    async def rotate(self, owner: str, *, grace: timedelta, at: datetime) -> NewSecret:
        """Make a new secret the current one; the one before signs, too, until *grace* ends.

        Without a grace, as after a leak, earlier ones that have a grace left end, too.
        """
        cipher = await load_cipher(self._secrets)
        before = (await self._store.secrets([owner], at=at)).get(owner)
        until = at + grace
        text, new = _generate(cipher, owner, at)
        await self._store.add_secret(owner, new, others_expire_at=until, keep=MOST_OLD)
        return NewSecret(text, at, previous_expires_at=until if before else None)

    async def _renew(self, opened: Sequence[tuple[StoredSecret, Opened]]) -> None:
        """Keep what was opened as the newest key encrypts it, so that older keys can go."""
        renewed = [(stored, each.renewed) for stored, each in opened if each.renewed is not None]
        if not renewed:
            return
        try:
            await self._store.renew_secrets(renewed)
        except UnavailableError as error:
            # They have been read, and are renewed when they are read the next time.
            logger.warning(
                "signing secrets (%d) stay encrypted with an older %s for now: %s",
                len(renewed), ENCRYPTION_KEY.name, error,
            )  # fmt: skip

    async def _first(self, cipher: Cipher, owner: str, at: datetime) -> Sequence[StoredSecret]:
        return await self._add_first(owner, _generate(cipher, owner, at)[1])

    async def _add_first(self, owner: str, new: StoredSecret) -> Sequence[StoredSecret]:
        """The secrets of an owner, which is given this one if it has none."""
        return await self._store.add_secret(owner, new, others_expire_at=None, keep=MOST_OLD)


def owner_of(endpoint: EndpointRecord) -> str:
    """Who owns the secret of an endpoint: itself, or its user, whose endpoints share one."""
    if endpoint.user_id is None:
        return endpoint.id
    return user_owner(endpoint.namespace, endpoint.webhook, endpoint.user_id)


def _generate(cipher: Cipher, owner: str, at: datetime) -> tuple[str, StoredSecret]:
    prefix = _OF_USER if owner.startswith("user/") else _OF_ENDPOINT
    text = prefix + base64.b64encode(os.urandom(_BYTES)).decode()
    return text, StoredSecret(new_secret_id(at), cipher.encrypt(text), created_at=at)


def _open(cipher: Cipher, owner: str, stored: StoredSecret) -> Opened:
    try:
        return cipher.open(stored.ciphertext)
    except InvalidToken:
        raise SecretUnavailableError(
            f"The signing secret of {owner} was encrypted with another {ENCRYPTION_KEY.name}; add"
            f" that one as the previous value ({ENCRYPTION_KEY.name}_PREVIOUS, or an older version"
            " that is enabled), or rotate this secret with a grace of 0."
        ) from None
