"""What a signature covers: each placeholder, byte by byte."""

import hashlib
from dataclasses import replace

import pytest

from layeron.request import Request, headers_of
from layeron.signing.template import parse_template
from layeron.signing.verdict import Cause, RefusalError

REQUEST = Request(
    "POST",
    "https://hooks.example.com/a%20b?x=1&y=%C3%A9&x-2=3",
    "/a%20b",
    "x=1&y=%C3%A9&x-2=3",
    headers_of([("X-Id", "msg_1"), ("X-Name", "\xff\xfe"), ("Content-Type", "application/json")]),
    b'{"a": {"b": ["zero", 7]}, "n": null, "t": true, "u": "\\u00e9"}',
)


@pytest.mark.parametrize(
    ("template", "signed"),
    [
        ("raw_body", REQUEST.body),
        ("timestamp.raw_body", b"1777888800." + REQUEST.body),
        ("method.path.raw_body", b"POST./a%20b." + REQUEST.body),
        ("v0:{timestamp}:{body}", b"v0:1777888800:" + REQUEST.body),
        ("{timestamp}{body}", b"1777888800" + REQUEST.body),
        ("{method}\n{path}\n{query}", b"POST\n/a%20b\nx=1&y=%C3%A9&x-2=3"),
        ("{url}", b"https://hooks.example.com/a%20b?x=1&y=%C3%A9&x-2=3"),
        ("{body_sha256}", hashlib.sha256(REQUEST.body).hexdigest().encode()),
        ("{header.x-id}", b"msg_1"),
        ("{header.X-ID}.{header.x-name}", b"msg_1.\xff\xfe"),
        ("{query.y}{query.x-2}", "é3".encode()),
        ("{body.a.b.0}{body.a.b.1}{body.t}{body.u}", "zero7trueé".encode()),
        ("{{{timestamp}}}", b"{1777888800}"),
        ("µ{timestamp}", "µ1777888800".encode()),
        ("{form}{timestamp}", b"1777888800"),
    ],
)
def test_a_template_is_rendered_from_the_exact_bytes(template: str, signed: bytes) -> None:
    assert parse_template(template).render(REQUEST, "1777888800") == signed


def test_form_fields_are_run_together_by_name_and_equal_pairs_count_once() -> None:
    form = replace(
        REQUEST,
        headers=headers_of([("content-type", "application/x-www-form-urlencoded; charset=utf-8")]),
        body=b"To=%2B1555&Body=caf%C3%A9+%FF&To=%2B1444&To=%2B1555&Empty=",
    )
    rendered = parse_template("{url}{form}").render(form, "")
    assert rendered.removeprefix(REQUEST.url.encode()) == (
        b"Bodycaf\xc3\xa9 \xffEmptyTo+1444To+1555"
    )


@pytest.mark.parametrize(
    ("template", "detail"),
    [
        ("{header.x-absent}{body}", "the signed header 'x-absent' is missing"),
        ("{query.absent}", "the signed query parameter 'absent' is missing"),
        ("{body.absent}", "the signed body field 'absent' is missing"),
        ("{body.n}", "the signed body field 'n' is missing"),
        ("{body.a}", "the signed body field 'a' is missing"),
    ],
)
def test_what_is_signed_and_absent_is_a_refusal(template: str, detail: str) -> None:
    with pytest.raises(RefusalError) as refusal:
        parse_template(template).render(REQUEST, "")
    assert (refusal.value.cause, refusal.value.detail) == (Cause.MISSING_SIGNED_FIELD, detail)


def test_what_is_signed_and_there_twice_is_a_refusal() -> None:
    twice = replace(
        REQUEST, headers=headers_of([("x-id", "1"), ("X-ID", "1")]), query_string="x=1&x=1"
    )
    for template in ("{header.x-id}", "{query.x}"):
        with pytest.raises(RefusalError, match="is there 2 times"):
            parse_template(template).render(twice, "")


def test_bytes_that_are_no_text_are_told_apart() -> None:
    rendered = {
        parse_template("{query.x}").render(replace(REQUEST, query_string=f"x=%F{digit}"), "")
        for digit in "0123456789ABCDEF"
    }
    assert len(rendered) == 16
