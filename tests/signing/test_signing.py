"""The sender's half: what a request gets, and which rules cannot be followed."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from layeron.errors import ConfigurationError
from layeron.request import Request
from layeron.signing.context import VerificationContext
from layeron.signing.rule import Signature, SignatureDict
from layeron.signing.sign import sign
from layeron.signing.verify import verify
from tests.support.rules import (
    EXAMPLES,
    KEY,
    NOW,
    RSA_PRIVATE,
    STANDARD_LIKE,
    STRIPE_LIKE,
    UNSIGNED,
    WHSEC,
    Example,
    request,
    rule,
    values,
    with_header,
)


@pytest.mark.parametrize("example", EXAMPLES.values(), ids=EXAMPLES)
def test_signing_adds_to_a_request_and_changes_nothing_else(example: Example) -> None:
    signed = example.signed
    assert (signed.method, signed.path) == (UNSIGNED.method, UNSIGNED.path)
    assert signed.headers["x-id"] == UNSIGNED.headers["x-id"]
    if not (example.rule.body_field or example.rule.timestamp_body_field):
        assert signed.body == UNSIGNED.body


def test_a_signature_is_written_as_the_rule_reads_it() -> None:
    stripe = sign(rule(STRIPE_LIKE), UNSIGNED, [KEY], now=NOW)
    time, _, proof = stripe.headers["x-signature"].partition(",")
    assert time == "t=1777888800"
    assert proof.startswith("v1=")
    standard = sign(rule(STANDARD_LIKE), UNSIGNED, [WHSEC, WHSEC], now=NOW)
    assert standard.headers["x-timestamp"] == "1777888800"
    assert standard.headers["x-signature"].count("v1,") == 2
    assert standard.headers["x-signature"].count(" ") == 1
    layout = EXAMPLES["taken out by a pattern"].signed.headers["x-signature"]
    assert layout.startswith("ts=1777888800;h1=")
    assert EXAMPLES["basic auth"].signed.headers["authorization"] == "Basic dXNlcjpwYXNz"
    bearer = EXAMPLES["shared token"].signed.headers["authorization"]
    assert bearer == f"Bearer {KEY}"


async def test_a_signature_in_the_query_is_added_behind_the_other_parameters() -> None:
    chosen = rule({"query_param": "sig", "encoding": "base64", "signed_payload": "{query.a}{body}"})
    for query in ("a=1", "a=%20&b=2"):
        signed = sign(chosen, request(query=query), [KEY], now=NOW)
        assert signed.query_string.startswith(f"{query}&sig=")
        assert signed.url == f"https://hooks.example.com/vendor?{signed.query_string}"
        assert (await verify(chosen, signed, values(KEY), now=NOW)).accepted


async def test_a_signature_in_a_form_is_added_to_its_fields() -> None:
    chosen = rule({"body_field": "sig", "signed_payload": "{body.amount}"})
    form = request(b"amount=1%2C50&sig=old", content_type="application/x-www-form-urlencoded")
    signed = sign(chosen, form, [KEY], now=NOW)
    assert signed.body.startswith(b"amount=1%2C50&sig=")
    assert b"old" not in signed.body
    assert (await verify(chosen, signed, values(KEY), now=NOW)).accepted


def test_what_was_signed_before_is_replaced() -> None:
    once = sign(rule(STRIPE_LIKE), UNSIGNED, ["another"], now=NOW)
    assert sign(rule(STRIPE_LIKE), once, [KEY], now=NOW) == sign(
        rule(STRIPE_LIKE), UNSIGNED, [KEY], now=NOW
    )


def test_an_unsigned_rule_leaves_the_request_as_it_is() -> None:
    unsigned = Signature(algorithm="none")
    assert sign(unsigned, UNSIGNED, [], now=NOW) is UNSIGNED


async def test_a_pattern_without_layout_is_followed_where_it_reads_a_bare_signature() -> None:
    chosen = rule({"header": "x-signature", "extract": "([0-9a-f]{64})"})
    signed = sign(chosen, UNSIGNED, [KEY], now=NOW)
    assert (await verify(chosen, signed, values(KEY), now=NOW)).accepted


async def test_a_function_signs_where_a_function_verifies_and_both_get_the_time() -> None:
    def sealed(request: Request, secret: str, now: datetime) -> Request:
        return with_header(request, "x-seal", f"{secret} {now}")

    def is_sealed(context: VerificationContext) -> bool:
        return context.headers["x-seal"] == f"{context.secret} {context.now}"

    chosen = rule({"verify": is_sealed, "sign": sealed})
    signed = sign(chosen, UNSIGNED, [KEY], now=NOW)
    assert (await verify(chosen, signed, values(KEY), now=NOW)).accepted
    later = NOW + timedelta(seconds=1)
    assert not (await verify(chosen, signed, values(KEY), now=later)).accepted


EXTRACTS_SOMETHING_ELSE = (
    "the rule does not extract what was written; say how the header looks, such as"
    " layout='t={timestamp},v1={signature}'"
)
UNSIGNABLE: dict[str, tuple[SignatureDict, Request, list[str], str]] = {
    "no secret": ({"header": "x"}, UNSIGNED, [], "no secret was given"),
    "verifier": (
        {"verify": lambda _: True},
        UNSIGNED,
        [KEY],
        "the rule's verify function can only say yes or no; give it sign=…",
    ),
    "extractor": (
        {"extract": lambda ctx: ctx.headers["x"]},
        UNSIGNED,
        [KEY],
        "the rule's extract function does not say where the signature goes; add header",
    ),
    "pattern": (
        {"header": "x", "extract": "v1=([0-9a-f]+)"},
        UNSIGNED,
        [KEY],
        EXTRACTS_SOMETHING_ELSE,
    ),
    "several secrets without separator": (
        {"header": "x"},
        UNSIGNED,
        [KEY, KEY],
        "the rule has no separator to part the signatures of several secrets",
    ),
    "no key": (
        {"header": "x", "secret_encoding": "hex"},
        UNSIGNED,
        [KEY],
        "the secret is not hexadecimal",
    ),
    "no private key": (
        {"header": "x", "secret_encoding": "base64", "algorithm": "rsa-sha256"},
        UNSIGNED,
        ["AAAA"],
        "the secret is not an RSA private key",
    ),
    "no private Ed25519 key": (
        {"header": "x", "secret_encoding": "hex", "algorithm": "ed25519"},
        UNSIGNED,
        ["00" * 31],
        "the secret is not an Ed25519 private key",
    ),
    "no private P-256 key": (
        {"header": "x", "secret_encoding": "base64", "algorithm": "ecdsa-p256-sha256"},
        UNSIGNED,
        [RSA_PRIVATE],
        "the secret is not a P-256 private key",
    ),
    "a signed header is missing": (
        {"header": "x", "signed_payload": "{header.x-absent}{body}"},
        UNSIGNED,
        [KEY],
        "the signed header 'x-absent' is missing",
    ),
    "a body without fields": (
        {"body_field": "a.sig", "signed_payload": "{path}"},
        replace(UNSIGNED, body=b"[]"),
        [KEY],
        "the body has no place for the field 'a.sig'",
    ),
}


@pytest.mark.parametrize(
    ("written", "unsigned", "keys", "why"), UNSIGNABLE.values(), ids=UNSIGNABLE
)
def test_a_rule_that_cannot_be_followed_says_why(
    written: SignatureDict, unsigned: Request, keys: list[str], why: str
) -> None:
    chosen = rule(written)
    with pytest.raises(ConfigurationError) as refusal:
        sign(chosen, unsigned, keys, now=NOW)
    assert str(refusal.value) == f"The request cannot be signed: {why}."
