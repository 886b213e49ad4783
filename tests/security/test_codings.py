"""Compressed bytes, also many times over: never inflated, here or from outside."""

import gzip
import zlib

import httpx2
import pytest

from layeron.adapters.documents import HTTPSDocuments
from layeron.errors import DocumentUnavailableError
from tests.api import declared
from tests.contract.sender.opening import answer, sending
from tests.support.hostile_receiver import receiving
from tests.support.service import Service
from tests.support.vendor import send_new, sign

BOMB = gzip.compress(bytes(64 * 2**20), mtime=0)
STACKED = gzip.compress(zlib.compress(BOMB), mtime=0)
CODINGS = [("gzip", BOMB), ("deflate, gzip", STACKED), ("gzip, deflate, gzip", STACKED)]
every_coding = pytest.mark.parametrize(("coding", "bomb"), CODINGS, ids=[c for c, _ in CODINGS])


@every_coding
async def test_a_request_is_verified_kept_and_handled_as_it_came(
    service: Service, coding: str, bomb: bytes
) -> None:
    event_id = await send_new(
        service, body=bomb + coding.encode(), content_encoding=coding, content_type="text/plain"
    )
    await service.settled(event_id)
    (event,) = declared.handled[event_id]
    assert event.raw_body == event.payload == bomb + coding.encode()
    shown = await service.api("GET", f"/events/{event_id}/payload?pretty=true")
    assert len(shown.content) < 5 * len(bomb)
    whole = await service.api("GET", f"/events/{event_id}/payload")
    assert "content-encoding" not in whole.headers


@every_coding
async def test_the_api_and_the_dashboard_take_no_compressed_body(
    service: Service, coding: str, bomb: bytes
) -> None:
    options = {"content": bomb[:60_000], "headers": {"content-encoding": coding}}
    for path in ("/api/v1/keys", "/dashboard/login"):
        sent = httpx2.Request("POST", f"http://hooks.example.com{path}", **options)  # type: ignore[arg-type]
        sent.headers["authorization"] = f"Bearer {service.key}"
        assert (await service.http.send(sent)).status_code == 400


@every_coding
async def test_what_an_endpoint_answers_is_kept_as_it_came(coding: str, bomb: bytes) -> None:
    said = f"HTTP/1.1 200 OK\r\nContent-Encoding: {coding}\r\nContent-Length: {len(bomb)}\r\n\r\n"
    async with receiving(said.encode() + bomb) as receiver, sending() as sender:
        told = await answer(sender, f"http://{receiver.host}/")
        assert bomb.startswith(told.excerpt)
        assert b"accept-encoding" not in receiver.requests[0].lower()


@every_coding
async def test_a_document_of_a_provider_that_comes_compressed_is_refused(
    coding: str, bomb: bytes
) -> None:
    asked: list[httpx2.Request] = []

    class Answer(httpx2.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
            asked.append(request)
            body = httpx2.ByteStream(bomb)
            return httpx2.Response(200, headers={"content-encoding": coding}, stream=body)

    documents = HTTPSDocuments(Answer())
    with pytest.raises(DocumentUnavailableError, match="in a coding unasked"):
        await documents.get("https://example.com/a.pem", hosts=r"example\.com")
    await documents.close()
    assert asked[0].headers["accept-encoding"] == "identity"


def test_the_bombs_are_some() -> None:
    assert len(STACKED) < len(BOMB) < 2**17
    assert len(sign(BOMB)) == 64
