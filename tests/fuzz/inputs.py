"""Requests to fuzz with: a corpus of whole ones, and changes of it that nobody has thought of.

A file of the corpus holds the bytes of one request. ``{KEY}``, ``{SESSION}``, ``{CSRF}`` and
``{SIGNATURE}`` in it stand for what lets a request further in. What fuzzing finds is mended and
becomes a file.
"""

import os
from collections.abc import Callable
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st

from layeron.request import Request, headers_of

CORPUS = Path(__file__).with_name("corpus")
SEEDS = {each.stem: each.read_bytes() for each in sorted(CORPUS.glob("*.http"))}

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "0"))
"""How many changed requests each target is given; 0: a few, the same each time."""

thorough = settings(
    deadline=None, max_examples=EXAMPLES or 150, derandomize=not EXAMPLES, database=None
)

TOKENS = [
    b"", b"\r\n", b"\n", b"\r", b"\0", b"\xff", b"\xed\xa0\x80", b"\xc0\xae", "\u2028".encode(),
    "\U0001f4a3".encode(), b"%00", b"%", b"%ed%a0%80", b"%2e%2e%2f", b"\\ud800", b"\\u0000",
    b'"', b"'",
    b"<", b"&", b"=", b";", b",", b".", b":", b"/", b"\\", b"[", b"]", b"{", b"}", b"[" * 2_000,
    b'{"a":' * 2_000, b"-1", b"0", b"1e999", b"9" * 20, b"9" * 5_000, b"NaN", b"null",
    b"true", b"1.5",
    b"0001-01-01T00:00:00+23:59", b"9999-12-31T23:59:59-23:59", b"a" * 300, b"a" * 70_000, b"*",
    b"\t", b" ",
    b"t=1,v1=", b"v1,", b"Bearer ", b"Basic ", b"eyJhbGciOiJub25lIn0.e30.", b"[::", b"://", b"http://[",
]  # fmt: skip


def _piece_of(data: bytes) -> Callable[[int], bytes]:
    return lambda start: data[start : start + 40]


@st.composite
def requests(draw: st.DrawFn) -> bytes:
    """A request of the corpus with up to five places of it changed."""
    data = draw(st.sampled_from(list(SEEDS.values())))
    for _ in range(draw(st.integers(0, 5))):
        start = draw(st.integers(0, len(data)))
        end = min(len(data), start + draw(st.sampled_from([0, 0, 1, 2, 8, 64])))
        other = draw(st.sampled_from(list(SEEDS.values())))
        piece = draw(
            st.sampled_from(TOKENS)
            | st.binary(max_size=8)
            | st.integers(0, len(other)).map(_piece_of(other))
        )
        data = data[:start] + piece + data[end:]
    return data


def parted(data: bytes) -> tuple[str, str, list[tuple[str, str]], bytes]:
    """Method, target, header fields and body of what may be a request, however broken it is."""
    head, _, body = data.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    method, _, rest = first.partition(" ")
    fields = [line.partition(":")[::2] for line in lines]
    pairs = [(name.strip(), value.strip()) for name, value in fields]
    return method, rest.rpartition(" ")[0] or "/", pairs, body


def request_in(data: bytes) -> Request:
    """The same as a verifier gets it."""
    method, target, pairs, body = parted(data)
    path, _, query = target.partition("?")
    url = f"https://hooks.example.com{target}"
    return Request(method, url, path, query, headers_of(pairs), body)
