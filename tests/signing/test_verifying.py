"""What is accepted, and the exact cause of what is not."""

from dataclasses import replace
from datetime import timedelta

import pytest

from layeron.request import Request
from layeron.secrets import Secret
from layeron.signing.sign import sign
from layeron.signing.verdict import Cause, Verdict
from layeron.signing.verify import verify
from tests.support.rules import (
    ED25519_PRIVATE,
    ED25519_PUBLIC,
    EXAMPLES,
    KEY,
    NOW,
    SECRET,
    STANDARD_LIKE,
    STRIPE_LIKE,
    UNSIGNED,
    WHSEC,
    Example,
    rule,
    values,
    with_header,
)

PLAIN = EXAMPLES["hmac-sha256 hex"]
STRIPE = EXAMPLES["time in the signature's header"]
every_rule = pytest.mark.parametrize("example", EXAMPLES.values(), ids=EXAMPLES)


async def verdict_on(example: Example, asked: Request | None = None) -> Verdict:
    signed = example.signed if asked is None else asked
    return await verify(example.rule, signed, example.keys, now=NOW)


@every_rule
async def test_what_is_signed_by_a_rule_is_accepted_by_it(example: Example) -> None:
    verdict = await verdict_on(example)
    assert verdict == Verdict("verified", secret=example.keys[0])
    assert verdict.accepted


@every_rule
async def test_the_key_of_somebody_else_is_refused(example: Example) -> None:
    verdict = await verify(example.rule, example.signed, values(example.stranger), now=NOW)
    assert (verdict.cause, verdict.accepted) == (Cause.NO_MATCH, False)
    assert "1 signature(s) with 1 key(s)" in verdict.detail


@every_rule
async def test_no_verdict_shows_a_secret_or_a_signature(example: Example) -> None:
    for keys in (example.keys, values(example.stranger), values("no key \x00"), []):
        verdict = await verify(example.rule, example.signed, keys, now=NOW)
        for hidden in (example.signing, example.verifying, example.stranger, "no key"):
            assert hidden not in repr(verdict)


async def test_an_unsigned_request_is_skipped_where_the_rule_says_so() -> None:
    verdict = await verify(rule({"secret": (), "algorithm": "none"}), UNSIGNED, [], now=NOW)
    assert verdict == Verdict("skipped")
    assert verdict.accepted


@every_rule
async def test_a_request_without_signature_is_told_from_a_malformed_one(example: Example) -> None:
    verdict = await verdict_on(example, UNSIGNED)
    assert verdict.cause is Cause.MISSING_SIGNATURE
    assert verdict.detail.endswith("is missing")


async def test_a_blank_header_is_a_missing_one() -> None:
    verdict = await verdict_on(PLAIN, with_header(UNSIGNED, "x-signature", "", " \t"))
    assert verdict == Verdict("failed", Cause.MISSING_SIGNATURE, "header 'x-signature' is missing")


@pytest.mark.parametrize(
    ("text", "detail"),
    [
        ("zz" * 32, "the signature is not written in hex"),
        ("AB" * 32, "the signature is not written in hex"),
        ("ab" * 31 + "a", "the signature is not written in hex"),
        ("ab " * 32, "the signature is not written in hex"),
        ("ab" * 31, "the signature has 31 bytes; hmac-sha256 has 32"),
        ("ab" * 20, "the signature has 20 bytes; hmac-sha256 has 32"),
    ],
)
async def test_a_malformed_signature_is_told_from_a_wrong_one(text: str, detail: str) -> None:
    verdict = await verdict_on(PLAIN, with_header(UNSIGNED, "x-signature", text))
    assert verdict == Verdict("failed", Cause.MALFORMED_SIGNATURE, detail)


async def test_a_signature_without_its_prefix_is_malformed() -> None:
    example = EXAMPLES["hmac-sha1 hex with prefix"]
    bare = example.signed.headers["x-signature"].removeprefix("sha1=")
    for text in (bare, f"sha256={bare}", f"SHA1={bare}"):
        verdict = await verdict_on(example, with_header(UNSIGNED, "x-signature", text))
        assert verdict.cause is Cause.MALFORMED_SIGNATURE
        assert verdict.detail == "header 'x-signature' holds no 'sha1=' signature"


async def test_base64url_is_taken_with_and_without_padding() -> None:
    example = EXAMPLES["hmac-sha256 base64url"]
    text = example.signed.headers["x-signature"]
    assert not text.endswith("=")
    for each in (text, f"{text}="):
        assert (await verdict_on(example, with_header(UNSIGNED, "x-signature", each))).accepted


async def test_each_of_several_signatures_is_tried() -> None:
    signed = STRIPE.signed
    time, right = signed.headers["x-signature"].split(",")
    wrong = "v1=" + "0" * 64
    for text in (
        f"{right},{time}",
        f"{time},{wrong},{right}",
        f"{time}, {right}, {wrong}, v0=junk, v9=, junk",
        f"{time},v1=junk,{right},,",
    ):
        assert (await verdict_on(STRIPE, with_header(signed, "x-signature", text))).accepted
    verdict = await verdict_on(STRIPE, with_header(signed, "x-signature", f"{time},{wrong}"))
    assert verdict.cause is Cause.NO_MATCH


async def test_several_headers_of_one_name_or_of_several_names_are_tried() -> None:
    chosen = rule({"header": "x-signature-1", "headers": ["x-signature-2"]})
    right = PLAIN.signed.headers["x-signature"]
    wrong = "0" * 64
    for asked in (
        with_header(UNSIGNED, "x-signature-1", wrong, right),
        with_header(UNSIGNED, "x-signature-2", right),
        with_header(with_header(UNSIGNED, "x-signature-1", wrong), "x-signature-2", right),
    ):
        assert (await verify(chosen, asked, values(KEY), now=NOW)).accepted


async def test_more_signatures_than_anybody_sends_are_refused_unchecked() -> None:
    verdict = await verdict_on(PLAIN, with_header(UNSIGNED, "x-signature", *["00" * 32] * 101))
    assert verdict.cause is Cause.MALFORMED_SIGNATURE
    assert "101 signatures, more than 100" in verdict.detail


async def test_while_a_secret_is_rotated_both_values_verify_and_the_verdict_says_which() -> None:
    keys = values("the-new-key", KEY)
    assert (await verify(PLAIN.rule, PLAIN.signed, keys, now=NOW)).secret == keys[1]
    by_new = sign(PLAIN.rule, UNSIGNED, ["the-new-key"], now=NOW)
    assert (await verify(PLAIN.rule, by_new, keys, now=NOW)).secret == keys[0]
    after = await verify(PLAIN.rule, PLAIN.signed, keys[:1], now=NOW)
    assert after.cause is Cause.NO_MATCH


async def test_a_sender_that_rotates_may_sign_with_both_keys() -> None:
    signed = sign(STRIPE.rule, UNSIGNED, ["the-new-key", KEY], now=NOW)
    assert signed.headers["x-signature"].count("v1=") == 2
    for key in ("the-new-key", KEY):
        assert (await verify(STRIPE.rule, signed, values(key), now=NOW)).accepted


async def test_only_values_of_the_rules_own_secrets_count() -> None:
    foreign = values(KEY, secret=Secret("OTHER_SECRET"))
    verdict = await verify(PLAIN.rule, PLAIN.signed, foreign, now=NOW)
    assert verdict.cause is Cause.UNUSABLE_SECRET
    assert verdict.detail == "secret 'VENDOR_SECRET' has no value"
    assert (await verify(PLAIN.rule, PLAIN.signed, foreign + values(KEY), now=NOW)).accepted


@pytest.mark.parametrize(
    ("name", "value", "detail"),
    [
        ("hmac-sha256 hex", "", "secret 'VENDOR_SECRET' (0) is empty"),
        ("hmac with a hex key", "abc", "secret 'VENDOR_SECRET' (0) is not hexadecimal"),
        ("hmac with a base64 key", "a b", "secret 'VENDOR_SECRET' (0) is not base64"),
        ("ed25519", "00", "secret 'VENDOR_SECRET' (0) is not an Ed25519 public key"),
        ("ecdsa", "AAAA", "secret 'VENDOR_SECRET' (0) is not a P-256 public key"),
        ("rsa", "AAAA", "secret 'VENDOR_SECRET' (0) is not an RSA public key"),
    ],
)
async def test_a_secret_that_is_no_key_is_our_trouble_not_the_senders(
    name: str, value: str, detail: str
) -> None:
    verdict = await verify(EXAMPLES[name].rule, EXAMPLES[name].signed, values(value), now=NOW)
    assert verdict == Verdict("failed", Cause.UNUSABLE_SECRET, detail)
    assert verdict.is_ours
    assert not Verdict("failed", Cause.NO_MATCH).is_ours


async def test_whsec_means_what_the_rule_says_it_means() -> None:
    as_text = rule({"header": "x-signature"})
    as_key = rule({"header": "x-signature", "secret_encoding": "whsec"})
    as_either = rule({"header": "x-signature", "secret_encoding": ("whsec", "text")})
    by_text = sign(as_text, UNSIGNED, [WHSEC], now=NOW)
    by_key = sign(as_key, UNSIGNED, [WHSEC], now=NOW)
    for chosen, signed, accepted in (
        (as_text, by_text, True),
        (as_text, by_key, False),
        (as_key, by_key, True),
        (as_key, by_text, False),
        (as_either, by_text, True),
        (as_either, by_key, True),
    ):
        assert (await verify(chosen, signed, values(WHSEC), now=NOW)).accepted is accepted


async def test_the_prefix_and_the_padding_of_whsec_are_optional() -> None:
    chosen = rule({"header": "x-signature", "secret_encoding": "whsec"})
    text = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwAA=="
    signed = sign(chosen, UNSIGNED, [text], now=NOW)
    for each in (text, text.rstrip("="), text.removeprefix("whsec_")):
        assert (await verify(chosen, signed, values(each), now=NOW)).accepted


async def test_a_stale_request_was_truly_signed_and_says_by_how_much_it_is_late() -> None:
    later = NOW + timedelta(seconds=712)
    verdict = await verify(STRIPE.rule, STRIPE.signed, STRIPE.keys, now=later)
    assert verdict.cause is Cause.STALE_TIMESTAMP
    assert verdict.detail == "stale by 412 s: signed 712 s ago, 300 s allowed"
    forged = await verify(STRIPE.rule, STRIPE.signed, values("another"), now=later)
    assert forged.cause is Cause.NO_MATCH


async def test_any_of_several_rules_may_accept_and_a_refusal_tells_of_the_nearest() -> None:
    asymmetric = {
        **STANDARD_LIKE,
        "prefix": "v1a,",
        "algorithm": "ed25519",
        "secret_encoding": "hex",
        "secret": Secret("PUBLIC_KEY"),
    }
    chosen = rule({**STANDARD_LIKE, "also": [asymmetric]})  # type: ignore[list-item]
    assert chosen.secrets == (SECRET, Secret("PUBLIC_KEY"))
    keys = values(WHSEC) + values(ED25519_PUBLIC, secret=Secret("PUBLIC_KEY"))
    shared = sign(chosen, UNSIGNED, [WHSEC], now=NOW)
    public = sign(chosen.also[0], UNSIGNED, [ED25519_PRIVATE], now=NOW)
    assert (await verify(chosen, shared, keys, now=NOW)).secret == keys[0]
    assert (await verify(chosen, public, keys, now=NOW)).secret == keys[1]
    late = await verify(chosen, public, keys, now=NOW + timedelta(hours=1))
    assert late.cause is Cause.STALE_TIMESTAMP
    assert (await verify(chosen, UNSIGNED, keys, now=NOW)).cause is Cause.MISSING_SIGNATURE


async def test_a_shared_token_in_another_alphabet_is_compared_by_its_bytes() -> None:
    chosen = rule({"header": "x-token", "algorithm": "token"})
    on_the_wire = "pässwörd€".encode().decode("latin-1")
    asked = with_header(UNSIGNED, "x-token", on_the_wire)
    assert (await verify(chosen, asked, values("pässwörd€"), now=NOW)).accepted
    in_the_body = rule({"body_field": "passcode", "algorithm": "token"})
    asked = replace(UNSIGNED, body='{"passcode": "pässwörd€"}'.encode())
    assert (await verify(in_the_body, asked, values("pässwörd€"), now=NOW)).accepted


async def test_a_signed_header_that_is_missing_or_there_twice_is_refused() -> None:
    example = EXAMPLES["standard webhooks"]
    for texts, found in (((), "is missing"), (("msg_1", "msg_2"), "is there 2 times")):
        verdict = await verdict_on(example, with_header(example.signed, "x-id", *texts))
        assert verdict == Verdict(
            "failed", Cause.MISSING_SIGNED_FIELD, f"the signed header 'x-id' {found}"
        )


async def test_stripe_like_rules_of_dicts_and_of_models_are_the_same() -> None:
    assert rule(STRIPE_LIKE) == STRIPE.rule
