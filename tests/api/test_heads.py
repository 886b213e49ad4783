"""Heads of requests that are too slow or too large, and what becomes of connections."""

import asyncio
from datetime import timedelta

import pytest

from tests.api.serving import connected, exchange, head, serving
from tests.support.service import Service

SOON = timedelta(seconds=0.5)
UNSIGNED = head("Content-Length: 2") + b"{}"


async def test_a_head_that_comes_too_slowly_ends_its_connection(service: Service) -> None:
    async with serving(service, receive_timeout=SOON) as address, connected(address) as slow:
        dripping = asyncio.create_task(slow.drip(UNSIGNED))
        assert (await slow.answer())[0] == 408
        assert await slow.is_ended()
        await dripping


async def test_a_connection_that_says_nothing_is_ended(service: Service) -> None:
    async with serving(service, receive_timeout=SOON) as address, connected(address) as idle:
        assert (await idle.answer())[0] == 0


async def test_a_head_without_an_end_is_refused_at_its_limit(address: str) -> None:
    async with connected(address) as connection:
        await connection.say(b"POST / HTTP/1.1\r\n")
        for number in range(50):
            await connection.say(f"X-{number}: {'1' * 10_000}\r\n".encode())
        assert (await connection.answer())[0] in {431, 0}  # 0: reset before it was read
        assert await connection.is_ended()


async def test_a_flood_of_header_fields_is_refused(address: str) -> None:
    fields = [f"X-{number}: 1" for number in range(2_000)]
    assert await exchange(address, head(*fields, "Content-Length: 0")) == 431


async def test_a_second_request_on_a_connection_has_the_time_of_the_first(
    service: Service,
) -> None:
    async with serving(service, receive_timeout=SOON) as address, connected(address) as kept:
        for _ in range(2):
            await kept.say(UNSIGNED)
            assert (await kept.answer())[0] == 401
            await asyncio.sleep(0.6)
        await kept.say(UNSIGNED[:10])
        assert (await kept.answer())[0] == 408
        assert await kept.is_ended()


async def test_requests_sent_without_waiting_are_answered_in_order(address: str) -> None:
    async with connected(address) as connection:
        await connection.say(
            UNSIGNED + head("Content-Length: 0", path="/health/live", method="GET")
        )
        assert [(await connection.answer())[0] for _ in range(2)] == [401, 200]


async def test_a_body_nobody_reads_does_not_hold_its_connection(address: str) -> None:
    async with connected(address) as connection:
        await connection.say(head("Content-Length: 1000000", path="/health/live"))
        assert (await connection.answer())[0] == 405
        dripping = asyncio.create_task(connection.drip(b"x" * 1_000_000))
        assert await connection.is_ended()
        await dripping


@pytest.mark.parametrize(
    ("status", "options", "length"),
    [
        (404, {"path": "/webhooks/other"}, 5_000_000),
        (405, {"method": "PUT"}, 5_000_000),
        (413, {}, 20_000_000),
    ],
)
async def test_an_answer_reaches_a_sender_that_is_still_sending(
    address: str, status: int, options: dict[str, str], length: int
) -> None:
    sent = head(f"Content-Length: {length}", **options) + b"x" * 5_000_000
    assert await exchange(address, sent) == status


async def test_an_offer_to_change_the_protocol_is_passed_over(address: str) -> None:
    offers = ["Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "Content-Length: 2"]
    assert await exchange(address, head(*offers) + b"{}") == 401
    websocket = ["Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13"]
    assert await exchange(address, head(*websocket, method="GET")) == 405


async def test_what_is_no_http_is_refused(address: str) -> None:
    for data in (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", b"{}\r\n\r\n", b"GET\r\n\r\n"):
        assert await exchange(address, data) == 400


async def test_old_and_terse_clients_are_served(address: str) -> None:
    request = b"POST /webhooks/vendor HTTP/1.0\r\ncontent-length: 2\r\n\r\n{}"
    assert await exchange(address, request) == 401
