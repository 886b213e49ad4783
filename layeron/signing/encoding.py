"""How bytes are spelt as text, in a signature or a secret: strictly, one spelling a value."""

import base64
import binascii
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from layeron.signing.wire import wire_bytes

Encoding: TypeAlias = Literal["hex", "hex-upper", "base64", "base64url", "text"]


@dataclass(frozen=True, slots=True)
class Codec:
    """One way to write bytes.

    Attributes:
        encode: bytes as text.
        decode: text as bytes; raises ValueError on every spelling that no ``encode`` writes.
    """

    encode: Callable[[bytes], str]
    decode: Callable[[str], bytes]


def _encode_base64(data: bytes) -> str:
    return binascii.b2a_base64(data, newline=False).decode()


def _encode_base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _encode_hex_upper(data: bytes) -> str:
    return data.hex().upper()


def _decode_hex(text: str) -> bytes:
    return _only_spelling(text, binascii.unhexlify(text), bytes.hex)


def _decode_hex_upper(text: str) -> bytes:
    return _only_spelling(text, binascii.unhexlify(text), _encode_hex_upper)


def _decode_base64(text: str) -> bytes:
    return _only_spelling(text, binascii.a2b_base64(text, strict_mode=True), _encode_base64)


def _decode_base64url(text: str) -> bytes:
    """Senders write it without padding, as JWTs do, and with it; both are taken."""
    bare = text.removesuffix("=" * (-len(text.rstrip("=")) % 4))
    padded = bare + "=" * (-len(bare) % 4)
    return _only_spelling(bare, base64.urlsafe_b64decode(padded), _encode_base64url)


def _only_spelling(text: str, data: bytes, encode: Callable[[bytes], str]) -> bytes:
    """Refuse what a lenient decoder lets pass: other case, stray bits, foreign characters."""
    if encode(data) != text:
        raise ValueError("another spelling of the same bytes")
    return data


CODECS: Mapping[Encoding, Codec] = {
    "hex": Codec(bytes.hex, _decode_hex),
    "hex-upper": Codec(_encode_hex_upper, _decode_hex_upper),
    "base64": Codec(_encode_base64, _decode_base64),
    "base64url": Codec(_encode_base64url, _decode_base64url),
    "text": Codec(lambda data: data.decode("latin-1"), wire_bytes),
}
