"""Tokens' terms to the second, and the keys that tokens are signed with."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from jwt.algorithms import RSAAlgorithm

from layeron.signing.jwt import (
    Terms,
    key_of_jwk,
    key_of_secret,
    key_of_set,
    proven_claims,
    signed_token,
)

NOW = datetime(2026, 5, 4, 10, 0, tzinfo=UTC)
SECONDS = int(NOW.timestamp())
KEY = key_of_secret("a-secret-that-both-sides-know")
RSA = rsa.generate_private_key(65537, 2048)
P256, P384 = (ec.generate_private_key(curve) for curve in (ec.SECP256R1(), ec.SECP384R1()))


def is_taken(claims: dict[str, Any], *, after: float = 0, **terms: Any) -> bool:
    """Whether a token with these claims is taken so many seconds after NOW."""
    token = signed_token(claims, KEY, "HS256")
    agreed = replace(Terms(algorithm="HS256", required=()), **terms)
    try:
        return proven_claims(token, KEY, agreed, now=NOW + timedelta(seconds=after)) == claims
    except ValueError:
        return False


@pytest.mark.parametrize("leeway", [0, 60])
def test_a_token_ends_at_its_exp_and_begins_at_its_nbf(leeway: int) -> None:
    claims = {"nbf": SECONDS + 100, "exp": SECONDS + 200}
    begin, end = 100 - leeway, 200 + leeway
    taken = {
        after: is_taken(claims, after=after, leeway_seconds=leeway)
        for after in (begin - 1, begin, end - 1, end)
    }
    assert list(taken.values()) == [False, True, True, False]


def test_a_token_is_as_old_as_its_iat_says_where_that_is_required() -> None:
    terms = {"required": ("iat",), "leeway_seconds": 10, "longest_age_seconds": 300}
    moments = (-11, -10, 300, 301)
    taken = [is_taken({"iat": SECONDS}, after=after, **terms) for after in moments]
    assert taken == [False, True, True, False]
    assert is_taken({"iat": SECONDS}, after=10**6, required=("iat",))
    assert is_taken({"iat": SECONDS}, after=-(10**6))


def test_audience_and_issuer_are_compared_whole_and_only_where_they_are_asked_for() -> None:
    claims = {"aud": "https://a.example", "iss": "issuer"}
    assert is_taken(claims)
    assert is_taken(claims, audience="https://a.example", issuers=frozenset({"issuer", "b"}))
    for audience in ("https://a.exampl", "https://a.example/", ""):
        assert not is_taken(claims, audience=audience)
    for issuers in ({"issuers"}, {"issue"}, set[str]()):
        assert not is_taken(claims, issuers=frozenset(issuers))
    others: list[dict[str, object]] = [{}, {"aud": ["a"]}, {"aud": ""}, {"aud": 5}]
    for other in others:
        assert not is_taken(other, audience="a")
    assert not is_taken({}, issuers=frozenset({"a"}))
    assert not is_taken({"iss": ""}, issuers=frozenset({"a"}))


def test_a_key_is_of_the_tokens_algorithm_or_none() -> None:
    public = RSAAlgorithm.to_jwk(RSA.public_key(), as_dict=True)
    assert key_of_jwk(public, "RS256").key == RSA.public_key()
    others: list[tuple[str, dict[str, str]]] = [
        ("ES256", public),
        ("RS256", {}),
        ("ES256", {"kty": "EC"}),
    ]
    for algorithm, other in others:
        with pytest.raises(ValueError, match=f"^no key for {algorithm}$"):
            key_of_jwk(other, algorithm)


@pytest.mark.parametrize(
    "key_set", [b"", b"\xff", b"[]", b"{}", b"5", b'{"keys": []}', b'{"keys": 5}', b'{"keys": [1]}']
)
def test_a_key_set_that_is_none_holds_no_key(key_set: bytes) -> None:
    with pytest.raises(ValueError, match=r"^no key of this id$"):
        key_of_set(key_set, "a")


def pem(key: Any, *, password: bytes | None = None) -> str:
    encryption = BestAvailableEncryption(password) if password else NoEncryption()
    text: bytes = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption)
    return text.decode()


def public_pem(key: Any) -> str:
    text: bytes = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return text.decode()


@pytest.mark.parametrize(
    ("algorithm", "key"),
    [
        ("RS256", "no key"),
        ("RS256", ""),
        ("RS256", pem(P256)),
        ("RS256", public_pem(RSA)),
        ("RS256", pem(RSA, password=b"p")),
        ("ES256", "no key"),
        ("ES256", pem(RSA)),
        ("ES256", pem(P384)),
        ("ES256", public_pem(P256)),
        ("ES256", pem(P256, password=b"p")),
    ],
)
def test_what_is_no_private_key_of_the_algorithm_signs_nothing(algorithm: str, key: str) -> None:
    with pytest.raises(ValueError, match=f"^is not a private key for {algorithm}$") as caught:
        signed_token({}, key, algorithm)
    assert caught.value.__suppress_context__  # what the library says may quote the key
