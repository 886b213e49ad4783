"""``webhook.events`` outside the service's processes: over HTTP, to a real server."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from layeron import ConflictError, Event, InboundWebhook
from layeron.client import HTTPGateway
from layeron.errors import BodyLostError, ConfigurationError, GatewayError, NotFoundError
from layeron.records import EventFilter
from tests.api import declared
from tests.api.sending import accepted, fresh
from tests.api.serving import serving
from tests.support import broken_server
from tests.support.service import Service, running_service
from tests.support.temporal import TemporalServer, free_port
from tests.support.vendor import SECRET, SECRET_NAME, send_new, vendor

NOWHERE = "whevt_01M87HX43ACC2282GBSNFBF3Q6"


@pytest.fixture(name="outside")
def _outside(
    service: Service, address: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> InboundWebhook:
    """The vendor's webhook as another process declares it, which knows the service's address."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LAYERON_URL", f"http://{address}")
    monkeypatch.setenv("LAYERON_API_KEY", service.key)
    webhook = declared.declare().webhook(declared.NAMESPACE, "vendor")
    assert webhook is not None
    return webhook


async def test_events_are_listed_shown_read_and_replayed(
    service: Service, outside: InboundWebhook
) -> None:
    payload = {**fresh(), "type": "plan.\ud800"}
    event_id = await accepted(service.http, payload)
    await service.settled(event_id)
    page = await outside.events.list(external_event_id=payload["id"], status="succeeded", limit=1)
    assert [each.id for each in page.events] == [event_id]
    assert page.next_cursor is None
    record = await outside.events.get(event_id)
    assert record == await service.tools.records.get_event(event_id)
    assert record.event_type == "plan.\ud800"
    assert await outside.events.payload(event_id) == declared.handled[event_id][0].raw_body
    replay = await outside.events.replay(event_id, reason="grüße \ud800", requested_by="nina")
    assert (replay.number, replay.requested_by) == (1, "nina (key tests)")
    record = await service.settled(event_id, replays=1)
    assert record.replays[0].reason == "grüße \ud800"


async def test_every_filter_reaches_the_service(service: Service, outside: InboundWebhook) -> None:
    first, second = [await accepted(service.http, {**fresh(), "type": "t.out"}) for _ in range(2)]
    record = await service.settled(second)
    await service.settled(first)
    events = outside.events
    assert [each.id for each in (await events.list(event_type="t.out")).events] == [second, first]
    page = await events.list(search="t.o", limit=1, direction="inbound")
    assert [each.id for each in page.events] == [second]
    rest = await events.list(event_type="t.*", cursor=page.next_cursor)
    assert [each.id for each in rest.events] == [first]
    later = await events.list(event_type="t.*", since=record.received_at)
    assert [each.id for each in later.events] == [second]
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    assert (await events.list(since=tomorrow, until=tomorrow)).events == []


async def test_what_the_service_answers_has_its_meaning(
    service: Service, outside: InboundWebhook
) -> None:
    asks: list[Callable[[str], Awaitable[object]]] = [
        outside.events.get,
        outside.events.payload,
        outside.events.replay,
    ]
    for ask in asks:
        for event_id in (NOWHERE, "x", "../keys", "", "\ud800"):
            with pytest.raises(NotFoundError):
                await ask(event_id)
    event_id = await accepted(service.http, fresh())
    record = await service.settled(event_id)
    await service.tools.blobs.delete(record.body.name)
    with pytest.raises(BodyLostError):
        await outside.events.payload(event_id)
    with pytest.raises(GatewayError, match="not a cursor") as caught:
        await outside.events.list(cursor="x")
    assert caught.value.status == 400


async def test_an_event_that_is_being_handled_is_a_conflict(
    tmp_path: Path, temporal: TemporalServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(SECRET_NAME, SECRET)
    began, go_on = asyncio.Event(), asyncio.Event()

    async def wait(_: Event) -> None:
        began.set()
        await go_on.wait()

    app, _ = vendor(handler=wait)
    async with running_service(app, tmp_path, temporal) as service, serving(service) as address:
        event_id = await send_new(service, {"id": "1"})
        await asyncio.wait_for(began.wait(), 20)
        gateway = HTTPGateway(f"http://{address}", service.key)
        with pytest.raises(ConflictError, match="still being handled"):
            await gateway.replay_event(event_id, requested_by="x", reason=None)
        go_on.set()
        await service.settled(event_id)


async def list_from(url: str, key: str | None = "lyr_x_y") -> object:
    return await HTTPGateway(url, key).list_events(EventFilter(), limit=1)


async def test_a_missing_or_wrong_key_is_told_in_one_sentence(address: str) -> None:
    for key in (None, "", "wrong", "lyr_x_y"):
        wanted = r"^send a valid API key as bearer: set LAYERON_API_KEY"
        with pytest.raises(GatewayError, match=wanted) as caught:
            await list_from(f"http://{address}", key)
        assert caught.value.status == 401


async def test_a_service_that_cannot_be_reached_is_told_in_one_sentence() -> None:
    url = f"http://127.0.0.1:{free_port()}"
    with pytest.raises(GatewayError) as caught:
        await list_from(url)
    assert str(caught.value) == (
        f"the API at {url} does not answer (ConnectError); is it running, and are LAYERON_URL and"
        " LAYERON_API_KEY right?"
    )
    assert caught.value.status == 0


async def test_a_server_that_breaks_off_or_is_another_is_told_in_one_sentence() -> None:
    async with broken_server.serving(broken_server.reset) as address:
        with pytest.raises(GatewayError, match="does not answer"):
            await list_from(f"http://{address}")
    for body in (
        b"<html>",
        b"{}",
        b"[" * 100_000,
        b"\xff",
        b'{"events": [{}], "next_cursor": null}',
    ):
        async with broken_server.serving(broken_server.answering(200, body)) as address:
            with pytest.raises(GatewayError, match="does not answer as this API does"):
                await list_from(f"http://{address}")
    for status, body in ((500, b"<html>"), (302, b""), (404, b'{"error": 1}'), (502, b"\xff")):
        async with broken_server.serving(broken_server.answering(status, body)) as address:
            with pytest.raises(GatewayError, match=f"^the API answered {status}$") as caught:
                await list_from(f"http://{address}")
            assert caught.value.status == status


@pytest.mark.parametrize("key", ["two\nlines", "é", "\ud800", "😀"])
async def test_a_key_that_no_header_can_hold_is_told_without_showing_it(
    address: str, key: str
) -> None:
    with pytest.raises(GatewayError, match="LAYERON_API_KEY right") as caught:
        await list_from(f"http://{address}", key)
    assert key not in str(caught.value)


@pytest.mark.parametrize(
    "url", ["localhost:8000", "", "ftp://x", "http://", "http://[", "http://x:99999", "http://x:y"]
)
def test_an_address_that_is_none_is_named_with_the_mend(url: str) -> None:
    with pytest.raises(ConfigurationError, match=r"LAYERON_URL: .* write one such as http://127"):
        HTTPGateway(url, None)


async def test_it_works_from_one_event_loop_after_the_other(
    service: Service, outside: InboundWebhook
) -> None:
    event_id = await accepted(service.http, fresh())
    await service.settled(event_id)

    def ask_twice() -> list[str]:
        return [asyncio.run(outside.events.get(event_id)).id for _ in range(2)]

    assert await asyncio.to_thread(ask_twice) == [event_id] * 2
