"""JSON Web Tokens (RFC 7519) signed with RS256, and the published key sets that prove them."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, cast

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicNumbers
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from layeron.signing.algorithms import SCHEMES
from layeron.signing.encoding import CODECS
from layeron.signing.writing import json_bytes

_ALGORITHM = "RS256"
_SCHEME = SCHEMES["rsa-sha256"]
_BASE64URL = CODECS["base64url"]
_LEEWAY_SECONDS = 60  # between our clock and the issuer's


def proven_claims(token: str, key_set: bytes, *, now: datetime) -> Mapping[str, Any]:
    """What a token says, once a key of *key_set* has proved it and *now* is within its time.

    Only RS256 is taken, whatever the token's header says: ``none`` or a key that everybody knows
    taken for a shared one prove nothing.

    Args:
        token: three parts in base64url, joined with dots.
        key_set: a JSON Web Key Set (RFC 7517) of the issuer.
        now: the time to judge by.

    Raises:
        ValueError: it is no such token, no key proves it, or it is not valid now.
    """
    signed, _, signature = token.rpartition(".")
    header_part, _, claims_part = signed.partition(".")
    header, claims = _object(header_part), _object(claims_part)
    if header.get("alg") != _ALGORITHM:
        raise ValueError("another algorithm")
    check = _SCHEME.checker(_public_key(key_set, header.get("kid")))
    if not check(signed.encode(), [_BASE64URL.decode(signature)]):
        raise ValueError("not signed by this key")
    issued, expires = _time(claims, "iat"), _time(claims, "exp")
    if not issued - _LEEWAY_SECONDS <= now.timestamp() <= expires + _LEEWAY_SECONDS:
        raise ValueError("not valid now")
    return claims


def sign_claims(claims: Mapping[str, Any], private_key: str, key_id: str) -> str:
    """A token that says *claims*.

    Raises:
        ValueError: the key is no RSA private key in PEM.
    """
    parts = ({"alg": _ALGORITHM, "kid": key_id, "typ": "JWT"}, claims)
    signed = ".".join(_BASE64URL.encode(json_bytes(part)) for part in parts)
    return f"{signed}.{_BASE64URL.encode(_SCHEME.sign(private_key.encode(), signed.encode()))}"


def _object(part: str) -> Mapping[str, Any]:
    found: object = json.loads(_BASE64URL.decode(part))
    if not isinstance(found, dict):
        raise ValueError("no JSON object")  # noqa: TRY004  # text, with wrong content
    return cast("Mapping[str, Any]", found)


def _public_key(key_set: bytes, name: object) -> bytes:
    published: list[Mapping[str, str]] = json.loads(key_set)["keys"]
    for each in published:
        if each["kty"] == "RSA" and each["kid"] == name:
            numbers = (int.from_bytes(_BASE64URL.decode(each[part])) for part in ("e", "n"))
            public = RSAPublicNumbers(*numbers).public_key()
            return public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    raise ValueError("no key of this id")


def _time(claims: Mapping[str, Any], name: str) -> float:
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"no {name}")  # noqa: TRY004  # text, with wrong content
    return datetime.fromtimestamp(value, UTC).timestamp()
