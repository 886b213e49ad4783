"""Why nothing matched, when it can be told."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from layeron.ports.documents import NoDocuments
from layeron.request import Request, headers_of
from layeron.secrets import Secret, SecretValue
from layeron.signing.diagnosis import diagnose
from layeron.signing.explanation import explain
from layeron.signing.rule import Signature
from layeron.signing.sign import sign
from layeron.signing.verdict import Cause, Verdict
from layeron.signing.verify import verify

SECRET = Secret("KEY")
VALUE = "whsec_c2VjcmV0LWtleS1mb3ItdGVzdHM="
NOW = datetime(2026, 5, 4, 10, tzinfo=UTC)
OPTIONS = {
    "secret": SECRET,
    "header": "x-signature",
    "timestamp_header": "x-time",
    "signed_payload": "{timestamp}.{body}",
}
RULE = Signature.model_validate(OPTIONS)
KEYS = [SecretValue(SECRET, "latest", VALUE)]
BODY = b'{"a": 1, "b": {"c": "na\\u00efve"}}'


def request(
    rule: Signature = RULE, body: bytes = BODY, url: str = "https://a.example/b"
) -> Request:
    unsigned = Request("POST", url, "/b", "", headers_of([]), body)
    return sign(rule, unsigned, [VALUE], now=NOW)


async def told(received: Request, rule: Signature = RULE, value: str = VALUE) -> Verdict:
    keys = [SecretValue(SECRET, "latest", value)]
    verdict = await verify(rule, received, keys, now=NOW)
    assert verdict.cause in {Cause.NO_MATCH, Cause.MALFORMED_SIGNATURE}
    return await diagnose(rule, received, keys, verdict, now=NOW)


def _compact(body: bytes) -> bytes:
    return json.dumps(json.loads(body), separators=(",", ":")).encode()


def _indented(body: bytes) -> bytes:
    return json.dumps(json.loads(body), indent=2).encode()


def _ended(body: bytes) -> bytes:
    return body + b"\r\n"


def _unix(body: bytes) -> bytes:
    return body.replace(b"\r\n", b"\n")


def _marked(body: bytes) -> bytes:
    return b"\xef\xbb\xbf" + body


def _sorted(body: bytes) -> bytes:
    return json.dumps(dict(reversed(json.loads(body).items()))).encode()


@pytest.mark.parametrize(
    ("sent", "alter", "says"),
    [
        (BODY, _compact, "written anew with spaces"),
        (
            _compact(BODY),
            _indented,
            "without spaces",
        ),
        (BODY, _sorted, "sorted keys"),
        (BODY, _ended, "without the white space around"),
        (b"a\r\nb", _unix, "line ends as CRLF"),
        (b"{}", _marked, "byte order mark"),
    ],
)
async def test_a_body_that_was_written_anew_is_told_from_a_wrong_secret(
    sent: bytes, alter: Callable[[bytes], bytes], says: str
) -> None:
    received = request(body=sent)
    verdict = await told(replace(received, body=alter(received.body)))
    assert verdict.cause is Cause.BODY_ALTERED
    assert says in verdict.detail


async def test_a_secret_with_a_line_end_is_told() -> None:
    verdict = await told(request(), value=f'"{VALUE}"\n')
    assert "white space around the secret" in verdict.detail
    assert VALUE not in verdict.detail


async def test_a_secret_read_the_wrong_way_is_told() -> None:
    sender = Signature.model_validate({**OPTIONS, "secret_encoding": "whsec"})
    verdict = await told(request(sender))
    assert "secret_encoding='whsec'" in verdict.detail


async def test_another_algorithm_is_told() -> None:
    sender = Signature.model_validate({**OPTIONS, "encoding": "base64"})
    assert "encoding='base64'" in (await told(request(sender))).detail


async def test_other_signed_content_is_told() -> None:
    sender = Signature(secret=SECRET, header="x-signature")
    receiver = Signature(secret=SECRET, header="x-signature", signed_payload="{method}{body}")
    assert "signed_payload='raw_body'" in (await told(request(sender), receiver)).detail


async def test_another_address_than_the_provider_called_is_told() -> None:
    rule = Signature(secret=SECRET, header="x-signature", signed_payload="{url}{body}")
    received = replace(request(rule), url="http://a.example/b")
    assert "https://a.example/b" in (await told(received, rule)).detail


async def test_forgery_stays_no_match() -> None:
    verdict = await told(replace(request(), body=b'{"a": 2}'))
    assert verdict.cause is Cause.NO_MATCH
    assert "it matches" not in verdict.detail


async def test_an_explanation_shows_expected_and_received_and_no_secret() -> None:
    received = request()
    good = await explain(RULE, received, KEYS, now=NOW, documents=NoDocuments())
    assert good.verdict.accepted
    assert all(step.good is not False for step in good.steps)
    bad = await explain(RULE, replace(received, body=b"{}"), KEYS, now=NOW, documents=NoDocuments())
    assert not bad.verdict.accepted
    text = repr(bad)
    assert received.headers["x-signature"] in text
    assert "expected " in text
    assert VALUE not in text
    assert "c2VjcmV0" not in text
