"""JSON Web Tokens (RFC 7519), proved and made with PyJWT; the clock is handed in."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple, TypeAlias

import jwt
from cryptography.exceptions import UnsupportedAlgorithm

from layeron.signing.keys import decode_secret

Key: TypeAlias = jwt.PyJWK | bytes
"""What proves a token: a published key, or the bytes of a shared secret."""

_LONGEST = 16 * 2**10  # characters; a token is read before it is proved, and true ones are short
_SHORTEST_SECRET = 32  # bytes
_FARTHEST = 2**40  # seconds since 1970: some thirty thousand years


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a token must be; its receiver says so, never the token.

    Attributes:
        algorithm: the only one taken, by its name in RFC 7518: ``none``, or a public key taken for
            a shared secret, prove nothing.
        required: claims that must be there.
        audience: what ``aud`` must be, alone; with None anything goes.
        issuers: of whom ``iss`` must be one; with None anything goes.
        leeway_seconds: between our clock and the issuer's.
        longest_age_seconds: since ``iat``, which must be required for it; None: no matter.
    """

    algorithm: str
    required: tuple[str, ...]
    audience: str | None = None
    issuers: frozenset[str] | None = None
    leeway_seconds: float = 0
    longest_age_seconds: float | None = None


class Unproven(NamedTuple):
    """What a token says before a key has proved it: to find that key by, and for nothing else.

    Attributes:
        key_id: ``kid`` of its header; empty where that names none.
        claims: they meet the terms, if they are true.
    """

    key_id: str
    claims: Mapping[str, Any]


def unproven(token: str, terms: Terms, *, now: datetime) -> Unproven:
    """Read a token that would meet *terms* at the time *now*, if a key proved it.

    Raises:
        ValueError: it is no such token; the message holds none of it.
    """
    return _read(token, None, terms, now)


def proven_claims(token: str, key: Key, terms: Terms, *, now: datetime) -> Mapping[str, Any]:
    """What a token says, once *key* has proved it and it meets *terms* at the time *now*.

    Raises:
        ValueError: it is no such token, or another key's; the message holds none of it.
    """
    return _read(token, key, terms, now).claims


def key_of_secret(secret: str) -> bytes:
    """The key that a shared secret is, filled up with zeros as HMAC does itself (RFC 2104, 2).

    So it stays the same key, and PyJWT does not warn of a length that only the sender can choose.

    Raises:
        ValueError: it is empty.
    """
    return decode_secret(secret, "text").ljust(_SHORTEST_SECRET, b"\0")


def key_of_jwk(jwk: Mapping[str, Any], algorithm: str) -> jwt.PyJWK:
    """The key that a JSON Web Key (RFC 7517) describes.

    Raises:
        ValueError: it is no key for this algorithm.
    """
    try:
        return jwt.PyJWK(dict(jwk), algorithm)
    except jwt.PyJWTError:
        # Its message quotes the key.
        raise ValueError(f"no key for {algorithm}") from None


def key_of_set(key_set: bytes, key_id: str) -> jwt.PyJWK:
    """The key of this id in a JSON Web Key Set (RFC 7517).

    Raises:
        ValueError: the set has no such key, or is none.
    """
    try:
        return jwt.PyJWKSet.from_json(key_set.decode())[key_id]
    except (jwt.PyJWTError, ValueError, LookupError, TypeError, AttributeError):
        raise ValueError("no key of this id") from None


def signed_token(
    claims: Mapping[str, Any], key: str | bytes, algorithm: str, key_id: str | None = None
) -> str:
    """A token that says *claims*.

    Raises:
        ValueError: the key is no private key in PEM (or shared secret) for this algorithm; the
            message holds none of it.
    """
    headers = None if key_id is None else {"kid": key_id}
    try:
        return jwt.encode(dict(claims), key, algorithm=algorithm, headers=headers)
    except (jwt.PyJWTError, ValueError, TypeError, AttributeError, UnsupportedAlgorithm):
        # TypeError: it has a password. AttributeError: it is the public key.
        raise ValueError(f"is not a private key for {algorithm}") from None


def _read(token: str, key: Key | None, terms: Terms, now: datetime) -> Unproven:
    if len(token) > _LONGEST:
        raise ValueError(f"longer than {_LONGEST} characters")
    try:
        read = jwt.decode_complete(
            token,
            key=b"" if key is None else key,
            algorithms=[terms.algorithm],
            options={
                "verify_signature": key is not None,
                "require": list(terms.required),
                "verify_aud": terms.audience is not None,
                "strict_aud": True,
                "verify_iss": terms.issuers is not None,
                # PyJWT would ask the system's clock.
                "verify_exp": False,
                "verify_iat": False,
                "verify_nbf": False,
                # Nobody reads these.
                "verify_sub": False,
                "verify_jti": False,
            },
            audience=terms.audience,
            issuer=terms.issuers,
        )
    except (jwt.PyJWTError, ValueError):
        # What they say may quote the token or the key.
        raise ValueError("not signed by this key, or not as the terms ask") from None
    header, claims = read["header"], read["payload"]
    if header.get("alg") != terms.algorithm:  # PyJWT looks only where there is a key
        raise ValueError("another algorithm")
    if not _is_valid(claims, terms, now.timestamp()):
        raise ValueError("not valid now")
    return Unproven(header.get("kid", ""), claims)


def _is_valid(claims: Mapping[str, Any], terms: Terms, now: float) -> bool:
    """Whether *now* is between what a token says of its time; ``iat`` counts where required."""
    leeway, longest_age = terms.leeway_seconds, terms.longest_age_seconds
    if "exp" in claims and now >= _seconds(claims, "exp") + leeway:
        return False
    if "nbf" in claims and now < _seconds(claims, "nbf") - leeway:
        return False
    if "iat" not in terms.required:
        return True
    age = now - _seconds(claims, "iat")
    return age >= -leeway and (longest_age is None or age <= longest_age)


def _seconds(claims: Mapping[str, Any], name: str) -> float:
    value = claims[name]
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not (is_number and abs(value) < _FARTHEST):  # also false for NaN
        raise ValueError(f"{name} is no time")
    return float(value)
