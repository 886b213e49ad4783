"""Bodies too large, too slow, cut short or misdeclared, on a real connection."""

import asyncio
import json
import logging
from datetime import timedelta

import httpx2
import pytest

from layeron.settings import load_settings
from tests.api import declared
from tests.api.sending import accepted, fresh, post
from tests.api.serving import connected, exchange, head, serving
from tests.support.service import Service
from tests.support.vendor import sign

LIMIT = 100_000
SOON = timedelta(seconds=0.5)


def chunk(data: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(data), data)


def signed_head(body: bytes, *fields: str) -> bytes:
    return head(f"X-Signature: {sign(body)}", *fields)


async def begun(service: Service, body: bytes) -> bool:
    """Whether the engine was told of an event whose id is this body's."""
    workflow = f"inbound/{declared.NAMESPACE}/vendor/{json.loads(body)['id']}"
    return await service.tools.engine.is_running(workflow)


async def test_a_body_that_says_it_is_too_large_is_refused_unread(service: Service) -> None:
    async with serving(service, max_body=LIMIT) as address:
        for expect in ((), ("Expect: 100-continue",)):
            async with connected(address) as connection:
                await connection.say(head(f"Content-Length: {LIMIT + 1}", *expect))
                status, answer = await connection.answer()
                assert status == 413
                assert json.loads(answer)["error"]["code"] == "body_too_large"


async def test_a_body_that_turns_out_too_large_is_refused_and_not_cut_off(
    service: Service,
) -> None:
    body = json.dumps(fresh()).encode().ljust(LIMIT)
    async with serving(service, max_body=LIMIT) as address, connected(address) as connection:
        await connection.say(signed_head(body, "Transfer-Encoding: chunked"))
        await connection.say(chunk(body) + chunk(b" "))
        assert (await connection.answer())[0] == 413
        assert await connection.is_ended()
    assert not await begun(service, body)


async def test_a_body_of_exactly_the_limit_is_accepted(service: Service) -> None:
    whole, parted = (json.dumps(fresh()).encode().ljust(LIMIT) for _ in range(2))
    async with serving(service, max_body=LIMIT) as address:
        sent = signed_head(whole, f"Content-Length: {LIMIT}") + whole
        assert await exchange(address, sent) == 202
        chunks = chunk(parted[:7]) + chunk(parted[7:]) + chunk(b"")
        sent = signed_head(parted, "Transfer-Encoding: chunked") + chunks
        assert await exchange(address, sent) == 202


def test_the_limit_is_set_by_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    assert load_settings().max_body == 10 * 2**20
    monkeypatch.setenv("LAYERON_MAX_BODY", "512KiB")
    assert load_settings().max_body == 512 * 2**10


async def test_ten_mebibytes_go_all_the_way_to_the_handler_and_to_the_download(
    service: Service, http: httpx2.AsyncClient
) -> None:
    largest = service.settings.max_body
    assert largest == 10 * 2**20
    body = '{"text":"é"}'.encode().ljust(largest)
    event_id = await accepted(http, body=body)
    record = await service.settled(event_id)
    assert record.body.size == largest
    (event,) = declared.handled[event_id]
    assert event.raw_body == body
    assert (await service.api("GET", f"/events/{event_id}/payload")).content == body


async def test_an_empty_body_is_an_event_like_any_other(
    service: Service, http: httpx2.AsyncClient
) -> None:
    event_id = await accepted(http, body=b"")
    record = await service.settled(event_id)
    assert (record.status, record.event_type) == ("succeeded", "unknown")
    assert record.external_event_id is None
    (event,) = declared.handled[event_id]
    assert (event.raw_body, event.payload) == (b"", "")
    assert (await service.api("GET", f"/events/{event_id}/payload")).content == b""


async def test_a_body_that_comes_too_slowly_is_unreadable(service: Service) -> None:
    body = json.dumps(fresh()).encode()
    async with serving(service, receive_timeout=SOON) as address, connected(address) as slow:
        await slow.say(signed_head(body, f"Content-Length: {len(body)}"))
        dripping = asyncio.create_task(slow.drip(body[:-1]))
        status, answer = await slow.answer()
        assert status == 400
        assert json.loads(answer)["error"]["code"] == "unreadable"
        assert await slow.is_ended()
        await dripping
    assert not await begun(service, body)


async def test_a_sender_that_goes_away_leaves_nothing(
    service: Service, address: str, caplog: pytest.LogCaptureFixture
) -> None:
    body = json.dumps(fresh()).encode()
    async with connected(address) as connection:
        await connection.say(signed_head(body, f"Content-Length: {len(body)}") + body[:-1])
        await asyncio.sleep(0.05)
    async with connected(address) as connection:
        await connection.say(signed_head(body, "Transfer-Encoding: chunked") + chunk(body[:-1]))
        await asyncio.sleep(0.05)
    await asyncio.sleep(0.1)
    assert not await begun(service, body)
    assert [each for each in caplog.records if each.levelno >= logging.ERROR] == []


async def test_a_sender_that_does_not_wait_for_the_answer_has_its_event_kept(
    address: str, http: httpx2.AsyncClient
) -> None:
    payload = fresh()
    body = json.dumps(payload).encode()
    async with connected(address) as connection:
        await connection.say(signed_head(body, f"Content-Length: {len(body)}") + body)
        await asyncio.sleep(0.2)
    assert (await post(http, payload)).json()["status"] == "duplicate"


@pytest.mark.parametrize(
    "fields",
    [
        ["Content-Length: abc"],
        ["Content-Length: -1"],
        ["Content-Length: +2"],
        ["Content-Length: 1e1"],
        ["Content-Length: 0x2"],
        ["Content-Length: "],
        ["Content-Length: 2, 2"],
        ["Content-Length: 2", "Content-Length: 3"],
        ["Content-Length: 2", "Transfer-Encoding: chunked"],
        ["Transfer-Encoding: chunked", "Content-Length: 2"],
        ["Transfer-Encoding: identity"],
        ["Transfer-Encoding: chunked, gzip"],
        ["Content-Length: " + "9" * 5_000],
        ["Content-Length: 18446744073709551618"],
        ["Content-Length: 2", "X-Folded: a", " b"],
        ["Bad Name: 1", "Content-Length: 2"],
        ["No-Colon", "Content-Length: 2"],
        ["Content-Length : 2"],
        ["X-Nul: \0", "Content-Length: 2"],
    ],
    ids=lambda fields: " | ".join(fields)[-40:],
)
async def test_a_request_that_can_be_read_in_two_ways_is_unreadable(
    address: str, fields: list[str]
) -> None:
    assert await exchange(address, head(*fields) + b"{}") == 400


async def test_a_length_that_is_no_number_is_unreadable_whatever_the_server_lets_through(
    service: Service,
) -> None:
    for length in (b"", b"x", b"\xb2", b"9" * 5_000):
        answer = await service.http.post("/webhooks/vendor", headers={b"content-length": length})
        assert answer.status_code == 400
