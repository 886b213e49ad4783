"""Requests that a proxy and we could part in two ways: refused, or parted as every proxy does."""

import json

import pytest

from tests.api.sending import fresh
from tests.api.serving import Connection, connected, exchange, head
from tests.support.vendor import sign

HIDDEN = b"GET /health/live HTTP/1.1\r\nHost: hooks.example.com\r\n\r\n"
"""What a proxy took for a part of the body; an answer to it goes to the next sender."""

CHUNKS = b"2\r\n{}\r\n0\r\n\r\n"
FIRST = b"POST /webhooks/vendor HTTP/1.1\r\n"
HOST = b"Host: hooks.example.com\r\n"


def coded(value: str, *more: str) -> bytes:
    return head(f"Transfer-Encoding: {value}", *more) + CHUNKS


def chunked(chunks: bytes) -> bytes:
    return head("Transfer-Encoding: chunked") + chunks


AMBIGUOUS = {
    "lines that end in LF": FIRST.replace(b"\r", b"") + HOST + b"Content-Length: 2\r\n\r\n{}",
    "a head that ends in LF LF": FIRST + HOST + b"Content-Length: 2\n\n{}",
    "a CR within a field": FIRST + HOST + b"X: a\rContent-Length: 5\r\n\r\n",
    "a folded Transfer-Encoding": head("Transfer-Encoding:", " chunked") + CHUNKS,
    "one length twice": head("Content-Length: 2", "Content-Length: 2") + b"{}",
    "a coding that only ends in chunked": coded("xchunked"),
    "chunked twice in one field": coded("chunked, chunked"),
    "chunked twice in two fields": coded("chunked", "Transfer-Encoding: chunked"),
    "chunked and then another": coded("chunked", "Transfer-Encoding: identity"),
    "chunked with a parameter": coded("chunked;q=1"),
    "chunked in quotes": coded('"chunked"'),
    "chunked behind a vertical tab": coded("\x0bchunked"),
    "a blank before the colon": head("Transfer-Encoding : chunked") + CHUNKS,
    "a length among chunks": coded("chunked", "Content-Length: 4"),
    "chunks that end in LF": chunked(b"2\n{}\n0\n\n"),
    "an LF in an extension": chunked(b"2;a\nb\r\n{}\r\n0\r\n\r\n"),
    "a size in 0x": chunked(b"0x2\r\n{}\r\n0\r\n\r\n"),
    "a size with a sign": chunked(b"+2\r\n{}\r\n0\r\n\r\n"),
    "a size below zero": chunked(b"-2\r\n{}\r\n0\r\n\r\n"),
    "a size and a blank": chunked(b"2 \r\n{}\r\n0\r\n\r\n"),
    "a size past 64 bits": chunked(b"10000000000000002\r\n{}\r\n0\r\n\r\n"),
    "a chunk longer than its size": chunked(b"2\r\n{}xx0\r\n\r\n"),
    "a length in a trailer": chunked(b"2\r\n{}\r\n0\r\nContent-Length: 40\r\n\r\n"),
    "two hosts": FIRST + HOST + b"Host: one.example.com\r\nContent-Length: 2\r\n\r\n{}",
    "a URL of another host": head("Content-Length: 2", path="http://one.example.com/x") + b"{}",
    "a URL with a login": head("Content-Length: 2", path="http://a@b@hooks.example.com/") + b"{}",
    "a tunnel": b"CONNECT inside.example.com:443 HTTP/1.1\r\nHost: inside.example.com:443\r\n\r\n",
    "HTTP/2 at once": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "a blank before the method": b" " + head("Content-Length: 2") + b"{}",
}  # fmt: skip

CLEAR = {
    "another case": coded("CHUNKED"),
    "a tab before it": coded("\tchunked"),
    "an underscore is another name": head("Transfer_Encoding: chunked", "Content-Length: 2")
    + b"{}",
    "an extension": chunked(b"2;name=value\r\n{}\r\n0\r\n\r\n"),
    "a trailer": chunked(b"2\r\n{}\r\n0\r\nX-Trailer: 1\r\n\r\n"),
    "lines before it": b"\r\n\r\n" + head("Content-Length: 2") + b"{}",
    "a request in a body": head(f"Content-Length: {len(HIDDEN)}") + HIDDEN,
}


async def answers(connection: Connection) -> list[int]:
    """The statuses of all answers, until the connection ends."""
    statuses = [(await connection.answer())[0]]
    while statuses[-1]:
        statuses.append((await connection.answer())[0])
    return statuses


@pytest.mark.parametrize("name", AMBIGUOUS)
async def test_what_can_be_parted_in_two_ways_is_refused_with_all_that_follows(
    address: str, name: str
) -> None:
    async with connected(address) as connection:
        await connection.say(AMBIGUOUS[name] + HIDDEN)
        assert await answers(connection) == [400, 0]


@pytest.mark.parametrize("name", CLEAR)
async def test_what_can_be_parted_in_one_way_has_one_answer(address: str, name: str) -> None:
    last = head("Connection: close", method="GET", path="/health/live")
    async with connected(address) as connection:
        await connection.say(CLEAR[name] + last)
        assert await answers(connection) == [401, 200, 0]


async def test_a_field_that_trails_a_body_is_not_taken_for_one_of_the_head(address: str) -> None:
    body = json.dumps(fresh()).encode()
    chunk = b"%x\r\n%s\r\n0\r\n" % (len(body), body)
    signed = f"X-Signature: {sign(body)}"
    trailing = chunked(chunk) + f"{signed}\r\n\r\n".encode()
    leading = head("Transfer-Encoding: chunked", signed) + chunk + b"\r\n"
    assert [await exchange(address, each) for each in (trailing, leading)] == [401, 202]


@pytest.mark.parametrize("flood", [b"2;", b"2\r\n{}\r\n0\r\nx: "])
async def test_what_is_no_body_has_a_size(address: str, flood: bytes) -> None:
    async with connected(address) as connection:
        await connection.say(chunked(flood + b"x" * 10_000_000))
        assert await connection.is_ended()


async def test_a_body_that_comes_a_byte_a_chunk_is_a_body(address: str) -> None:
    body = json.dumps(fresh()).encode().ljust(50_000)
    chunks = b"".join(b"1\r\n%c\r\n" % byte for byte in body) + b"0\r\n\r\n"
    signed = f"X-Signature: {sign(body)}"
    assert await exchange(address, head("Transfer-Encoding: chunked", signed) + chunks) == 202
