"""Tokens that a forger or another time would send, to every preset that takes JSON Web Tokens."""

import json
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from layeron.secrets import SecretValue
from layeron.signing.verdict import Cause
from layeron.signing.verify import verify
from tests.support.published import Published
from tests.support.rules import with_header
from tests.support.tokens import (
    NOW,
    REQUEST,
    SECONDS,
    SHARED,
    Platform,
    base64url,
    forged,
    jwk,
    monday,
    plaid,
    pubsub,
)

PUBSUB, PLAID, MONDAY = pubsub(), plaid(), monday()
PLATFORMS = [PUBSUB, PLAID, MONDAY]
every_platform = pytest.mark.parametrize("platform", PLATFORMS, ids=["pubsub", "plaid", "monday"])
publishing = pytest.mark.parametrize("platform", [PUBSUB, PLAID], ids=["pubsub", "plaid"])


async def assert_refused(platform: Platform, token: str) -> None:
    """Refused, in words that hold nothing of the token or a secret."""
    verdict = await platform.verdict_of(token)
    assert verdict.cause is Cause.REFUSED_BY_VERIFIER
    assert SHARED not in verdict.detail
    assert not any(part in verdict.detail for part in token.split(".") if len(part) > 8)


@every_platform
async def test_a_true_token_is_accepted_whatever_else_it_says(platform: Platform) -> None:
    for token in (
        platform.token(),
        platform.token(name="Zoë", sub=5, jti=7),
        platform.token(padding="x" * 10_000),
        platform.token(nbf=SECONDS, exp=SECONDS + 0.5),
        platform.token(header={"typ": None}),
    ):
        assert (await platform.verdict_of(token)).status == "verified"


@every_platform
async def test_no_algorithm_but_the_platforms_own_is_taken(platform: Platform) -> None:
    every = ["RS256", "ES256", "HS256"]
    names: list[object] = ["none", "None", "NONE", "", None, "HS384", "ES512", every, 5]
    for name in names:
        await assert_refused(platform, forged(platform, {"alg": name}))
        await assert_refused(platform, forged(platform, {"alg": name}, SHARED.encode()))
    await assert_refused(platform, forged(platform, {"alg": platform.algorithm}))
    await assert_refused(platform, forged(platform, {}, SHARED.encode()))


@publishing
async def test_a_public_key_is_never_taken_for_a_shared_secret(platform: Platform) -> None:
    assert not isinstance(platform.key, str)
    public = platform.key.public_key()
    spellings = [
        public.public_bytes(encoding, PublicFormat.SubjectPublicKeyInfo)
        for encoding in (Encoding.PEM, Encoding.DER)
    ]
    spellings += [spellings[0].strip(), json.dumps(jwk(platform.key, "right")).encode()]
    for key in spellings:
        await assert_refused(platform, forged(platform, {"alg": "HS256"}, key))
        await assert_refused(platform, forged(platform, {"alg": platform.algorithm}, key))


@publishing
async def test_only_the_key_that_the_token_names_proves_it(platform: Platform) -> None:
    assert (await platform.verdict_of(platform.token(platform.stranger, {"kid": "other"}))).accepted
    await assert_refused(platform, platform.token(header={"kid": "other"}))
    await assert_refused(platform, platform.token(platform.stranger))
    await assert_refused(platform, platform.token(header={"kid": ""}))
    await assert_refused(platform, platform.token(header={"kid": None}))
    names: list[object] = [5, ["right"], {"right": 1}, True]
    for name in names:
        await assert_refused(platform, forged(platform, {"kid": name, "alg": platform.algorithm}))


async def test_no_key_is_asked_for_on_behalf_of_a_token_that_could_not_be_accepted() -> None:
    platform = plaid()  # one that has not asked for a key yet
    web = Published(platform.pages)
    keys = [SecretValue(platform.webhook.secrets[0], "current", SHARED)]
    for token in (
        forged(platform, {"alg": "HS256"}, SHARED.encode()),
        platform.token(iat=SECONDS - 600),
        platform.token(header={"crit": ["x"], "x": 1}),
        platform.token(padding="x" * 20_000),
    ):
        request = with_header(REQUEST, platform.header, token)
        rule = platform.webhook.signature
        verdict = await verify(rule, request, keys, now=NOW, documents=web.documents)
        assert not verdict.accepted
    assert web.asked == []


async def test_a_published_key_of_an_unknown_id_proves_nothing() -> None:
    await assert_refused(PUBSUB, PUBSUB.token(header={"kid": "unknown"}))


@every_platform
async def test_a_key_in_the_tokens_own_header_is_not_used(platform: Platform) -> None:
    address = "https://keys.example.com"
    header: dict[str, object] = {"jku": address, "x5u": address}
    if not isinstance(platform.stranger, str):
        header["jwk"] = jwk(platform.stranger, "right")
    await assert_refused(platform, platform.token(platform.stranger, header))


@every_platform
async def test_an_extension_that_must_be_understood_is_refused(platform: Platform) -> None:
    several: list[object] = [["x"], ["exp"], [], "x", [5]]
    for critical in several:
        token = platform.token(header={"crit": critical, "x": 1, "exp": 1})
        await assert_refused(platform, token)


@every_platform
async def test_a_token_of_another_time_is_refused(platform: Platform) -> None:
    ends: list[object] = [SECONDS - 600, "tomorrow", True, [], 1e308, float("inf"), float("nan")]
    begins: list[object] = [SECONDS + 600, "yesterday", False, {}, 10**400, float("-inf")]
    for end in ends:
        await assert_refused(platform, platform.token(exp=end))
    for begin in begins:
        await assert_refused(platform, platform.token(nbf=begin))


@pytest.mark.parametrize(
    ("platform", "claim"),
    [(PUBSUB, "exp"), (PUBSUB, "iat"), (PLAID, "iat"), (MONDAY, "exp"), (MONDAY, "aud")],
    ids=["pubsub exp", "pubsub iat", "plaid iat", "monday exp", "monday aud"],
)
async def test_a_token_without_a_claim_it_must_have_is_refused(
    platform: Platform, claim: str
) -> None:
    await assert_refused(platform, platform.token(**{claim: None}))


@every_platform
async def test_the_clock_is_the_one_handed_in(platform: Platform) -> None:
    token = platform.token()
    times = {name: platform.claims.get(name, SECONDS) for name in ("iat", "nbf", "exp")}
    times["exp"] += 1
    for far in (timedelta(days=-3650), timedelta(days=3650)):
        moved = {name: each + int(far.total_seconds()) for name, each in times.items()}
        assert (await platform.verdict_of(platform.token(**moved), NOW + far)).accepted
    assert not (await platform.verdict_of(token, NOW + timedelta(days=1))).accepted


@every_platform
async def test_a_huge_token_is_refused_though_it_is_true(platform: Platform) -> None:
    await assert_refused(platform, platform.token(padding="x" * 20_000))
    await assert_refused(platform, "." * 1_000_000)
    nested = base64url(b"[" * 10_000)
    await assert_refused(platform, f"{nested}.{nested}.{nested}")


@every_platform
async def test_a_token_of_other_characters_or_parts_is_refused(platform: Platform) -> None:
    token = platform.token()
    header, claims, proof = token.split(".")
    for other in (
        f"{token}é",
        f"é{token}",
        token.replace(".", "é", 1),
        f"{header}.{claims}.\xff{proof}",
        f"{header}.{claims}.{proof}\n",
        f"{header}. {claims}.{proof}",
        f"{header}.{claims}.{proof}.{proof}",
        f"{header}.{claims}",
        f"{header}.{proof}",
        f"{header}..{proof}",
        f"{base64url(b'[]')}.{claims}.{proof}",
        f"{base64url(bytes([0xFF, 0xFE]))}.{claims}.{proof}",
    ):
        await assert_refused(platform, other)
    await assert_refused(platform, "é" * 40)


async def test_mondays_secret_may_be_as_short_as_monday_makes_it() -> None:
    platform, short = MONDAY, "short"
    request = with_header(
        REQUEST, "authorization", forged(platform, {"alg": "HS256"}, short.encode())
    )
    for value, is_right in ((short, True), ("shorter", False), ("", False)):
        keys = [SecretValue(platform.webhook.secrets[0], "current", value)]
        verdict = await verify(platform.webhook.signature, request, keys, now=NOW)
        assert verdict.accepted is is_right
