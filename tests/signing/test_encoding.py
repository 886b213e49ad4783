"""One spelling a value: a lenient decoder would let a signature be changed and still fit."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from layeron.signing.encoding import CODECS, Encoding
from layeron.signing.keys import SecretEncoding, decode_secret

DATA = b"\xfb\xef\xbe\xff\xff\x01\xab"

SPELLINGS: dict[Encoding, tuple[str, list[str]]] = {
    "hex": (
        "fbefbeffff01ab",
        ["FBEFBEFFFF01AB", "fbefbeffff01aB", "fb efbeffff01ab", "fbefbeffff01a"],
    ),
    "hex-upper": ("FBEFBEFFFF01AB", ["fbefbeffff01ab", "0XFBEFBEFFFF01AB"]),
    "base64": (
        "++++//8Bqw==",
        [
            "++++//8Bqw",
            "++++//8Bqw=",
            "++++//8Bqw===",
            "----__8Bqw==",
            "++++//8Bqx==",
            "++++\n//8Bqw==",
            " ++++//8Bqw==",
            "ä",
        ],
    ),
    "base64url": (
        "----__8Bqw",
        [
            "++++//8Bqw==",
            "----__8Bqw===",
            "----__8Bqw=",
            "----__8Bqx",
            "----__8B qw",
            "----__8Bqw==\n",
        ],
    ),
}


@pytest.mark.parametrize("encoding", SPELLINGS)
def test_the_one_spelling_is_written_and_read(encoding: Encoding) -> None:
    right, _ = SPELLINGS[encoding]
    assert CODECS[encoding].encode(DATA) == right
    assert CODECS[encoding].decode(right) == DATA


@pytest.mark.parametrize(
    ("encoding", "wrong"),
    [(encoding, wrong) for encoding, (_, each) in SPELLINGS.items() for wrong in each],
)
def test_every_other_spelling_is_refused(encoding: Encoding, wrong: str) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        CODECS[encoding].decode(wrong)


@settings(deadline=None)
@given(st.binary(), st.sampled_from(sorted(CODECS)))
def test_what_is_written_is_read_back(data: bytes, encoding: Encoding) -> None:
    assert CODECS[encoding].decode(CODECS[encoding].encode(data)) == data


@settings(deadline=None)
@given(st.text(), st.sampled_from(["hex", "hex-upper", "base64"]))
def test_what_is_read_is_written_back(text: str, encoding: Encoding) -> None:
    try:
        data = CODECS[encoding].decode(text)
    except ValueError:
        return
    assert CODECS[encoding].encode(data) == text


@pytest.mark.parametrize(
    ("encoding", "secret", "key"),
    [
        ("text", "whsec_AAEC", b"whsec_AAEC"),
        ("text", "schlüssel", "schlüssel".encode()),
        ("text", "not utf-8: \udcff", b"not utf-8: \xff"),
        ("hex", "00FFab", b"\x00\xff\xab"),
        ("base64", "AAECAw==", b"\x00\x01\x02\x03"),
        ("base64", "AAECAw", b"\x00\x01\x02\x03"),
        ("whsec", "whsec_AAEC", b"\x00\x01\x02"),
        ("whsec", "AAEC", b"\x00\x01\x02"),
        ("whpk", "whpk_AAEC", b"\x00\x01\x02"),
        ("whpk", "whsk_AAEC", b"\x00\x01\x02"),
    ],
)
def test_a_secrets_text_stands_for_a_key(encoding: SecretEncoding, secret: str, key: bytes) -> None:
    assert decode_secret(secret, encoding) == key


@pytest.mark.parametrize(
    ("encoding", "secret", "message"),
    [
        ("text", "", "is empty"),
        ("hex", "0", "is not hexadecimal"),
        ("base64", "A=A=", "is not base64"),
        ("whsec", "whsec_", "is empty"),
        ("whsec", "whpk_AAEC", "is not 'whsec_' with base64 after it"),
        ("whpk", "whsec_AAEC", "is not 'whpk_' .* with base64 after it"),
        ("whpk", "AAEC", "is not 'whpk_' .* with base64 after it"),
    ],
)
def test_a_secret_written_another_way_is_refused(
    encoding: SecretEncoding, secret: str, message: str
) -> None:
    with pytest.raises(ValueError, match=message) as refusal:
        decode_secret(secret, encoding)
    assert refusal.value.__suppress_context__ or refusal.value.__context__ is None
