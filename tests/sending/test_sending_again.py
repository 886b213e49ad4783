"""Replays of events that were sent: to the endpoints they missed, or to those that are named."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from layeron import ConflictError, NotFoundError, OutboundWebhook, PayloadError
from layeron.records import EventRecord, ReplayRecord
from tests.sending.declared import publisher
from tests.support.customer import Answering, Customer, always, in_turn, running_customer
from tests.support.service import Service, eventually, running_service
from tests.support.temporal import TemporalServer
from tests.support.vendor import SECRET, SECRET_NAME, add_vendor, send_new

ONCE: dict[str, Any] = {"schedule": []}
PATIENTLY: dict[str, Any] = {"schedule": ["1h"]}


@asynccontextmanager
async def selling(
    folder: Path, temporal: TemporalServer, *answering: Answering, **options: Any
) -> AsyncGenerator[tuple[Service, OutboundWebhook, list[Customer]]]:
    """A service whose endpoints a, b and so on answer as they are told here."""
    async with (
        running_customer(answering[0]) as first,
        running_customer(answering[-1]) as second,
    ):
        known: dict[str, Any] = {"retry": ONCE, **options}
        app, out = publisher(first.url, second.url, **known)
        async with running_service(app, folder, temporal) as service:
            yield service, out, [first, second]


def statuses(record: EventRecord) -> dict[str, str]:
    return {each.endpoint: each.status for each in record.deliveries}


async def test_an_event_is_sent_again_to_those_it_missed_and_then_to_all(
    tmp_path: Path, temporal: TemporalServer
) -> None:
    answering = always(200), in_turn(500, 200)
    async with selling(tmp_path, temporal, *answering) as (service, out, (a, b)):
        sent = await out.send("invoice.paid", {"n": 1}, idempotency_key="1")
        record = await service.settled(sent.event_id)
        assert (record.status, statuses(record)) == (
            "dead_letter",
            {"a": "succeeded", "b": "dead_letter"},
        )
        again = await out.send("invoice.paid", {"n": 1}, idempotency_key="1")
        assert again.duplicate
        assert [each.status for each in again.deliveries] == ["succeeded", "dead_letter"]
        await out.events.replay(sent.event_id, reason="mended", requested_by="nina")
        record = await service.settled(sent.event_id, replays=1)
        assert (record.status, statuses(record)) == (
            "succeeded",
            {"a": "succeeded", "b": "succeeded"},
        )
        assert [(each.requested_by, each.reason) for each in record.replays] == [("nina", "mended")]
        assert (len(a.requests), len(b.requests)) == (1, 2)
        await out.events.replay(sent.event_id)
        await service.settled(sent.event_id, replays=2)
        assert (len(a.requests), len(b.requests)) == (2, 3)
        assert set(a.bodies) == set(b.bodies) == {await out.events.payload(sent.event_id)}
        assert set(a.ids()) == set(b.ids()) == {sent.event_id}
        record = await out.events.get(sent.event_id)
        assert record.duplicates == 1


async def test_named_endpoints_are_the_only_ones_it_is_sent_to_again(
    tmp_path: Path, temporal: TemporalServer
) -> None:
    async with selling(tmp_path, temporal, always(200)) as (service, out, (a, b)):
        sent = await out.send("invoice.paid", {})
        record = await service.settled(sent.event_id)
        path = f"/events/{sent.event_id}/replay"
        for number, name in enumerate(["b", record.deliveries[1].endpoint_id], 1):
            answer = await service.api("POST", path, json={"endpoints": [name]})
            assert answer.status_code == 202, answer.text
            await service.settled(sent.event_id, replays=number)
        assert (len(a.requests), len(b.requests)) == (1, 3)
        with pytest.raises(NotFoundError, match="was not sent to an endpoint 'c'; name some of a"):
            await out.events.replay(sent.event_id, endpoints=["a", "c"])
        for wrong in ([], "b", [1], ["b", 1]):
            answer = await service.api("POST", path, json={"endpoints": wrong})
            assert (answer.status_code, answer.json()["error"]["code"]) == (400, "bad_request")


async def test_a_deleted_endpoint_is_sent_nothing_again(
    tmp_path: Path, temporal: TemporalServer
) -> None:
    async with selling(tmp_path, temporal, always(200)) as (service, out, (a, b)):
        made, _ = await out.endpoints.create(name="shop", url=f"{b.url}/shop")
        await out.endpoints.disable("shop")
        sent = await out.send("invoice.paid", {}, endpoints=["a", "shop"])
        record = await service.settled(sent.event_id)
        assert statuses(record) == {"a": "succeeded", "shop": "held"}
        assert "is disabled by an operator; enable it" in str(record.last_error)
        await out.endpoints.delete("shop")
        for named in (None, ["shop"], [made.id], ["a", "shop"]):
            with pytest.raises(ConflictError) as refused:
                await out.events.replay(sent.event_id, endpoints=named)
            assert f"'shop' ({made.id}), deleted since then" in str(refused.value)
            assert "create one, and name it in 'endpoints'" in str(refused.value)
        answer = await service.api("POST", f"/events/{sent.event_id}/replay")
        assert (answer.status_code, answer.json()["error"]["code"]) == (409, "conflict")
        assert (await out.events.get(sent.event_id)).replays == []
        await out.endpoints.create(name="shop", url=f"{b.url}/shop")
        await out.events.replay(sent.event_id, endpoints=["shop"])
        await service.settled(sent.event_id, replays=1)
        assert (len(a.requests), [each.path for each in b.requests]) == (1, ["/hooks/shop"])


async def test_of_what_an_event_missed_deleted_endpoints_are_left_out(
    tmp_path: Path, temporal: TemporalServer
) -> None:
    answering = always(200), in_turn(500, 200)
    async with selling(tmp_path, temporal, *answering) as (service, out, (_, b)):
        await out.endpoints.create(name="shop", url="http://127.0.0.1:9/", retry={"schedule": []})
        sent = await out.send("invoice.paid", {})
        await service.settled(sent.event_id)
        await out.endpoints.delete("shop")
        await out.events.replay(sent.event_id)
        record = await service.settled(sent.event_id, replays=1)
        assert [each.status for each in record.replays] == ["succeeded"]
        assert statuses(record) == {"a": "succeeded", "b": "succeeded", "shop": "dead_letter"}
        assert len(b.requests) == 2


async def test_what_is_still_being_sent_is_a_conflict_and_what_has_ended_is_not(
    tmp_path: Path, temporal: TemporalServer
) -> None:
    answering = always(200), always(500)
    async with selling(tmp_path, temporal, *answering, retry=PATIENTLY) as (service, out, (a, _)):
        sent = await out.send("invoice.paid", {})
        await service.settled(sent.event_id, {"retrying"})
        for named in (None, ["b"]):
            with pytest.raises(ConflictError, match=r"still being sent to endpoint 'b' \(status r"):
                await out.events.replay(sent.event_id, endpoints=named)
        await out.events.replay(sent.event_id, endpoints=["a"])

        async def twice() -> bool | None:
            return len(a.requests) == 2 or None

        await eventually(twice)


async def test_an_event_that_nobody_wanted_has_nothing_to_send_again(
    tmp_path: Path, temporal: TemporalServer
) -> None:
    async with selling(tmp_path, temporal, always(200)) as (service, out, _):
        sent = await out.send("invoice.paid", {}, endpoints=[])
        assert sent.deliveries == []
        record = await service.settled(sent.event_id)
        assert record.status == "unhandled"
        with pytest.raises(ConflictError, match="was sent to no endpoint"):
            await out.events.replay(sent.event_id)


async def test_an_event_in_a_queue_is_sent_again_through_the_queue(
    tmp_path: Path, temporal: TemporalServer
) -> None:
    async with selling(tmp_path, temporal, always(200), fifo=True) as (service, out, (a, b)):
        results = [await out.send("invoice.paid", {"n": number}) for number in range(3)]
        for each in results:
            await service.settled(each.event_id)
        await out.events.replay(results[0].event_id, endpoints=["a"])
        await service.settled(results[0].event_id, replays=1)
        first, second, third = (each.event_id for each in results)
        assert (a.ids(), b.ids()) == ([first, second, third, first], [first, second, third])


async def test_a_received_event_has_no_endpoints(
    tmp_path: Path, temporal: TemporalServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(SECRET_NAME, SECRET)
    app, _ = publisher("https://93.184.216.34/")
    webhook = add_vendor(app, "vendor")
    async with running_service(app, tmp_path, temporal) as service:
        event_id = await send_new(service, {"id": "1"})
        await service.settled(event_id)
        with pytest.raises(PayloadError, match="was received, not sent"):
            await webhook.events.replay(event_id, endpoints=["a"])
        path = f"/events/{event_id}/replay"
        answer = await service.api("POST", path, json={"endpoints": ["a"]})
        assert (answer.status_code, answer.json()["error"]["code"]) == (422, "payload_invalid")


async def test_of_two_replays_at_once_one_is_refused(
    tmp_path: Path, temporal: TemporalServer
) -> None:
    async with selling(tmp_path, temporal, always(200)) as (service, out, (a, _)):
        sent = await out.send("invoice.paid", {})
        await service.settled(sent.event_id)
        begun = [out.events.replay(sent.event_id, endpoints=["a"]) for _ in range(3)]
        ended = await asyncio.gather(*begun, return_exceptions=True)
        assert len([each for each in ended if isinstance(each, ConflictError)]) == 2
        (replay,) = [each for each in ended if isinstance(each, ReplayRecord)]
        record = await service.settled(sent.event_id, replays=3)
        assert record.replays[replay.number - 1].status == "succeeded"
        assert len(a.requests) == 2
        await out.events.replay(sent.event_id, endpoints=["a"])
