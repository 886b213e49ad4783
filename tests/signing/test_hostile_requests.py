"""No byte can be changed unnoticed, and nothing that a stranger sends raises."""

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from layeron.request import Request, headers_of
from layeron.signing.verdict import Cause
from layeron.signing.verify import verify
from tests.support.rules import EXAMPLES, NOW, UNSIGNED, Example, with_header

HOSTILE_TEXTS = [
    "",
    " ",
    ",",
    "=",
    "t=,v1=",
    "t=1,v1=",
    "t=1,t=2,v1=00",
    "v1,",
    "v1,=",
    "v9,AAAA",
    "sha256=",
    "sha1=zz",
    "sha1=" + "0" * 39,
    "Bearer",
    "Bearer ",
    "Basic " + "A" * 7,
    "\x00",
    "\x00" * 64,
    "0" * 63,
    "0" * 64,
    "0" * 100_000,
    "v1=00," * 20_000,
    "v1,AAAA " * 20_000,
    "é" * 64,
    "\xff\xfe",
    "\u2028",
    "٣" * 64,
    "\ud800",
    "\U0001f4a3",
    "AAAA" * 11 + "=",
    "%00",
    "{timestamp}",
    "\r\nx-signature: 1",
]
HOSTILE_TIMES = [
    "NaN",
    "Infinity",
    "1e308",
    "-1",
    "+1777888800",
    "1777888800.0",
    "1_777_888_800",
    "0x69F86E60",
    "17778 88800",
    "٣" * 10,
    "9" * 15,
    "9" * 16,
    "9" * 5_000,
    "2026-05-04T10:00:00",
    "0001-01-01T00:00:00+23:59",
    "9999-12-31T23:59:59-23:59",
    "2026-05-04T10:00:00+99:99",
    "",
    "\ud800",
]
HOSTILE_BODIES = [
    b"",
    b"\x00",
    b"\xff\xfe\xfd",
    b"[" * 100_000,
    b'{"signature": {"value": {"value": 1}}}',
    b'{"signature": "x"}',
    b'{"signature": {"value": "\\ud800", "timestamp": 1e308}, "id": NaN}',
    b'{"signature": {"value": "00", "timestamp": -1}, "id": 1}',
    b'{"nested": {"time": "' + b"9" * 5_000 + b'"}}',
    b"signature.value=%ff&signature.timestamp=%00",
    b"9" * 5_000,
]
every_rule = pytest.mark.parametrize("example", EXAMPLES.values(), ids=EXAMPLES)

patient = settings(deadline=None)  # machines that run tests are busy

any_name = st.sampled_from(["x-signature", "x-timestamp", "x-id", "authorization", "content-type"])
any_byte = st.integers(0, 255)
any_rule = st.sampled_from(sorted(EXAMPLES)).map(EXAMPLES.__getitem__)


async def is_refused(example: Example, asked: Request) -> bool:
    verdict = await verify(example.rule, asked, example.keys, now=NOW)
    assert verdict.cause is None or verdict.cause in Cause
    assert len(verdict.detail) < 400
    return not verdict.accepted


def hostile_variants(example: Example) -> Iterator[Request]:
    signed = example.signed
    rule = example.rule
    for text in HOSTILE_TEXTS:
        for name in rule.header_names:
            yield with_header(signed, name, text)
        if rule.query_param:
            yield replace(signed, query_string=f"signature={text}")
    for time in HOSTILE_TIMES:
        if rule.timestamp_header:
            yield with_header(signed, rule.timestamp_header, time)
            yield with_header(signed, rule.timestamp_header, time, "1777888800")
        if rule.timestamp_query_param:
            yield replace(signed, query_string=f"ts={time}")
        if rule.timestamp_prefix:
            right = signed.headers["x-signature"].split(rule.separator[0])[-1]
            yield with_header(signed, "x-signature", f"t={time}{rule.separator[0]}{right}")
    if example.covers_body or rule.body_field:
        yield from (replace(signed, body=body) for body in HOSTILE_BODIES)
    yield replace(signed, headers=headers_of([]), query_string="", body=b"")


@every_rule
async def test_hostile_requests_are_refused_and_nothing_raises(example: Example) -> None:
    for asked in hostile_variants(example):
        assert await is_refused(example, asked), asked.headers


@patient
@given(any_rule, st.lists(st.tuples(any_name, st.text(max_size=80))), st.binary(), st.text())
async def test_any_headers_body_and_query_are_refused_and_nothing_raises(
    example: Example, headers: list[tuple[str, str]], body: bytes, query: str
) -> None:
    asked = replace(UNSIGNED, headers=headers_of(headers), body=body, query_string=query)
    assert await is_refused(example, asked)


@patient
@given(any_rule, st.data())
async def test_no_byte_of_the_body_changes_without_the_verdict_turning(
    example: Example, data: st.DataObject
) -> None:
    body = example.signed.body
    if not example.covers_body:
        return
    place = data.draw(st.integers(0, len(body) - 1))
    byte = data.draw(any_byte.filter(lambda each: each != body[place]))
    changed = body[:place] + bytes([byte]) + body[place + 1 :]
    assert await is_refused(example, replace(example.signed, body=changed))
    longer = body[:place] + bytes([byte]) + body[place:]
    assert await is_refused(example, replace(example.signed, body=longer))
    shorter = body[:place] + body[place + 1 :]
    assert await is_refused(example, replace(example.signed, body=shorter))


@patient
@given(any_rule, st.data())
async def test_no_byte_of_the_proof_changes_without_the_verdict_turning(
    example: Example, data: st.DataObject
) -> None:
    """The proof: the signature's and the time's header, and every header that is signed."""
    signed, rule = example.signed, example.rule
    template = rule.template
    names = {
        *rule.header_names,
        rule.timestamp_header or "",
        *(template.headers if template else ()),
    }
    present = sorted(name for name in names if name in signed.headers)
    if not present:
        return
    name = data.draw(st.sampled_from(present))
    text = signed.headers[name]
    place = data.draw(st.integers(0, len(text) - 1))
    byte = data.draw(any_byte.filter(lambda each: each != ord(text[place])))
    changed = text[:place] + chr(byte) + text[place + 1 :]
    assert await is_refused(example, with_header(signed, name, changed))


@patient
@given(st.sampled_from(["time in the query", "signature in the query"]), st.data())
async def test_no_byte_of_a_signed_query_changes_without_the_verdict_turning(
    name: str, data: st.DataObject
) -> None:
    signed = EXAMPLES[name].signed
    query = signed.query_string
    place = data.draw(st.integers(0, len(query) - 1))
    byte = data.draw(any_byte.filter(lambda each: each != ord(query[place])))
    changed = query[:place] + chr(byte) + query[place + 1 :]
    assert await is_refused(EXAMPLES[name], replace(signed, query_string=changed))


@pytest.mark.parametrize("part", ["method", "path"])
async def test_a_signed_method_and_path_cannot_be_changed(part: str) -> None:
    example = EXAMPLES["signature in the query"]
    changed = {"method": "PUT", "path": "/other"}[part]
    assert await is_refused(example, replace(example.signed, **{part: changed}))  # type: ignore[arg-type]


async def test_a_field_of_the_body_that_is_signed_cannot_be_changed() -> None:
    example = EXAMPLES["signature in the body"]
    payload = json.loads(example.signed.body)
    for place in ("id", "signature"):
        other = {**payload, place: "evt_2"}
        assert await is_refused(example, replace(example.signed, body=json.dumps(other).encode()))
