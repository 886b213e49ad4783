"""The payload codec: what enters Temporal's history is encrypted, if a key is named for it.

AES-256-GCM. Each payload has a key of its own, derived from the codec's by random bytes that travel
with it, so that one key may encrypt any number of them.
"""

import os
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand
from google.protobuf.json_format import MessageToJson, Parse, ParseError
from google.protobuf.message import DecodeError
from temporalio.api.common.v1 import Payload, Payloads
from temporalio.converter import PayloadCodec

from layeron.adapters.temporal.codec_keys import CodecKey, CodecKeys
from layeron.errors import PayloadError, SecretUnavailableError
from layeron.ports.secrets import SecretSource
from layeron.secrets import Secret
from layeron.settings import Settings

ENCODING = b"binary/encrypted"
"""As Temporal's own samples name it, so that its tools know what they see."""

KEY_ID = "encryption-key-id"

_SALT_BYTES, _KEY_BYTES, _NONCE_BYTES = 32, 32, 12


class HistoryCodec(PayloadCodec):
    """Encrypts with the newest key, decrypts with each, and lets through what is not encrypted.

    So it can be switched on while workflows run. Where a key is missing it raises
    `SecretUnavailableError`, for which Temporal tries a workflow's task again.

    Args:
        keys: None encrypts nothing; what is encrypted is still known for what it is.
        namespace: the one of Temporal; what was written in another does not decrypt.
    """

    def __init__(self, keys: CodecKeys | None, namespace: str) -> None:
        self._keys = keys
        self._namespace = namespace

    @property
    def encrypts(self) -> bool:
        """Whether there is a key to encrypt with."""
        return self._keys is not None

    async def check(self) -> None:
        """Return if all that is needed is there."""
        if self._keys is not None:
            await self._keys.newest()

    async def encode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """Encrypt each payload."""
        if self._keys is None:
            return list(payloads)
        key = await self._keys.newest()
        return [self._sealed(key, each) for each in payloads]

    async def decode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """Decrypt those that are encrypted."""
        return [
            await self._opened(each) if each.metadata.get("encoding") == ENCODING else each
            for each in payloads
        ]

    async def decode_json(self, text: bytes) -> bytes:
        """Decrypt what a tool of Temporal's asks for: `Payloads` in protobuf's JSON.

        Raises:
            PayloadError: it has another form.
        """
        try:
            asked: Payloads = Parse(text, Payloads())  # type: ignore[no-untyped-call]  # protobuf is untyped
        except (ParseError, RecursionError):
            raise PayloadError("the body must be Temporal's Payloads as JSON") from None
        decoded = Payloads(payloads=await self.decode(asked.payloads))
        shown: str = MessageToJson(decoded)  # type: ignore[no-untyped-call]  # protobuf is untyped
        return shown.encode()

    def _sealed(self, key: CodecKey, payload: Payload) -> Payload:
        salt = os.urandom(_SALT_BYTES)
        cipher, nonce = _cipher(key, salt)
        plain: bytes = payload.SerializeToString()  # type: ignore[no-untyped-call]  # protobuf is untyped
        sealed = cipher.encrypt(nonce, plain, self._bound_to(key))
        metadata = {"encoding": ENCODING, KEY_ID: key.id.encode()}
        return Payload(metadata=metadata, data=salt + sealed)

    async def _opened(self, payload: Payload) -> Payload:
        key_id = payload.metadata.get(KEY_ID, b"").decode(errors="replace")
        if self._keys is None:
            raise SecretUnavailableError(
                f"What Temporal gave is encrypted (key {key_id[:16]!r}), and LAYERON_CODEC is not"
                " set here; set it to the name of the secret that it was encrypted with."
            )
        key = await self._keys.find(key_id)
        cipher, nonce = _cipher(key, payload.data[:_SALT_BYTES])
        sealed = payload.data[_SALT_BYTES:]
        try:
            plain = cipher.decrypt(nonce, sealed, self._bound_to(key))
            opened: Payload = Payload.FromString(plain)  # type: ignore[no-untyped-call]  # protobuf is untyped
        except (InvalidTag, DecodeError):
            raise SecretUnavailableError(
                f"What Temporal gave was encrypted with key {key.id!r} and does not decrypt: it was"
                f" written in another namespace than {self._namespace!r}, or was altered."
            ) from None
        return opened

    def _bound_to(self, key: CodecKey) -> bytes:
        return f"{key.id} {self._namespace}".encode()


def open_codec(settings: Settings, secrets: SecretSource, namespace: str) -> HistoryCodec:
    """The codec that the settings name."""
    if settings.codec is None:
        return HistoryCodec(None, namespace)
    settling = 2 * settings.secrets_refresh
    return HistoryCodec(CodecKeys(secrets, Secret(settings.codec), settling=settling), namespace)


def _cipher(key: CodecKey, salt: bytes) -> tuple[AESGCM, bytes]:
    """The cipher of one payload, and its nonce: used once, as the salt is."""
    expand = HKDFExpand(SHA256(), length=_KEY_BYTES + _NONCE_BYTES, info=b"payload" + salt)
    made = expand.derive(key.material)
    return AESGCM(made[:_KEY_BYTES]), made[_KEY_BYTES:]
