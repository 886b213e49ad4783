"""Mistakes in a rule are refused when it is declared, in one clause that names the mend."""

from typing import Any

import pytest

from layeron import ConfigurationError, InboundWebhook, Signature, webhooks
from layeron.signing.rule import SignatureDict
from tests.support.rules import SECRET, STRIPE_LIKE, rule


def declare(signature: Any) -> InboundWebhook:
    return webhooks.custom(name="vendor", path="/vendor", signature=signature)


MISTAKES: dict[str, tuple[dict[str, Any], str]] = {
    "no secret": (
        {"header": "x-signature"},
        "algorithm 'hmac-sha256' needs a key; add secret=secret('NAME')",
    ),
    "no place": (
        {"secret": SECRET},
        "it does not say where the signature is; add header='x-signature'",
    ),
    "a value as secret": (
        {"header": "x-signature", "secret": "whsec_hidden"},
        "option 'signature.secret': write secret('NAME') and keep the value in the secret store",
    ),
    "values as secrets": (
        {"header": "x-signature", "secret": [SECRET, "whsec_hidden"]},
        "write secret('NAME')",
    ),
    "unknown option": (
        {"header": "x-signature", "secret": SECRET, "algoritm": "hmac-sha1"},
        "unknown option 'signature.algoritm'; did you mean 'algorithm'?",
    ),
    "unknown algorithm": (
        {"header": "x-signature", "secret": SECRET, "algorithm": "md5"},
        "option 'signature.algorithm': input should be 'hmac-sha256'",
    ),
    "unknown encoding": (
        {"header": "x-signature", "secret": SECRET, "encoding": "base32"},
        "option 'signature.encoding': input should be 'hex'",
    ),
    "unknown secret encoding": (
        {"header": "x-signature", "secret": SECRET, "secret_encoding": "whsecc"},
        "'whsecc' is no way to write a secret; choose from text, base64, hex, whsec, whpk",
    ),
    "header with a blank": (
        {"header": "x signature", "secret": SECRET},
        "'x signature' is no header name",
    ),
    "header in a list with a colon": (
        {"headers": ["x-a", "x-b:"], "secret": SECRET},
        "'x-b:' is no header name",
    ),
    "pattern that does not compile": (
        {"header": "x-signature", "secret": SECRET, "extract": "v1=("},
        "'v1=(' is no regular expression (missing ), unterminated subpattern at position 3)",
    ),
    "pattern without group": (
        {"header": "x-signature", "secret": SECRET, "extract": "v1=.*"},
        "'v1=.*' has no group; put '(' and ')' around what it finds",
    ),
    "pattern without header": (
        {"body_field": "signature", "secret": SECRET, "extract": "v1=(.*)"},
        "extract searches a header; add header='x-signature'",
    ),
    "pattern and separator": (
        {"header": "x", "secret": SECRET, "extract": "v1=(.*)", "separator": ","},
        "extract and separator both take a header apart; leave one of them out",
    ),
    "signer without verifier": (
        {"header": "x", "secret": SECRET, "sign": print},
        "sign is the other half of verify; leave it out, or add verify",
    ),
    "layout without pattern": (
        {"header": "x", "secret": SECRET, "layout": "v1={signature}"},
        "layout says how to write what extract reads; leave it out, or add extract",
    ),
    "layout without signature": (
        {"header": "x", "secret": SECRET, "extract": "v1=(.*)", "layout": "v1={body}"},
        "'v1={body}' must hold {signature} once",
    ),
    "unknown placeholder": (
        {"header": "x", "secret": SECRET, "signed_payload": "{timestmp}.{body}"},
        "'{timestmp}' is no placeholder; choose from body, body_sha256, form, method, path,",
    ),
    "placeholder with a format": (
        {"header": "x", "secret": SECRET, "signed_payload": "{body!r}"},
        "'{body}' takes no format; leave out '!' and ':' after it",
    ),
    "placeholder without name": (
        {"header": "x", "secret": SECRET, "signed_payload": "{header.}{body}"},
        "'{header.}' is no placeholder",
    ),
    "lone brace": (
        {"header": "x", "secret": SECRET, "signed_payload": "{body"},
        "'{body' has a lone brace; write '{{' or '}}' for one",
    ),
    "unknown payload preset": (
        {"header": "x", "secret": SECRET, "signed_payload": "raw-body"},
        "'raw-body' signs nothing of the request; write 'raw_body', 'timestamp.raw_body',",
    ),
    "time is signed and has no place": (
        {"header": "x", "secret": SECRET, "signed_payload": "timestamp.raw_body"},
        "signed_payload has {timestamp}, and no option says where it is; add timestamp_header=",
    ),
    "time has a place and is not signed": (
        {"header": "x", "secret": SECRET, "timestamp_header": "x-time"},
        "so anybody could renew it; put {timestamp} into signed_payload, or leave out timestamp_h",
    ),
    "time with a token": (
        {"header": "x", "secret": SECRET, "algorithm": "token", "timestamp_header": "x-time"},
        "the time is not signed, so anybody could renew it; leave out timestamp_header",
    ),
    "time in two places": (
        {
            "header": "x",
            "secret": SECRET,
            "timestamp_header": "x-time",
            "timestamp_query_param": "ts",
            "signed_payload": "timestamp.raw_body",
        },
        "timestamp_header and timestamp_query_param both say where the time is; keep one of them",
    ),
    "time among values that nothing parts": (
        {"header": "x", "secret": SECRET, "timestamp_prefix": "t="},
        "timestamp_prefix needs a header with several values; add header and separator=','",
    ),
    "time by a pattern without header": (
        {"body_field": "x", "secret": SECRET, "timestamp_extract": "t=(.*)"},
        "timestamp_extract searches the signature's header; add header='x-signature'",
    ),
    "tolerance without a time": (
        {"header": "x", "secret": SECRET, "tolerance_seconds": 300},
        "tolerance_seconds needs the time of signing; say where it is",
    ),
    "tolerance of nothing": (
        {**STRIPE_LIKE, "secret": SECRET, "tolerance_seconds": 0},
        "option 'signature.tolerance_seconds': input should be greater than 0",
    ),
    "signature inside what it signs: query": (
        {"query_param": "sig", "secret": SECRET, "signed_payload": "{url}{body}"},
        "the signature is part of {url} and {query}, so it cannot cover them",
    ),
    "signature inside what it signs: body": (
        {"body_field": "sig", "secret": SECRET},
        "the signature is part of the body, so it cannot cover it",
    ),
    "payload of a token": (
        {"header": "x", "secret": SECRET, "algorithm": "token", "signed_payload": "{body}"},
        "algorithm 'token' signs nothing; leave out signed_payload",
    ),
    "text as encoding of a digest": (
        {"header": "x", "secret": SECRET, "encoding": "text"},
        "encoding 'text' is for tokens; write 'hex', 'base64' or 'base64url'",
    ),
    "plain text as an Ed25519 key": (
        {"header": "x", "secret": SECRET, "algorithm": "ed25519"},
        "an Ed25519 key is no plain text; say how it is written: secret_encoding='hex'",
    ),
    "unsigned and signed": (
        {"header": "x", "secret": SECRET, "algorithm": "none"},
        "algorithm 'none' accepts unsigned requests; leave out secret and header",
    ),
    "unsigned among others": (
        {"header": "x", "secret": SECRET, "also": [{"algorithm": "none"}]},
        "a rule in also accepts unsigned requests, and so lets everybody in; leave it out",
    ),
    "rules of rules": (
        {
            "header": "x",
            "secret": SECRET,
            "also": [
                {"header": "y", "secret": SECRET, "also": [{"header": "z", "secret": SECRET}]}
            ],
        },
        "a rule in also has rules in its own also; list them side by side",
    ),
    "a mistake among others": (
        {"header": "x", "secret": SECRET, "also": [{"header": "y"}]},
        "option 'signature.also.0': algorithm 'hmac-sha256' needs a key",
    ),
    "a name among others": (
        {"header": "x", "secret": SECRET, "also": ["y"]},
        "option 'signature.also.0': input should be a valid dictionary or instance of Signature",
    ),
    "a list as algorithm": (
        {"header": "x", "secret": SECRET, "algorithm": ["hmac-sha256"]},
        "option 'signature.algorithm': input should be 'hmac-sha256'",
    ),
    "a list as secret encoding": (
        {"header": "x", "secret": SECRET, "secret_encoding": [["hex"]]},
        "['hex'] is no way to write a secret",
    ),
    "not a rule": (
        "x-signature",  # type: ignore[dict-item]  # what a user may write
        "option 'signature' must be a Signature or a dict with its keys",
    ),
}


@pytest.mark.parametrize(("written", "mend"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_refused_in_one_sentence_with_its_mend(written: Any, mend: str) -> None:
    with pytest.raises(ConfigurationError) as refusal:
        declare(written)
    message = str(refusal.value)
    assert message.startswith("webhook 'vendor': ")
    assert mend in message
    assert message.endswith((".", "?"))
    assert "\n" not in message
    assert "whsec_hidden" not in message


RIGHT: dict[str, SignatureDict] = {
    "a header in capitals": {"secret": SECRET, "header": "X-Signature"},
    "several secrets and headers": {"secret": [SECRET], "headers": ("x-a", "x-b")},
    "only an extractor": {"secret": SECRET, "extract": lambda ctx: ctx.headers["x-signature"]},
    "only a verifier": {"verify": lambda _: True},
    "a verifier with places": {
        "verify": lambda _: True,
        "secret": SECRET,
        "header": "x",
        "timestamp_header": "x-time",
    },
    "unsigned": {"algorithm": "none"},
    "unsigned but for a verifier": {"algorithm": "none", "verify": lambda _: True},
    "basic auth": {"algorithm": "basic", "secret": SECRET},
    "basic auth elsewhere": {"algorithm": "basic", "secret": SECRET, "header": "x-authorization"},
    "time signed as a header": {
        "secret": SECRET,
        "header": "x",
        "timestamp_header": "X-Time",
        "signed_payload": "{header.x-time}{body}",
    },
    "time signed with the URL": {
        "secret": SECRET,
        "header": "x",
        "timestamp_query_param": "ts",
        "signed_payload": "{url}",
    },
    "time signed with the body": {
        "secret": SECRET,
        "header": "x",
        "timestamp_body_field": "time",
    },
    "literal braces": {"secret": SECRET, "header": "x", "signed_payload": "{{literal}} {body}"},
    "time in a payload function": {
        "secret": SECRET,
        "header": "x",
        "timestamp_header": "x-time",
        "signed_payload": lambda ctx: ctx.raw_body,
    },
    "a model among others": {"secret": SECRET, "header": "x", "also": [rule({"header": "y"})]},
    "no tolerance": {"secret": SECRET, "header": "x", "tolerance_seconds": None},
    "half a second": {**STRIPE_LIKE, "secret": SECRET, "tolerance_seconds": 0.5},
}


@pytest.mark.parametrize("written", RIGHT.values(), ids=RIGHT)
def test_a_rule_without_mistake_is_taken_as_a_dict_and_as_a_model(written: SignatureDict) -> None:
    as_model = Signature.model_validate(written)
    assert declare(written).signature == as_model
    assert declare(as_model).signature is as_model


def test_a_rule_cannot_be_changed_once_it_is_declared() -> None:
    rule = declare({"header": "x-signature", "secret": SECRET}).signature
    with pytest.raises(ValueError, match="frozen"):
        rule.algorithm = "none"  # type: ignore[misc]
