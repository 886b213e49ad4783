"""Header fields that hold credentials: encrypted wherever they are kept, opened to be sent."""

import logging
import re
from collections.abc import Iterable

from cryptography.fernet import InvalidToken

from layeron.errors import SecretUnavailableError, UnavailableError
from layeron.outbound.encryption import HEADERS, load_cipher
from layeron.outbound.records import EndpointRecord
from layeron.ports.endpoints import EndpointStore
from layeron.ports.secrets import SecretSource
from layeron.redaction import redact
from layeron.secrets import ENCRYPTION_KEY

logger = logging.getLogger("layeron.endpoints")

_MARK = "sealed\N{SECTION SIGN}"
"""Begins what is encrypted; no field that can be sent does so, as those are ASCII."""

_CREDENTIAL = re.compile(
    r"auth|cookie|token|key|secret|passw|credential|signature|session|bearer|jwt", re.IGNORECASE
)


def is_credential(name: str, value: str) -> bool:
    """Whether a field holds what nobody may read, by its name or by the shape of its value."""
    return is_sealed(value) or bool(_CREDENTIAL.search(name)) or redact(value) != value


def is_sealed(value: str) -> bool:
    """Whether a value is kept encrypted."""
    return value.startswith(_MARK)


class Seals:
    """Encrypts fields before they are kept, and opens them for the request that carries them.

    Fields that hold no credential stay as they are, and so do those that an earlier release kept,
    until they are given anew. Each method raises `SecretUnavailableError` where the encryption key
    is needed and missing or wrong.
    """

    def __init__(self, store: EndpointStore, secrets: SecretSource) -> None:
        self._store = store
        self._secrets = secrets

    async def seal(self, headers: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
        """The fields as they may be kept."""
        fields = list(headers)
        bare = [is_credential(*each) and not is_sealed(each[1]) for each in fields]
        if not any(bare):
            return fields
        cipher = await load_cipher(self._secrets, HEADERS)
        return [
            (name, _MARK + cipher.encrypt(value) if is_bare else value)
            for (name, value), is_bare in zip(fields, bare, strict=True)
        ]

    async def open(self, headers: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
        """The fields as they are sent."""
        opened, _ = await self._open(list(headers), "this event")
        return opened

    async def open_of(self, endpoint: EndpointRecord) -> list[tuple[str, str]]:
        """The fields of an endpoint as they are sent.

        What an earlier encryption key encrypted is kept as the newest encrypts it, from now on.
        """
        kept = list(endpoint.headers.items())
        opened, renewed = await self._open(kept, f"endpoint {endpoint.name!r}")
        if renewed != kept:
            try:
                await self._store.renew_headers(
                    endpoint.id, read=endpoint.headers, renewed=dict(renewed)
                )
            except UnavailableError as error:
                # They have been read, and are renewed when they are read the next time.
                logger.warning(
                    "header fields of endpoint %s stay encrypted with an older %s for now: %s",
                    endpoint.id, ENCRYPTION_KEY.name, error,
                )  # fmt: skip
        return opened

    async def _open(
        self, kept: list[tuple[str, str]], whose: str
    ) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
        """The fields as they are sent, and as they are to be kept."""
        if not any(is_sealed(value) for _, value in kept):
            return kept, kept
        cipher = await load_cipher(self._secrets, HEADERS)
        opened: list[tuple[str, str]] = []
        renewed: list[tuple[str, str]] = []
        for name, value in kept:
            text, again = value, value
            if is_sealed(value):
                try:
                    found = cipher.open(value.removeprefix(_MARK))
                except InvalidToken:
                    raise SecretUnavailableError(
                        f"The header field {name} of {whose} was encrypted with another"
                        f" {ENCRYPTION_KEY.name}; add that one as the previous value"
                        f" ({ENCRYPTION_KEY.name}_PREVIOUS, or an older version that is enabled),"
                        " or give the field anew."
                    ) from None
                text = found.text
                again = value if found.renewed is None else _MARK + found.renewed
            opened.append((name, text))
            renewed.append((name, again))
        return opened, renewed
