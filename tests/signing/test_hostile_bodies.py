"""Bodies that would keep everybody else waiting, or be taken for what they are not."""

import asyncio
import json
from dataclasses import replace

import pytest

from layeron.payload import MOST_FIELDS, Payload, parse_payload
from layeron.request import headers_of
from layeron.signing.diagnosis import diagnose
from layeron.signing.rule import Signature
from layeron.signing.sign import sign
from layeron.signing.verdict import Cause, Verdict
from layeron.signing.verify import verify
from layeron.signing.wire import FORM
from tests.support.rules import KEY, NOW, SECRET, request, values

RULE = Signature(secret=SECRET, header="x-signature")


async def diagnosed(value: object) -> Verdict:
    """What is said of a body that was written anew, indented, after it was signed."""
    signed = sign(RULE, request(json.dumps(value).encode()), [KEY], now=NOW)
    altered = replace(signed, body=json.dumps(value, indent=2).encode())
    verdict = await verify(RULE, altered, values(KEY), now=NOW)
    return await diagnose(RULE, altered, values(KEY), verdict, now=NOW)


def nested(depth: int) -> object:
    value: object = 1
    for _ in range(depth):
        value = [value]
    return value


async def test_only_json_of_a_usual_size_and_depth_is_written_anew_for_a_diagnosis() -> None:
    for usual in (nested(20), {"lines": list(range(4_000))}):
        assert (await diagnosed(usual)).cause == Cause.BODY_ALTERED
    for hostile in (nested(100), {"lines": [1] * 6_000}):
        assert (await diagnosed(hostile)).cause == Cause.NO_MATCH


async def test_others_are_served_while_a_refusal_is_diagnosed() -> None:
    turns = 0

    async def others() -> None:
        nonlocal turns
        while True:
            await asyncio.sleep(0)
            turns += 1

    served = asyncio.create_task(others())
    forged = request(b'{"id": 1}', x_signature="0" * 64)
    verdict = await verify(RULE, forged, values(KEY), now=NOW)
    await diagnose(RULE, forged, values(KEY), verdict, now=NOW)
    served.cancel()
    assert turns > 20


async def test_a_form_of_more_fields_than_anybody_sends_is_refused_unread() -> None:
    rule = Signature(secret=SECRET, header="x-signature", signed_payload="{form}")
    body = b"&".join([b"a=1"] * MOST_FIELDS)
    signed = sign(rule, request(body, content_type=FORM), [KEY], now=NOW)
    assert (await verify(rule, signed, values(KEY), now=NOW)).accepted
    verdict = await verify(rule, replace(signed, body=body + b"&a=1"), values(KEY), now=NOW)
    assert verdict.cause == Cause.MISSING_SIGNED_FIELD


async def test_a_body_is_read_once_however_many_places_of_it_a_rule_names(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    options = {
        "secret": SECRET,
        "body_field": "signature",
        "timestamp_body_field": "at",
        "timestamp_format": "iso8601",
        "signed_payload": "{timestamp}{body.id}",
    }
    rule = Signature.model_validate({**options, "also": [{**options, "body_field": "other"}]})
    bodies: list[bytes] = []

    def counted(body: bytes, content_type: str) -> Payload:
        bodies.append(body)
        return parse_payload(body, content_type)

    monkeypatch.setattr("layeron.request.parse_payload", counted)
    signed = {"signature": "0" * 64, "other": "0" * 64, "at": "2026-05-04T10:00:00Z", "id": "evt"}
    forged = request(json.dumps(signed).encode())
    assert not (await verify(rule, forged, values(KEY), now=NOW)).accepted
    assert bodies == [forged.body]


@pytest.mark.parametrize("content_type", ["application/json", FORM, "text/plain", ""])
def test_no_content_type_hides_what_a_json_body_says(content_type: str) -> None:
    """It is not signed: with another, a request sent again would lose the id it is known by."""
    body = b' {"id": "evt_1", "note": "&id=evt_2&type=paid&"}'
    found = request(body, content_type=content_type).payload
    assert found == {"id": "evt_1", "note": "&id=evt_2&type=paid&"}


def test_a_form_whose_first_field_looks_like_json_is_still_a_form() -> None:
    assert request(b"[0]=a&[1]=b", content_type=FORM).payload == {"[0]": "a", "[1]": "b"}


def test_a_changed_request_is_read_anew() -> None:
    first = request(b"{}")
    assert first.payload == {}
    assert replace(first, body=b"[]").payload == []
    form = headers_of([("content-type", FORM)])
    assert replace(first, body=b"a=1", headers=form).payload == {"a": "1"}
