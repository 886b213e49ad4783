"""`send` over HTTP, and from outside the service's processes: statuses and error codes."""

from collections.abc import AsyncGenerator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from layeron import NotFoundError, OutboundWebhook, OutgoingEvent, PayloadError
from tests.api.publishers import Caller, calling
from tests.api.shop import declare, names_of, post, publisher, sent
from tests.support.temporal import TemporalServer


@pytest_asyncio.fixture(scope="module", name="api")
async def _api(
    tmp_path_factory: pytest.TempPathFactory, temporal: TemporalServer
) -> AsyncGenerator[Caller]:
    """Nobody delivers here, so that what was started can be looked at."""
    folder = tmp_path_factory.mktemp("sending")
    async with calling(folder, temporal, declare(), worker=False, max_body=300_000) as caller:
        yield caller


async def test_over_http_an_event_is_accepted_with_its_deliveries(api: Caller) -> None:
    said = {
        "type": "order.paid",
        "payload": {"n": 1},
        "idempotency_key": "http",
        "endpoints": ["all"],
        "user_id": "nina",
        "headers": {"x-trace": "8"},
    }
    answer = await post(api, said)
    assert answer.status_code == 202, answer.text
    told = answer.json()
    (delivery,) = told["deliveries"]
    assert (delivery["endpoint"], delivery["status"]) == ("all", "queued")
    assert (told["duplicate"], told["conflict"]) == (False, False)
    again = (await post(api, said)).json()
    assert (again["event_id"], again["duplicate"]) == (told["event_id"], True)
    other = (await post(api, {**said, "payload": 2})).json()
    assert (other["event_id"], other["conflict"]) == (told["event_id"], True)


async def test_the_idempotency_key_may_be_a_header(api: Caller) -> None:
    said = {"type": "order.paid", "payload": None}
    first = (await post(api, said, idempotency_key="in the head")).json()
    again = (await post(api, {**said, "idempotency_key": "in the head"})).json()
    assert (again["event_id"], again["duplicate"]) == (first["event_id"], True)
    both = await post(api, {**said, "idempotency_key": "other"}, idempotency_key="in the head")
    assert both.status_code == 400
    assert "differ; send one" in both.json()["error"]["message"]
    anew = [(await post(api, said)).json()["event_id"] for _ in range(2)]
    assert anew[0] != anew[1]


async def test_many_are_sent_over_http(api: Caller) -> None:
    events = [{"type": "order.paid", "payload": n, "idempotency_key": f"m{n}"} for n in range(3)]
    told = (await post(api, {"events": events})).json()["results"]
    again = (await post(api, {"events": events})).json()["results"]
    assert [each["event_id"] for each in again] == [each["event_id"] for each in told]
    assert [each["duplicate"] for each in again] == [True] * 3


EVENT: dict[str, object] = {"type": "order.paid", "payload": {}}


@pytest.mark.parametrize(
    ("body", "status", "code", "says"),
    [
        (b"", 400, "bad_request", "must be a JSON object"),
        (b"[]", 400, "bad_request", "must be a JSON object"),
        (b'{"type": "a.b", "payload": NaN}', 400, "bad_request", "must be a JSON object"),
        (b"[" * 100_000, 400, "bad_request", "must be a JSON object"),
        ({**EVENT, "user": "x"}, 400, "bad_request", "unknown field 'user'"),
        ({"payload": {}}, 400, "bad_request", "'type' is missing"),
        ({"type": "a.b"}, 400, "bad_request", "'payload' is missing"),
        ({"events": {}}, 400, "bad_request", "'events' must be a list"),
        ({"events": [EVENT, 1]}, 400, "bad_request", "events[1] must be an object"),
        ({"events": [{**EVENT, "x": 1}]}, 400, "bad_request", "events[0]: unknown field 'x'"),
        ({"events": [], "type": "a"}, 400, "bad_request", "unknown field 'type'"),
        ({"events": [EVENT] * 101}, 422, "payload_invalid", "101 events are too many"),
        ({"events": [EVENT, {**EVENT, "type": ""}]}, 422, "payload_invalid", "events[1]: "),
        ({**EVENT, "type": 5}, 422, "payload_invalid", "event_type: input should be"),
        ({**EVENT, "payload": "\ud800"}, 422, "payload_invalid", "half a character"),
        ({**EVENT, "endpoints": "all"}, 422, "payload_invalid", "endpoints: "),
        ({**EVENT, "idempotency_key": []}, 422, "payload_invalid", "idempotency_key: "),
        ({**EVENT, "headers": {"x": 1}}, 422, "payload_invalid", "headers.x: "),
        ({**EVENT, "user_id": "\ud800"}, 422, "payload_invalid", "user_id: "),
        ({**EVENT, "endpoints": ["crm"]}, 404, "not_found", "no endpoint 'crm'"),
        (b'"' + b" " * 300_000, 413, "body_too_large", "larger than 300000 bytes"),
    ],
    ids=lambda given: repr(given)[:40],
)
async def test_over_http_every_refusal_has_its_status_and_code(
    api: Caller, body: object, status: int, code: str, says: str
) -> None:
    answer = await post(api, body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code), answer.text
    assert says in answer.json()["error"]["message"]


async def test_a_key_for_all_of_many_is_refused(api: Caller) -> None:
    answer = await post(api, {"events": [EVENT]}, idempotency_key="x")
    assert answer.status_code == 400


async def test_a_webhook_that_does_not_send_is_not_found(api: Caller) -> None:
    for place in ("default/nothing", "other/shop", "default/%2e%2e"):
        answer = await post(api, EVENT, webhook=place)
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not_found")


async def test_without_a_key_nothing_is_sent(api: Caller) -> None:
    answer = await api.service.http.post("/api/v1/webhooks/default/shop/events", json=EVENT)
    assert answer.status_code == 401


@pytest.fixture(name="outside")
def _outside(api: Caller, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> OutboundWebhook:
    """The publisher as another process declares it, which knows the service's address."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LAYERON_URL", str(api.http.base_url))
    monkeypatch.setenv("LAYERON_API_KEY", api.service.key)
    found = declare().publisher("default", "shop")
    assert found is not None
    return found


async def test_outside_the_service_it_is_sent_through_the_api(
    api: Caller, outside: OutboundWebhook
) -> None:
    options: dict[str, Any] = {"user_id": "nina", "headers": {"x-a": "b"}, "endpoints": ["ninas"]}
    result = await outside.send("order.paid", {"ü": 1}, idempotency_key="outside", **options)
    assert (
        result
        == await publisher(api).send("order.paid", {"ü": 1}, idempotency_key="outside", **options)
        or not result.duplicate
    )
    event = await sent(api, result)
    assert (event.user_id, event.headers) == ("nina", [("x-a", "b")])
    assert names_of(result) == ["ninas"]
    lot = [OutgoingEvent("order.paid", n) for n in range(3)]
    first, again = await outside.send_many(lot), await outside.send_many(lot)
    assert [each.event_id for each in again] == [each.event_id for each in first]
    assert all(each.duplicate for each in again)


async def test_outside_the_service_what_is_wrong_has_the_same_meaning(
    outside: OutboundWebhook,
) -> None:
    with pytest.raises(PayloadError, match=r"^payload\.at: JSON has no datetime"):
        await outside.send("a.b", {"at": datetime.now(UTC)})
    with pytest.raises(PayloadError, match=r"^events\[1\]: event_type"):
        await outside.send_many([OutgoingEvent("a.b", {}), OutgoingEvent("a b", {})])
    with pytest.raises(PayloadError, match="101 events are too many"):
        await outside.send_many([OutgoingEvent("a.b", {})] * 101)
    with pytest.raises(PayloadError, match="larger than 300000 bytes"):
        await outside.send("a.b", "x" * 400_000)
    with pytest.raises(NotFoundError, match="no endpoint 'crm'"):
        await outside.send("a.b", {}, endpoints=["crm"])
