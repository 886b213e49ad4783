"""How the text of a secret becomes the bytes of a key; ``whsec_`` means three different things.

Stripe signs with the whole text, ``whsec_`` included (``text``). Standard Webhooks signs with the
bytes that the base64 after ``whsec_`` stands for (``whsec``). Some providers have issued both kinds
(``("whsec", "text")``: every reading that works is tried). The prefix alone never decides.
"""

from collections.abc import Callable, Mapping
from typing import Literal, TypeAlias

from layeron.signing.encoding import CODECS

SecretEncoding: TypeAlias = Literal["text", "base64", "hex", "whsec", "whpk"]


def decode_secret(value: str, encoding: SecretEncoding) -> bytes:
    """The key that a secret's text stands for.

    Raises:
        ValueError: the secret is empty or is not written that way; the message holds none of it.
    """
    try:
        key = _READERS[encoding](value)
    except ValueError:
        # The cause of a failed decoding quotes what it could not read.
        raise ValueError(f"is not {SECRET_ENCODINGS[encoding]}") from None
    if not key:
        raise ValueError("is empty")
    return key


SECRET_ENCODINGS: Mapping[SecretEncoding, str] = {
    "text": "text",
    "base64": "base64",
    "hex": "hexadecimal",
    "whsec": "'whsec_' with base64 after it",
    "whpk": "'whpk_' (or, to sign, 'whsk_') with base64 after it",
}


def _read_text(value: str) -> bytes:
    """Bytes of the environment that are no UTF-8 reach Python as escapes; give them back."""
    return value.encode("utf-8", "surrogateescape")


def _read_base64(value: str) -> bytes:
    return CODECS["base64"].decode(value + "=" * (-len(value) % 4))


def _read_hex(value: str) -> bytes:
    return CODECS["hex"].decode(value.lower())


def _read_whsec(value: str) -> bytes:
    return _read_base64(value.removeprefix("whsec_").removeprefix("whcms_"))


def _read_whpk(value: str) -> bytes:
    """Its prefix is compulsory: a public key must never be taken for a shared one."""
    if not value.startswith(("whpk_", "whsk_")):
        raise ValueError("no prefix")
    return _read_base64(value[len("whpk_") :])


_READERS: Mapping[SecretEncoding, Callable[[str], bytes]] = {
    "text": _read_text,
    "base64": _read_base64,
    "hex": _read_hex,
    "whsec": _read_whsec,
    "whpk": _read_whpk,
}
