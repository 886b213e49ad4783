"""Requests that are not signed as they must be: one answer for all, the cause for us alone."""

import json
import logging
import time

import httpx2
import pytest

from tests.api import declared
from tests.api.sending import UNAUTHORIZED, fresh, hmac_hex, post
from tests.support.service import Service
from tests.support.vendor import SECRET, sign

BODY = json.dumps({"id": "evt_of_a_stranger"}).encode()
RIGHT = sign(BODY)

Fields = list[tuple[bytes, bytes]]


def signature(*values: bytes | str) -> Fields:
    texts = [each.encode() if isinstance(each, str) else each for each in values]
    return [(b"x-signature", each) for each in texts]


REFUSED: dict[str, tuple[str, Fields, str]] = {
    "missing": ("vendor", [], "missing_signature"),
    "empty": ("vendor", signature(""), "missing_signature"),
    "in another field": ("vendor", [(b"x-signatures", RIGHT.encode())], "missing_signature"),
    "not hexadecimal": ("vendor", signature("g" * 64), "malformed_signature"),
    "odd": ("vendor", signature(RIGHT[:-1]), "malformed_signature"),
    "cut short": ("vendor", signature(RIGHT[:-2]), "malformed_signature"),
    "too long": ("vendor", signature(RIGHT + "00"), "malformed_signature"),
    "with a prefix": ("vendor", signature(f"sha256={RIGHT}"), "malformed_signature"),
    "in base64": ("vendor", signature("dG9vIHNob3J0Cg=="), "malformed_signature"),
    "no ASCII": ("vendor", signature("é" * 64), "malformed_signature"),
    "no UTF-8": ("vendor", signature(b"\xff\xfe" * 32), "malformed_signature"),
    "of other digits": ("vendor", signature("\u0663" * 32), "malformed_signature"),
    "of 100 kB": ("vendor", signature("0" * 100_000), "malformed_signature"),
    "of many parts": ("vendor", signature(*["00"] * 150), "malformed_signature"),
    "wrong": ("vendor", signature("0" * 64), "no_match"),
    "wrong twice": ("vendor", signature("0" * 64, "1" * 64), "no_match"),
    "of other bytes": ("vendor", signature(sign(BODY + b"\n")), "no_match"),
    "by another key": ("vendor", signature(hmac_hex("another", BODY)), "no_match"),
    "by SHA-1": ("vendor", signature(hmac_hex(SECRET, BODY, "sha1")), "malformed_signature"),
    "by SHA-512": ("vendor", signature(hmac_hex(SECRET, BODY, "sha512")), "malformed_signature"),
    "by SHA3-256": ("vendor", signature(hmac_hex(SECRET, BODY, "sha3_256")), "no_match"),
    "without a time": ("stamped", signature(RIGHT), "missing_timestamp"),
    "a wrong token": ("token", [(b"x-token", b"a-guess")], "no_match"),
    "half a token": ("token", [(b"x-token", b"token-of-the-vend")], "no_match"),
    "no token": ("token", [], "missing_signature"),
}


def stamped(at: float | str, *, body: bytes = BODY) -> Fields:
    stamp = str(at) if isinstance(at, str) else str(int(time.time() + at))
    proof = hmac_hex(SECRET, f"{stamp}.".encode() + body)
    return [(b"x-signature", proof.encode()), (b"x-timestamp", stamp.encode())]


TIMES: dict[str, tuple[float | str, str]] = {
    "stale": (-320, "stale_timestamp"),
    "of the future": (320, "future_timestamp"),
    "long ago": ("0", "stale_timestamp"),
    "in milliseconds": (f"{int(time.time())}000", "future_timestamp"),
    "before the epoch": ("-1", "malformed_timestamp"),
    "no number": ("NaN", "malformed_timestamp"),
    "a fraction": ("1.5", "malformed_timestamp"),
    "a power": ("1e308", "malformed_timestamp"),
    "very long": ("9" * 5_000, "malformed_timestamp"),
    "empty": ("", "malformed_timestamp"),
}


async def refused(
    http: httpx2.AsyncClient, webhook: str, fields: Fields, caplog: pytest.LogCaptureFixture
) -> str:
    """The cause that is logged of a refusal, of which the answer says nothing."""
    caplog.clear()
    answer = await http.post(f"/webhooks/{webhook}", content=BODY, headers=fields)
    assert answer.status_code == 401
    assert answer.json() == UNAUTHORIZED
    assert set(answer.headers) <= {"content-type", "content-length", "date"}
    (line,) = [each for each in caplog.records if each.name == "layeron.receiver"]
    assert line.levelno == logging.WARNING
    told = line.getMessage()
    assert told.startswith(f"{webhook}: rejected: ")
    assert len(told) < 300
    for known in (SECRET, declared.SECRETS["VENDOR_TOKEN"]):
        assert known not in told
    return str(getattr(line, "cause"))  # noqa: B009  # the log record's own field


@pytest.mark.parametrize("name", REFUSED)
async def test_what_is_not_signed_as_it_must_be_is_refused(
    http: httpx2.AsyncClient, caplog: pytest.LogCaptureFixture, name: str
) -> None:
    webhook, fields, cause = REFUSED[name]
    assert await refused(http, webhook, fields, caplog) == cause


@pytest.mark.parametrize("name", TIMES)
async def test_a_genuine_signature_of_another_time_is_refused(
    http: httpx2.AsyncClient, caplog: pytest.LogCaptureFixture, name: str
) -> None:
    at, cause = TIMES[name]
    assert await refused(http, "stamped", stamped(at), caplog) == cause


async def test_a_time_within_the_tolerance_is_accepted(http: httpx2.AsyncClient) -> None:
    for offset in (-280, 0, 280):
        body = json.dumps(fresh()).encode()
        fields = stamped(offset, body=body)
        answer = await http.post("/webhooks/stamped", content=body, headers=fields)
        assert answer.status_code == 202


async def test_two_times_are_one_too_many(
    http: httpx2.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    fields = [*stamped(0), (b"x-timestamp", b"1")]
    assert await refused(http, "stamped", fields, caplog) == "malformed_timestamp"


async def test_a_right_signature_among_wrong_ones_is_found(http: httpx2.AsyncClient) -> None:
    body = json.dumps(fresh()).encode()
    fields = signature("g", "0" * 64, sign(body), b"\xff")
    answer = await http.post("/webhooks/vendor", content=body, headers=fields)
    assert answer.status_code == 202


async def test_one_byte_more_less_or_other_is_refused(http: httpx2.AsyncClient) -> None:
    body = json.dumps(fresh()).encode()
    for altered in (
        body + b"\n",
        body[:-1],
        body.replace(b"order", b"ordes"),
        b"\xef\xbb\xbf" + body,
    ):
        headers = {"x-signature": sign(body)}
        answer = await http.post("/webhooks/vendor", content=altered, headers=headers)
        assert answer.json() == UNAUTHORIZED


async def test_what_was_refused_leaves_no_event(service: Service) -> None:
    await post(service.http, body=BODY, headers={"x-signature": "00"})
    found = await service.api("GET", "/events?external_id=evt_of_a_stranger")
    assert found.json()["events"] == []
