"""An event on its way to endpoints, through the engine and over HTTP."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from standardwebhooks import Webhook
from starlette.responses import Response
from temporalio.client import WorkflowExecutionStatus

from layeron import webhooks
from layeron.request import Request
from tests.sending.declared import QUICK, SECRET, publisher
from tests.support.customer import always, in_turn, running_customer
from tests.support.service import eventually, running_service
from tests.support.temporal import TemporalServer


def verified(request: Request, *secrets: str) -> Any:
    """What the official library makes of a request, with each of these secrets."""
    headers = dict(request.headers.items())
    (payload,) = {
        json.dumps(Webhook(each).verify(request.body, headers), sort_keys=True)
        for each in secrets or (SECRET,)
    }
    return json.loads(payload)


async def test_an_event_reaches_its_endpoint_signed(
    tmp_path: Path, temporal: TemporalServer
) -> None:
    async with running_customer() as customer:
        app, out = publisher(customer.url)
        async with running_service(app, tmp_path, temporal) as service:
            sent = await out.send("invoice.paid", {"invoice_id": "in_1"})
            record = await service.settled(sent.event_id)
    (request,) = customer.requests
    told = verified(request)
    assert (told["type"], told["data"]) == ("invoice.paid", {"invoice_id": "in_1"})
    assert datetime.fromisoformat(told["timestamp"]) <= datetime.now(UTC)
    assert request.headers["webhook-id"] == sent.event_id
    assert request.headers["content-type"] == "application/json"
    assert [(each.endpoint, each.status) for each in sent.deliveries] == [("a", "queued")]
    assert (record.status, record.direction) == ("succeeded", "outbound")
    (attempt,) = record.attempts
    assert attempt.id == sent.deliveries[0].attempt_id
    assert (attempt.outcome, attempt.http_status, attempt.endpoint) == ("succeeded", 200, "a")
    assert (attempt.address or "").startswith("127.0.0.1")
    assert [(each.endpoint, each.status) for each in record.deliveries] == [("a", "succeeded")]


async def test_each_endpoint_gets_the_event_and_goes_its_own_way(
    tmp_path: Path, temporal: TemporalServer
) -> None:
    async with (
        running_customer() as good,
        running_customer(in_turn(500, 503, 204)) as shaky,
        running_customer(always(500)) as bad,
    ):
        app, out = publisher(good.url, shaky.url, bad.url)
        async with running_service(app, tmp_path, temporal) as service:
            sent = await out.send("invoice.paid", {})
            record = await service.settled(sent.event_id)
            handle = service.temporal.get_workflow_handle(record.workflow_id)

            async def is_red() -> bool | None:
                return (await handle.describe()).status == WorkflowExecutionStatus.FAILED or None

            await eventually(is_red)
    statuses = {each.endpoint: (each.status, each.attempt_count) for each in record.deliveries}
    assert statuses == {"a": ("succeeded", 1), "b": ("succeeded", 3), "c": ("dead_letter", 3)}
    assert record.status == "dead_letter"
    assert len(good.requests) == 1
    assert [each.http_status for each in record.attempts if each.endpoint == "b"] == [500, 503, 204]


async def test_each_attempt_is_signed_anew_under_the_same_id(
    tmp_path: Path, temporal: TemporalServer
) -> None:
    async with running_customer(in_turn(500, 200)) as customer:
        app, out = publisher(customer.url, retry={"schedule": [1.1]})
        async with running_service(app, tmp_path, temporal) as service:
            sent = await out.send("invoice.paid", {"amount": 1})
            await service.settled(sent.event_id)
    first, second = customer.requests
    assert first.headers["webhook-id"] == second.headers["webhook-id"] == sent.event_id
    assert first.headers["webhook-timestamp"] != second.headers["webhook-timestamp"]
    assert first.headers["webhook-signature"] != second.headers["webhook-signature"]
    assert first.body == second.body
    assert verified(first) == verified(second)


async def test_410_disables_the_endpoint_and_its_events_are_kept_until_it_is_enabled(
    tmp_path: Path, temporal: TemporalServer
) -> None:
    async with running_customer(in_turn(410, 200)) as customer:
        app, out = publisher(customer.url)
        async with running_service(app, tmp_path, temporal) as service:
            first = await out.send("invoice.paid", {"n": 1})
            assert (await service.settled(first.event_id)).status == "held"
            endpoint = await out.endpoints.get("a")
            assert (endpoint.state.status, endpoint.state.disabled_reason) == ("disabled", "gone")

            second = await out.send("invoice.paid", {"n": 2})
            record = await service.settled(second.event_id)
            assert (record.status, record.attempts) == ("held", [])
            assert len(customer.requests) == 1

            await out.endpoints.enable("a")
            for each in (first, second):
                await out.events.replay(each.event_id)
                record = await service.settled(each.event_id, replays=1)
                assert record.status == "succeeded"
    assert customer.ids() == [first.event_id, first.event_id, second.event_id]


async def test_what_an_endpoint_answers_is_on_record_without_secrets(
    tmp_path: Path, temporal: TemporalServer
) -> None:
    def echo(request: Request) -> Response:
        told = f"got {request.headers['x-token']}, {request.headers['x-tenant']} and {SECRET}"
        return Response(told, 400, {"x-request": "7", "set-cookie": "session=1"})

    async with running_customer(echo) as customer:
        token = "token-of-the-customer"
        app, out = publisher(customer.url, headers={"X-Token": token}, retry={"schedule": []})
        async with running_service(app, tmp_path, temporal) as service:
            sent = await out.send("invoice.paid", {}, headers={"x-tenant": "key-of-a-tenant"})
            record = await service.settled(sent.event_id)
    (attempt,) = record.attempts
    assert attempt.response_excerpt == "got [redacted], [redacted] and [redacted]"
    assert ("x-request", "7") in attempt.response_headers
    assert ("set-cookie", "[redacted]") in attempt.response_headers
    assert customer.requests[0].headers["x-token"] == token
    assert token not in str(record)
    assert SECRET not in str(record)


async def test_a_large_payload_arrives_whole(tmp_path: Path, temporal: TemporalServer) -> None:
    async with running_customer() as customer:
        app, out = publisher(customer.url)
        async with running_service(app, tmp_path, temporal) as service:
            sent = await out.send("report.ready", {"text": "x" * 3_000_000})
            record = await service.settled(sent.event_id)
    assert record.status == "succeeded"
    assert len(customer.bodies[0]) == record.body.size > 3_000_000


async def test_an_event_that_nobody_wants_is_on_record(
    tmp_path: Path, temporal: TemporalServer
) -> None:
    async with running_customer() as customer:
        app, out = publisher(customer.url, event_types=["invoice.*"])
        async with running_service(app, tmp_path, temporal) as service:
            sent = await out.send("customer.created", {})
            record = await service.settled(sent.event_id)
    assert (record.status, record.deliveries, customer.requests) == ("unhandled", [], [])


async def test_an_exhausted_delivery_and_a_disabled_endpoint_are_told_to_the_operator(
    tmp_path: Path, temporal: TemporalServer
) -> None:
    async with running_customer(in_turn(500, 410)) as customer, running_customer() as operator:
        ops = webhooks.out("operations", endpoints=[{"name": "us", "url": operator.url}])
        app, out = publisher(customer.url, operational=ops, retry={"schedule": []})
        async with running_service(app, tmp_path, temporal) as service:
            exhausted = await out.send("invoice.paid", {"n": 1})
            await service.settled(exhausted.event_id)
            gone = await out.send("invoice.paid", {"n": 2})
            await service.settled(gone.event_id)

            async def told() -> list[bytes] | None:
                return operator.bodies if len(operator.requests) == 2 else None

            events = [json.loads(each) for each in await eventually(told)]
    by_type = {each["type"]: each["data"] for each in events}
    assert by_type["message.attempt.exhausted"]["event_id"] == exhausted.event_id
    assert by_type["endpoint.disabled"]["reason"] == "gone"


async def test_more_endpoints_than_one_workflow_serves_all_get_the_event(
    tmp_path: Path, temporal: TemporalServer
) -> None:
    async with running_customer() as customer:
        app, out = publisher(customer.url, retry={"schedule": QUICK})
        async with running_service(app, tmp_path, temporal) as service:
            for number in range(230):
                url = f"{customer.url}/{number}"
                await out.endpoints.create(name=f"n{number}", url=url)
            sent = await out.send("invoice.paid", {})
            record = await service.settled(sent.event_id)
    assert record.status == "succeeded"
    assert len({each.path for each in customer.requests}) == len(customer.requests) == 231
