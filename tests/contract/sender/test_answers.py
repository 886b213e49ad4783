"""What is kept of an answer, and how much of it is read."""

import pytest

from layeron.ports.sender import LARGEST_EXCERPT
from tests.contract.sender.opening import BODY, PATH, answer, failure, sending
from tests.support.broken_server import serving
from tests.support.hostile_receiver import GIGABYTE, gigabyte, receiving, saying

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-Told: yes\r\n\r\nok"


async def test_the_exact_bytes_and_headers_arrive_at_the_whole_url() -> None:
    async with receiving(OK) as receiver, sending() as sender:
        await answer(sender, f"http://{receiver.host}{PATH}")
    head, _, body = receiver.requests[0].partition(b"\r\n\r\n")
    lines = head.decode().split("\r\n")
    assert lines[0] == f"POST {PATH} HTTP/1.1"
    assert sorted(lines[1:]) == [
        f"Content-Length: {len(BODY)}",
        f"Host: {receiver.host}",
        "content-type: application/json",
        "webhook-id: msg_1",
    ]
    assert body == BODY


async def test_an_answer_is_told_with_its_headers_its_body_and_the_address() -> None:
    async with receiving(OK) as receiver, sending() as sender:
        told = await answer(sender, f"http://{receiver.host}{PATH}")
    assert (told.status, told.excerpt, told.truncated) == (200, b"ok", False)
    assert told.headers == [("Content-Length", "2"), ("X-Told", "yes")]
    assert told.address == "127.0.0.1"
    assert told.connect_seconds is not None


@pytest.mark.parametrize("status", [202, 204, 400, 410, 429, 500, 503, 599])
async def test_every_status_is_an_answer(status: int) -> None:
    said = f"HTTP/1.1 {status} As Told\r\nContent-Length: 0\r\n\r\n".encode()
    async with receiving(said) as receiver, sending() as sender:
        assert (await answer(sender, f"http://{receiver.host}/")).status == status


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_an_answer_and_is_not_followed(status: int) -> None:
    async with receiving(OK) as other, sending() as sender:
        said = (
            f"HTTP/1.1 {status} Go\r\nLocation: http://{other.host}/\r\nContent-Length: 0\r\n\r\n"
        )
        async with receiving(said.encode()) as receiver:
            told = await answer(sender, f"http://{receiver.host}/")
    assert told.status == status
    assert ("Location", f"http://{other.host}/") in told.headers
    assert (len(receiver.requests), other.connections) == (1, 0)


async def test_a_redirect_to_the_metadata_of_a_cloud_leads_nowhere() -> None:
    said = b"HTTP/1.1 302 Go\r\nLocation: http://169.254.169.254/\r\nContent-Length: 0\r\n\r\n"
    async with receiving(said) as receiver, sending() as sender:
        assert (await answer(sender, f"http://{receiver.host}/")).status == 302
    assert len(receiver.requests) == 1


@pytest.mark.parametrize(
    ("size", "kept", "truncated"),
    [
        (LARGEST_EXCERPT - 1, LARGEST_EXCERPT - 1, False),
        (LARGEST_EXCERPT, LARGEST_EXCERPT, False),
        (LARGEST_EXCERPT + 1, LARGEST_EXCERPT, True),
        (10 * LARGEST_EXCERPT, LARGEST_EXCERPT, True),
    ],
)
async def test_the_first_part_of_a_body_is_kept(size: int, kept: int, *, truncated: bool) -> None:
    said = f"HTTP/1.1 200 OK\r\nContent-Length: {size}\r\n\r\n".encode() + b"x" * size
    async with receiving(said) as receiver, sending() as sender:
        told = await answer(sender, f"http://{receiver.host}/")
    assert (len(told.excerpt), told.truncated) == (kept, truncated)


async def test_a_body_of_a_gigabyte_is_left_where_it_is() -> None:
    sent: list[int] = []
    async with serving(gigabyte(sent)) as host, sending() as sender:
        told = await answer(sender, f"http://{host}/")
        assert (told.status, told.truncated) == (200, True)
    assert sent[0] < GIGABYTE / 10  # what the system's buffers take at most


async def test_a_body_without_end_counts_once_its_excerpt_is_full() -> None:
    endless = saying(b"HTTP/1.1 200 OK\r\n\r\n", forever=b"x" * 1000)
    async with serving(endless) as host, sending() as sender:
        told = await answer(sender, f"http://{host}/")
    assert (told.status, told.truncated) == (200, True)


async def test_a_chunked_body_and_its_trailers_are_read() -> None:
    said = (
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        b"2;a=b\r\nok\r\n1\r\n!\r\n0\r\nX-Sum: 1\r\n\r\n"
    )
    async with receiving(said) as receiver, sending() as sender:
        assert (await answer(sender, f"http://{receiver.host}/")).excerpt == b"ok!"


async def test_the_first_hundred_headers_are_kept() -> None:
    fields = b"".join(b"X-%d: 1\r\n" % number for number in range(200))
    said = b"HTTP/1.1 200 OK\r\n" + fields + b"Content-Length: 0\r\n\r\n"
    async with receiving(said) as receiver, sending() as sender:
        told = await answer(sender, f"http://{receiver.host}/")
    assert [name for name, _ in told.headers] == [f"X-{number}" for number in range(100)]


async def test_headers_are_kept_up_to_sixteen_kilobytes() -> None:
    fields = b"".join(b"X-%d: %b\r\n" % (number, b"x" * 5000) for number in range(5))
    said = b"HTTP/1.1 200 OK\r\n" + fields + b"Content-Length: 0\r\n\r\n"
    async with receiving(said) as receiver, sending() as sender:
        told = await answer(sender, f"http://{receiver.host}/")
    assert [name for name, _ in told.headers] == ["X-0", "X-1", "X-2"]


async def test_headers_are_told_in_characters_that_can_be_shown() -> None:
    said = b"HTTP/1.1 200 OK\r\nX-Odd: caf\xe9 \x1b[31m\x7f\r\nContent-Length: 0\r\n\r\n"
    async with receiving(said) as receiver, sending() as sender:
        told = await answer(sender, f"http://{receiver.host}/")
    assert told.headers[0] == ("X-Odd", "café \\x1b[31m\\x7f")


@pytest.mark.parametrize(
    "before",
    [
        b"HTTP/1.1 100 Continue\r\n\r\n",
        b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n",
        b"HTTP/1.1 102 Processing\r\n\r\n" * 50,
    ],
)
async def test_what_precedes_an_answer_is_not_the_answer(before: bytes) -> None:
    async with receiving(before + OK) as receiver, sending() as sender:
        told = await answer(sender, f"http://{receiver.host}/")
    assert (told.status, told.excerpt) == (200, b"ok")


async def test_an_answer_of_an_older_http_is_understood() -> None:
    async with serving(saying(b"HTTP/1.0 200 OK\r\n\r\nok")) as host, sending() as sender:
        assert (await answer(sender, f"http://{host}/")).excerpt == b"ok"


@pytest.mark.parametrize(
    "said",
    [
        b"".join(b"X-%d: 1234567890\r\n" % number for number in range(10_000)),
        b"X-Long: " + b"x" * 10**6 + b"\r\n",
    ],
)
async def test_a_header_too_large_is_no_answer(said: bytes) -> None:
    large = saying(b"HTTP/1.1 200 OK\r\n", said, b"Content-Length: 0\r\n\r\n")
    async with serving(large) as host, sending() as sender:
        await failure(sender, f"http://{host}{PATH}", "protocol", "what is no HTTP")
