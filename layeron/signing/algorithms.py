"""The algorithms: how a key proves a message, each as a pair of pure functions."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from hmac import compare_digest
from typing import TypeAlias

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.hmac import HMAC
from cryptography.hazmat.primitives.serialization import (
    load_der_private_key,
    load_der_public_key,
    load_pem_private_key,
    load_pem_public_key,
)

from layeron.signing.rule import Algorithm

_ED25519_PRIVATE_SIZES = (32, 64)


Check: TypeAlias = Callable[[bytes, Sequence[bytes]], bool]
"""Whether any of several signatures proves a message. Each is tried, also after one that fits."""


@dataclass(frozen=True, slots=True)
class Scheme:
    """What an algorithm does with a key; both functions raise ValueError when it is none of theirs.

    Attributes:
        size: of a signature in bytes; None where it varies.
        checker: makes a key ready to check messages: the part of the work that can be kept.
        sign: the signature that a key makes of a message.
    """

    size: int | None
    checker: Callable[[bytes], Check]
    sign: Callable[[bytes, bytes], bytes]


def _same_as_any(expected: bytes, candidates: Sequence[bytes]) -> bool:
    found = False
    for candidate in candidates:
        found |= compare_digest(expected, candidate)
    return found


def _hmac(digest: hashes.HashAlgorithm) -> Scheme:
    def signer(key: bytes) -> Callable[[bytes], bytes]:
        keyed = HMAC(key, digest)

        def sign(message: bytes) -> bytes:
            mac = keyed.copy()
            mac.update(message)
            return mac.finalize()

        return sign

    def checker(key: bytes) -> Check:
        sign = signer(key)
        return lambda message, candidates: _same_as_any(sign(message), candidates)

    return Scheme(digest.digest_size, checker, lambda key, message: signer(key)(message))


def _token() -> Scheme:
    """A shared token is its own proof, whatever the message is."""
    return Scheme(
        size=None,
        checker=lambda key: lambda _message, candidates: _same_as_any(key, candidates),
        sign=lambda key, _message: key,
    )


_PublicKey: TypeAlias = Callable[[bytes, bytes], None]
"""Takes signature and message; raises InvalidSignature if they do not fit."""


def _public_key(
    load: Callable[[bytes], _PublicKey],
    sign: Callable[[bytes, bytes], bytes],
    size: int | None = None,
) -> Scheme:
    def checker(key: bytes) -> Check:
        public_key = load(key)

        def check(message: bytes, candidates: Sequence[bytes]) -> bool:
            found = False
            for candidate in candidates:
                try:
                    public_key(candidate, message)
                except InvalidSignature:
                    continue
                found = True
            return found

        return check

    return Scheme(size, checker, sign)


def _load_ed25519(key: bytes) -> _PublicKey:
    try:
        return Ed25519PublicKey.from_public_bytes(key).verify
    except ValueError:
        raise ValueError("is not an Ed25519 public key") from None


def _sign_ed25519(key: bytes, message: bytes) -> bytes:
    """The private key is the seed, or the seed with the public key behind it."""
    if len(key) not in _ED25519_PRIVATE_SIZES:
        raise ValueError("is not an Ed25519 private key")
    return Ed25519PrivateKey.from_private_bytes(key[: min(_ED25519_PRIVATE_SIZES)]).sign(message)


_ECDSA_SHA256 = ec.ECDSA(hashes.SHA256())


def _load_p256(key: bytes) -> _PublicKey:
    public = _read(key, load_der_public_key, load_pem_public_key)
    if not isinstance(public, ec.EllipticCurvePublicKey) or public.curve.name != "secp256r1":
        raise ValueError("is not a P-256 public key")
    return partial(public.verify, signature_algorithm=_ECDSA_SHA256)


def _sign_p256(key: bytes, message: bytes) -> bytes:
    private = _read(key, _load_der_private, _load_pem_private)
    if not isinstance(private, ec.EllipticCurvePrivateKey) or private.curve.name != "secp256r1":
        raise ValueError("is not a P-256 private key")
    return private.sign(message, _ECDSA_SHA256)


def _load_rsa(digest: hashes.HashAlgorithm, key: bytes) -> _PublicKey:
    public = _read(key, load_der_public_key, load_pem_public_key)
    if not isinstance(public, rsa.RSAPublicKey):
        raise ValueError("is not an RSA public key")  # noqa: TRY004  # bytes, with wrong content
    return partial(public.verify, padding=padding.PKCS1v15(), algorithm=digest)


def _sign_rsa(digest: hashes.HashAlgorithm, key: bytes, message: bytes) -> bytes:
    private = _read(key, _load_der_private, _load_pem_private)
    if not isinstance(private, rsa.RSAPrivateKey):
        raise ValueError("is not an RSA private key")  # noqa: TRY004  # bytes, with wrong content
    return private.sign(message, padding.PKCS1v15(), digest)


_load_der_private = partial(load_der_private_key, password=None)
_load_pem_private = partial(load_pem_private_key, password=None)


def _read(
    key: bytes, load_der: Callable[[bytes], object], load_pem: Callable[[bytes], object]
) -> object:
    """The key in these bytes, or None: what the library says about other bytes is not for show."""
    try:
        return load_pem(key) if key.lstrip().startswith(b"-----") else load_der(key)
    except (ValueError, TypeError, UnsupportedAlgorithm):  # TypeError: it has a password
        return None


# SHA-1 is here because providers still sign with it (Intercom, Vercel, older SNS topics).
_SHA1, _SHA256 = hashes.SHA1(), hashes.SHA256()  # noqa: S303  # see above

SCHEMES: Mapping[Algorithm, Scheme] = {
    "hmac-sha256": _hmac(_SHA256),
    "hmac-sha1": _hmac(_SHA1),
    "hmac-sha512": _hmac(hashes.SHA512()),
    "ed25519": _public_key(_load_ed25519, _sign_ed25519, 64),
    "ecdsa-p256-sha256": _public_key(_load_p256, _sign_p256),
    "rsa-sha256": _public_key(partial(_load_rsa, _SHA256), partial(_sign_rsa, _SHA256)),
    "rsa-sha1": _public_key(partial(_load_rsa, _SHA1), partial(_sign_rsa, _SHA1)),
    "token": _token(),
    "basic": _token(),
}
