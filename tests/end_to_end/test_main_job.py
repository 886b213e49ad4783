"""An event's way from the request to the handler: accepted once, handled once, on record."""

import asyncio
import json
from pathlib import Path

from layeron import Context, Event, Response, backend
from layeron.errors import NotFoundError
from tests.support.service import eventually, running_service
from tests.support.temporal import TemporalServer
from tests.support.vendor import QUICK, add_vendor, collect, ignore, send, send_new, vendor


async def test_a_signed_event_is_accepted_and_handled(
    tmp_path: Path, temporal: TemporalServer
) -> None:
    handled: list[Event] = []
    app, webhook = vendor()

    @webhook.on("order.created")
    async def handle(event: Event, ctx: Context) -> None:
        handled.append(event)
        await ctx.log("order", id=event.external_event_id)

    payload = {"id": "o_1", "type": "order.created"}
    async with running_service(app, tmp_path, temporal) as service:
        event_id = await send_new(service, payload)
        record = await service.settled(event_id)
        assert record.status == "succeeded"
        assert [each.outcome for each in record.attempts] == ["succeeded"]
        assert record.attempts[0].logs[0]["fields"] == {"id": "o_1"}
        assert await webhook.events.payload(event_id) == json.dumps(payload).encode()
    (event,) = handled
    assert event.payload == payload
    assert event.external_event_id == "o_1"
    assert event.signature_status == "verified"


async def test_fifty_identical_requests_at_once_are_one_event(
    tmp_path: Path, temporal: TemporalServer
) -> None:
    handled: list[str] = []
    app, _ = vendor(handler=collect(handled))
    async with running_service(app, tmp_path, temporal) as service:
        answers = await asyncio.gather(
            *(send(service, {"id": "same", "type": "t"}) for _ in range(50))
        )
        assert {each.status_code for each in answers} == {202}
        told = [each.json() for each in answers]
        assert sorted(each["status"] for each in told) == ["accepted"] + ["duplicate"] * 49
        (event_id,) = {each["event_id"] for each in told}
        await service.settled(event_id)

        async def counted() -> bool | None:
            return (await service.tools.records.get_event(event_id)).duplicates == 49 or None

        await eventually(counted)
    assert handled == [event_id]


async def test_a_repeat_with_other_bytes_is_counted_as_a_conflict(
    tmp_path: Path, temporal: TemporalServer
) -> None:
    app, _ = vendor(handler=ignore)
    async with running_service(app, tmp_path, temporal) as service:
        event_id = await send_new(service, {"id": "1", "amount": 1})
        await service.settled(event_id)
        assert (await send(service, {"id": "1", "amount": 2})).json()["status"] == "duplicate"

        async def conflict() -> bool | None:
            return (await service.tools.records.get_event(event_id)).conflicts == 1 or None

        await eventually(conflict)


async def test_the_same_id_under_two_webhooks_is_two_events(
    tmp_path: Path, temporal: TemporalServer
) -> None:
    app = backend()
    add_vendor(app, "one", handler=ignore)
    add_vendor(app, "two", handler=ignore)
    async with running_service(app, tmp_path, temporal) as service:
        first = await send_new(service, {"id": "1"}, path="/webhooks/one")
        second = await send_new(service, {"id": "1"}, path="/webhooks/two")
        assert first != second


async def test_an_event_without_a_handler_is_kept_as_unhandled(
    tmp_path: Path, temporal: TemporalServer
) -> None:
    app, _ = vendor(on={"known": ignore})
    async with running_service(app, tmp_path, temporal) as service:
        event_id = await send_new(service, {"id": "1", "type": "unknown.kind"})
        record = await service.settled(event_id)
        assert record.status == "unhandled"
        assert record.attempts[0].note == "no handler for unknown.kind"


async def test_an_accepted_event_is_visible_before_any_worker_has_seen_it(
    tmp_path: Path, temporal: TemporalServer
) -> None:
    app, webhook = vendor(handler=ignore)
    async with running_service(app, tmp_path, temporal, worker=False) as service:
        event_id = await send_new(service, {"id": "1", "type": "t"})

        async def visible() -> str | None:
            try:
                return (await webhook.events.get(event_id)).status
            except NotFoundError:
                return None

        assert await eventually(visible) == "accepted"
        assert await webhook.events.payload(event_id) == b'{"id": "1", "type": "t"}'
        await service.work()
        assert (await service.settled(event_id)).status == "succeeded"


async def test_the_handlers_result_is_the_answer_when_the_sender_waits(
    tmp_path: Path, temporal: TemporalServer
) -> None:
    def choose(event: Event) -> object:
        assert isinstance(event.payload, dict)
        return {
            "json": {"greeting": "hello"},
            "text": "hello",
            "whole": Response({"made": True}, 201, {"x-made": "yes"}),
            "none": None,
            "junk": object(),
        }[str(event.payload["want"])]

    app, webhook = vendor(handler=choose, delivery={**QUICK, "queue": False})
    async with running_service(app, tmp_path, temporal) as service:
        assert (await send(service, {"want": "json"})).json() == {"greeting": "hello"}
        assert (await send(service, {"want": "text"})).text == "hello"
        whole = await send(service, {"want": "whole"})
        assert (whole.status_code, whole.headers["x-made"]) == (201, "yes")
        assert (await send(service, {"want": "none"})).json()["status"] == "succeeded"
        junk = await send(service, {"want": "junk"})
        assert junk.status_code == 200
        record = await webhook.events.get(junk.json()["event_id"])
        assert record.attempts[0].note is not None
        assert "cannot be sent" in record.attempts[0].note


async def test_a_slow_handler_answers_the_sender_later_and_goes_on(
    tmp_path: Path, temporal: TemporalServer
) -> None:
    go_on = asyncio.Event()

    async def wait(_: Event) -> str:
        await go_on.wait()
        return "late"

    slow = {**QUICK, "queue": False, "respond_within_seconds": 0.3}
    app, _ = vendor(handler=wait, delivery=slow)
    async with running_service(app, tmp_path, temporal) as service:
        event_id = await send_new(service, {"id": "1"})
        go_on.set()
        assert (await service.settled(event_id)).status == "succeeded"


async def test_a_failing_handler_is_a_500_to_a_sender_that_waits(
    tmp_path: Path, temporal: TemporalServer
) -> None:
    def fail(_: Event) -> None:
        raise ValueError("a detail for the operator")

    app, _ = vendor(handler=fail, delivery={**QUICK, "queue": False})
    async with running_service(app, tmp_path, temporal) as service:
        answer = await send(service, {"id": "1"})
        assert answer.status_code == 500
        assert "detail" not in answer.text
