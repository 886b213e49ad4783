"""What is kept of a request gives nobody the means to act as its sender."""

from layeron.signing.credentials import without_credentials
from tests.support.rules import EXAMPLES, KEY, request, rule

TOKEN = rule({"header": "X-Token", "algorithm": "token"})
TOKEN_IN_THE_QUERY = rule({"query_param": "the token", "algorithm": "token"})


def test_a_token_is_left_out_wherever_its_rule_finds_it() -> None:
    by_header = without_credentials(TOKEN, request(X_Token=KEY, x_other="1"))
    assert dict(by_header.headers) == {"X-Token": "[redacted]", "x-other": "1"}
    asked = request(query=f"a=1&the%20token={KEY}&the+token={KEY}&b&token=2")
    kept = without_credentials(TOKEN_IN_THE_QUERY, asked)
    assert kept.query_string == "a=1&the%20token=[redacted]&the+token=[redacted]&b&token=2"
    assert kept.url == f"https://hooks.example.com/vendor?{kept.query_string}"


def test_a_token_of_another_rule_that_would_do_is_left_out_too() -> None:
    also = rule({"header": "x-signature", "also": [TOKEN]})
    assert without_credentials(also, request(x_token=KEY)).headers["x-token"] == "[redacted]"


def test_credentials_in_headers_are_left_out_whatever_the_rule() -> None:
    example = EXAMPLES["hmac-sha256 hex"]
    asked = request(authorization="Basic x", cookie="a=b", x_key="1", x_signature="00")
    kept = without_credentials(example.rule, asked, {"x-key"})
    assert set(kept.headers.values()) == {"[redacted]", "00"}
    assert kept.headers["x-signature"] == "00"


def test_everything_else_is_kept() -> None:
    for name, example in EXAMPLES.items():
        if name not in {"shared token", "basic auth"}:
            signed = example.signed
            kept = without_credentials(example.rule, signed)
            assert list(kept.headers.items()) == list(signed.headers.items())
            assert (kept.url, kept.body) == (signed.url, signed.body)
    unasked = request(query="a=1")
    assert without_credentials(TOKEN_IN_THE_QUERY, unasked).url == unasked.url
