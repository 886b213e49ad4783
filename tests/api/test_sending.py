"""`send`: checked, addressed and durable once."""

import asyncio
import json
from collections.abc import AsyncGenerator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
import pytest_asyncio

from layeron import EndpointRecord, NotFoundError, OutgoingEvent, PayloadError, UnavailableError
from layeron.identity import (
    delivery_attempt_id,
    is_event_id,
    lane_workflow_id,
    new_endpoint_id,
    outbound_workflow_id,
)
from layeron.outbound.records import OutboundEvent
from layeron.services import connect_services
from tests.api.publishers import URL, Caller, calling
from tests.api.shop import declare, names_of, publisher, sent, started
from tests.support.temporal import TemporalServer
from tests.workflows.outages import without_bodies


@pytest_asyncio.fixture(scope="module", name="api")
async def _api(
    tmp_path_factory: pytest.TempPathFactory, temporal: TemporalServer
) -> AsyncGenerator[Caller]:
    """Nobody delivers here, so that what was started can be looked at."""
    folder = tmp_path_factory.mktemp("sending")
    async with calling(folder, temporal, declare(), worker=False, max_body=300_000) as caller:
        yield caller


async def test_what_is_sent_is_durable_and_answered_with_its_deliveries(api: Caller) -> None:
    result = await publisher(api).send(
        "order.paid", {"total": "12 €", "at": (1, None)}, headers={"x-trace": "7"}
    )
    assert is_event_id(result.event_id)
    assert (result.duplicate, result.conflict) == (False, False)
    assert names_of(result) == ["all", "paid"]
    for each in result.deliveries:
        assert each.status == "queued"
        assert each.attempt_id == delivery_attempt_id(result.event_id, each.endpoint_id, 0, 1)
    execution = await started(api, result)
    event = execution.event
    assert isinstance(event, OutboundEvent)
    assert event.endpoints == [each.endpoint_id for each in result.deliveries]
    assert (event.headers, event.lanes) == ([("x-trace", "7")], [])
    assert execution.body is not None
    told = json.loads(execution.body)
    stamp = datetime.fromisoformat(told.pop("timestamp"))
    assert abs((stamp - event.sent_at).total_seconds()) < 0.002
    assert told == {"type": "order.paid", "data": {"total": "12 €", "at": [1, None]}}
    assert "12 €".encode() in execution.body
    assert b": " not in execution.body


async def test_before_its_record_exists_an_event_is_shown_as_the_engine_knows_it(
    api: Caller,
) -> None:
    result = await publisher(api).send("order.paid", {"total": 1}, user_id="nina")
    execution = await started(api, result)
    record = await publisher(api).events.get(result.event_id)
    assert (record.direction, record.status, record.user_id) == ("outbound", "accepted", "nina")
    assert [(each.endpoint, each.status) for each in record.deliveries] == [
        ("all", "queued"),
        ("paid", "queued"),
        ("ninas", "queued"),
    ]
    assert await publisher(api).events.payload(result.event_id) == execution.body


async def test_a_payload_travels_alone_where_no_envelope_is_wanted(api: Caller) -> None:
    payloads: list[object] = [{"a": 1}, [], "text", 0, None, False]
    for payload in payloads:
        result = await publisher(api, "bare").send("thing.done", payload)
        execution = await started(api, result)
        assert execution.body == json.dumps(payload, separators=(",", ":")).encode()


async def test_a_large_body_is_stored_before_the_engine_is_told(api: Caller) -> None:
    result = await publisher(api).send("order.paid", {"text": "ü" * 100_000})
    execution = await started(api, result)
    assert isinstance(execution.event, OutboundEvent)
    assert (execution.body, execution.event.body_stored) == (None, True)
    stored = await api.service.tools.blobs.get(execution.event.body.name)
    assert len(stored) == execution.event.body.size > 200_000
    assert await publisher(api).events.payload(result.event_id) == stored


@pytest.mark.parametrize(
    ("event_type", "expected"),
    [
        ("invoice.paid", ["all", "invoices", "paid"]),
        ("invoice.line.added", ["all", "invoices"]),
        ("invoice", ["all"]),
        ("invoices.paid", ["all"]),
        ("order.paid", ["all", "paid"]),
        ("order.paid.late", ["all"]),
        ("turn.taken", ["all", "inturn"]),
    ],
)
async def test_an_event_goes_to_endpoints_whose_filter_matches(
    api: Caller, event_type: str, expected: list[str]
) -> None:
    assert names_of(await publisher(api).send(event_type, {})) == expected


async def test_an_endpoint_with_an_owner_gets_the_events_of_this_owner_alone(api: Caller) -> None:
    shop = publisher(api)
    store = api.service.tools.endpoints
    for name, owner in (("created", None), ("omars", "omar")):
        now = datetime.now(UTC)
        endpoint = EndpointRecord(
            id=new_endpoint_id(now),
            namespace="default",
            webhook="shop",
            name=name,
            declared=False,
            url=URL,
            event_types=["owned.*"],
            user_id=owner,
            created_at=now,
            updated_at=now,
        )
        await store.add(endpoint, most=10)
    assert names_of(await shop.send("owned.x", {})) == ["all", "created"]
    assert names_of(await shop.send("owned.x", {}, user_id="nina")) == ["all", "ninas", "created"]
    omars = await shop.send("owned.x", {}, user_id="omar")
    assert sorted(names_of(omars)) == ["all", "created", "omars"]
    for user_id in (None, "omar"):
        with pytest.raises(NotFoundError, match="no endpoint 'ninas'"):
            await shop.send("owned.x", {}, endpoints=["ninas"], user_id=user_id)


async def test_named_endpoints_are_the_only_ones_whatever_their_filters_say(api: Caller) -> None:
    shop = publisher(api)
    paid = next(each for each in shop.records.values() if each.name == "paid")
    result = await shop.send("unheard.of", {}, endpoints=[paid.id, "all", "all"])
    assert names_of(result) == ["all", "paid"]
    assert names_of(await shop.send("unheard.of", {}, endpoints=[])) == []
    with pytest.raises(NotFoundError, match=r"'shop' has no endpoint 'crm' among .* nobody owns$"):
        await shop.send("unheard.of", {}, endpoints=["all", "crm"])


async def test_a_second_sending_with_the_same_key_is_the_first_event(api: Caller) -> None:
    shop = publisher(api)
    sendings = [shop.send("order.paid", {"id": 1}, idempotency_key="order 1/ü") for _ in range(20)]
    results = await asyncio.gather(*sendings)
    assert len({each.event_id for each in results}) == 1
    assert sorted(each.duplicate for each in results) == [False] + [True] * 19
    assert not any(each.conflict for each in results)
    first = next(each for each in results if not each.duplicate)
    assert all(each.deliveries == first.deliveries for each in results)
    event = await sent(api, first)
    assert event.workflow_id == outbound_workflow_id("default", "shop", "order 1/ü")
    other = await publisher(api, "bare").send("order.paid", {}, idempotency_key="order 1/ü")
    assert other.event_id != first.event_id


@pytest.mark.parametrize(
    ("event_type", "payload", "user_id"),
    [("order.paid", {"n": 2}, "u"), ("order.void", {"n": 1}, "u"), ("order.paid", {"n": 1}, "v")],
)
async def test_the_same_key_with_another_content_is_told_of(
    api: Caller, event_type: str, payload: object, user_id: str
) -> None:
    key, shop = f"conflict {event_type} {payload} {user_id}", publisher(api)
    first = await shop.send("order.paid", {"n": 1}, user_id="u", idempotency_key=key)
    again = await shop.send(event_type, payload, user_id=user_id, idempotency_key=key)
    assert (again.event_id, again.duplicate, again.conflict) == (first.event_id, True, True)


@pytest.mark.parametrize(
    ("event", "says"),
    [
        (OutgoingEvent("order paid", {}), "event_type: 'order paid' is no event type"),
        (OutgoingEvent("", {}), "event_type: '' is no event type"),
        (OutgoingEvent("a" * 129, {}), "at most 128 characters"),
        (OutgoingEvent(7, {}), "event_type: input should be a valid string"),  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # untyped callers do this
        (OutgoingEvent("a.b", {}, ""), "idempotency_key: string should have at least 1"),
        (OutgoingEvent("a.b", {}, "k" * 256), "idempotency_key: string should have at most 255"),
        (OutgoingEvent("a.b\n", {}), "event_type: 'a.b\\n' is no event type"),
        (OutgoingEvent("a.b", {}, "key\n"), "idempotency_key: it holds a line break"),
        (OutgoingEvent("a.b", {}, "k\0ey"), "idempotency_key: it holds a line break, NUL"),
        (OutgoingEvent("a.b", {}, user_id="nina\r\nforged"), "user_id: it holds a line break"),
        (OutgoingEvent("a.b", {}, user_id="nina\x85"), "user_id: it holds a line break, NUL"),
        (OutgoingEvent("a.b", {}, user_id="\u2028"), "user_id: it holds a line break, NUL or"),
        (OutgoingEvent("a.b", {}, user_id=7), "user_id: input should be a valid string"),  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # untyped callers do this
        (OutgoingEvent("a.b", {}, endpoints="all"), "endpoints: "),
        (OutgoingEvent("a.b", {}, headers={"Host": "x"}), "headers: header 'Host' is set by"),
        (OutgoingEvent("a.b", {}, headers={"x-a": "b\nc"}), "headers: the value of header 'x-a'"),
        (OutgoingEvent("a.b", object()), "payload: JSON has no object"),
        (OutgoingEvent("a.b", {"a": [1, {"b": {1, 2}}]}), "payload.a[1].b: JSON has no set"),
        (OutgoingEvent("a.b", {"at": datetime.now(UTC)}), "payload.at: JSON has no datetime"),
        (OutgoingEvent("a.b", {"x": float("nan")}), "payload.x: JSON has no nan"),
        (OutgoingEvent("a.b", [float("-inf")]), "payload[0]: JSON has no -inf"),
        (OutgoingEvent("a.b", {"x": "\ud800"}), "payload.x: a text holds half a character"),
        (OutgoingEvent("a.b", {"\ud800": 1}), "payload: a text holds half a character"),
        (OutgoingEvent("a.b", {(1, 2): 1}), "payload: a key is a tuple"),
        (OutgoingEvent("a.b", {"x": "y" * 300_000}), "bytes are too many, at most 300000"),
    ],
    ids=lambda given: given if isinstance(given, str) else "event",
)
async def test_what_cannot_be_sent_is_refused_with_its_place(
    api: Caller, event: OutgoingEvent, says: str
) -> None:
    with pytest.raises(PayloadError) as caught:
        await publisher(api).send_many([event])
    assert str(caught.value).startswith("events[0]: ")
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)


async def test_a_payload_that_holds_itself_or_is_too_deep_is_refused(api: Caller) -> None:
    circle: list[Any] = []
    circle += [circle, circle]
    deep: Any = None
    for _ in range(100_000):
        deep = [deep]
    for payload in (circle, deep):
        with pytest.raises(PayloadError, match="nested too deep, or holds itself"):
            await publisher(api).send("a.b", payload)
    while deep:  # taking it apart all at once would recurse as deep
        deep = deep[0]


async def test_a_type_that_is_not_declared_or_does_not_fit_its_schema_is_refused(
    api: Caller,
) -> None:
    typed = publisher(api, "typed")
    assert (await typed.send("invoice.paid", {"amount": 1, "lines": (1, 2)})).event_id
    assert (await typed.send("invoice.sent", "anything")).event_id
    with pytest.raises(PayloadError, match=r"declares no 'invoice.payd'; did you mean 'invoice"):
        await typed.send("invoice.payd", {"amount": 1})
    with pytest.raises(PayloadError, match=r"schema of 'invoice.paid': at \$\.amount: .1. is not"):
        await typed.send("invoice.paid", {"amount": "1"})


async def test_many_are_answered_in_their_order_and_each_object_is_sent_once(api: Caller) -> None:
    shop = publisher(api)
    events = [OutgoingEvent("order.paid", {"n": number}) for number in range(40)]
    results = await shop.send_many(events)
    for number in (0, 20, 39):
        assert (await sent(api, results[number])).idempotency_key == events[number].idempotency_key
    again = await shop.send_many([*events, OutgoingEvent("order.paid", {})])
    assert [each.event_id for each in again[:-1]] == [each.event_id for each in results]
    assert [each.duplicate for each in again] == [True] * 40 + [False]
    assert await shop.send_many([]) == []
    anew = replace(events[0], idempotency_key=None)
    first, second = await shop.send_many([anew, anew])
    assert first.event_id != second.event_id


async def test_of_many_none_is_sent_if_one_cannot_be(api: Caller) -> None:
    shop = publisher(api)
    good = OutgoingEvent("order.paid", {}, "one of a bad lot")
    for bad, error in (
        (OutgoingEvent("order paid", {}), PayloadError),
        (OutgoingEvent("order.paid", {}, endpoints=["nowhere"]), NotFoundError),
    ):
        with pytest.raises(error, match=r"^events\[1\]: "):
            await shop.send_many([good, bad])
    with pytest.raises(PayloadError, match="101 events are too many"):
        await shop.send_many([good] * 101)
    assert not (await shop.send("order.paid", {}, idempotency_key="one of a bad lot")).duplicate


async def test_a_queue_is_told_of_its_events_in_the_order_they_were_sent(api: Caller) -> None:
    shop = publisher(api)
    lot = [OutgoingEvent("turn.taken", {"n": number}) for number in range(10)]
    results = [await shop.send("turn.taken", {}), *await shop.send_many(lot)]
    lane = next(each.endpoint_id for each in results[0].deliveries if each.endpoint == "inturn")
    handle = api.service.temporal.get_workflow_handle(lane_workflow_id(lane))
    told: list[str] = []
    async for each in handle.fetch_history_events():
        if each.HasField("workflow_execution_signaled_event_attributes"):
            payloads = each.workflow_execution_signaled_event_attributes.input.payloads
            event_id, _ = await api.service.temporal.data_converter.decode(payloads, [str, int])
            told.append(event_id)
    assert [each for each in told if each in {one.event_id for one in results}] == [
        each.event_id for each in results
    ]


async def test_a_test_event_is_one_attempt_past_filters_and_queues(api: Caller) -> None:
    publishing = connect_services(
        api.service.app, api.service.tools, api.service.settings
    ).publishing
    shop, typed = publisher(api), publisher(api, "typed")
    inturn = next(each for each in shop.records.values() if each.name == "inturn")
    result = await publishing.test(shop, inturn, None)
    event = await sent(api, result)
    assert (event.event_type, event.single_attempt, event.lanes) == ("webhook.test", True, [])
    assert names_of(result) == ["inturn"]
    to_typed = replace(inturn, webhook="typed")
    execution = await started(api, await publishing.test(typed, to_typed, "invoice.paid"))
    assert json.loads(execution.body or b"")["data"] == {"amount": 1}
    for event_type, says in (("invoice.sent", "no example"), ("invoice.x", "declares no")):
        with pytest.raises(PayloadError, match=says):
            await publishing.test(typed, to_typed, event_type)


async def test_an_operational_event_needs_no_declared_type_and_is_sent_once(api: Caller) -> None:
    publishing = connect_services(
        api.service.app, api.service.tools, api.service.settings
    ).publishing
    typed = publisher(api, "typed")
    first = await publishing.announce(typed, "endpoint.disabled", {"reason": "gone"}, key="k")
    again = await publishing.announce(typed, "endpoint.disabled", {"reason": "gone"}, key="k")
    assert (again.event_id, again.duplicate) == (first.event_id, True)


async def test_of_many_those_that_an_outage_held_up_are_sent_by_a_second_call(api: Caller) -> None:
    shop = publisher(api)
    large = "x" * 200_000
    lot = [OutgoingEvent("order.paid", each) for each in ("", large, "", large)]
    with (
        without_bodies(api.service),
        pytest.raises(UnavailableError, match=r"^2 of 4 events were made durable \(.*call again"),
    ):
        await shop.send_many(lot)
    results = await shop.send_many(lot)
    assert [each.duplicate for each in results] == [True, False, True, False]


async def test_of_a_queue_nothing_is_sent_past_what_an_outage_held_up(api: Caller) -> None:
    shop = publisher(api)
    lot = [OutgoingEvent("turn.taken", each) for each in ("", "x" * 200_000, "")]
    with (
        without_bodies(api.service),
        pytest.raises(UnavailableError, match=r"^1 of 3 events were made durable"),
    ):
        await shop.send_many(lot)
    results = await shop.send_many(lot)
    assert [each.duplicate for each in results] == [True, False, False]
