"""What an operator sees of sending in Temporal, and what nobody sees there."""

import sqlite3
from pathlib import Path
from typing import Any

from starlette.responses import Response
from temporalio.client import WorkflowExecutionStatus, WorkflowHandle
from temporalio.common import SearchAttributeKey

from layeron import names, webhooks
from layeron.identity import declared_endpoint_id, lane_workflow_id
from layeron.request import Request
from tests.sending.declared import SECRET, publisher
from tests.support.customer import always, in_turn, running_customer
from tests.support.service import Service, eventually, running_service
from tests.support.temporal import TemporalServer

TOKEN = "token-of-the-customer"
IN_URL = "token-in-the-url"


async def titles(service: Service, workflow: WorkflowHandle[Any, Any]) -> list[str]:
    """The summaries in a workflow's history."""
    history = await workflow.fetch_history()
    shown = [
        each.user_metadata.summary for each in history.events if each.HasField("user_metadata")
    ]
    return await service.temporal.data_converter.decode(shown, [str] * len(shown))


async def fairness_keys(workflow: WorkflowHandle[Any, Any]) -> list[str]:
    """Whose backlog the workflow belongs to, and then each of its activities; empty: the same."""
    started, *events = (await workflow.fetch_history()).events
    return [
        started.workflow_execution_started_event_attributes.priority.fairness_key,
        *(
            each.activity_task_scheduled_event_attributes.priority.fairness_key
            for each in events
            if each.HasField("activity_task_scheduled_event_attributes")
        ),
    ]


async def test_a_workflow_says_what_event_it_sends_and_is_found_by_it(
    tmp_path: Path, temporal: TemporalServer
) -> None:
    async with running_customer(in_turn(500, 200)) as customer:
        app, out = publisher(customer.url)
        endpoint = declared_endpoint_id(out.namespace, out.name, "a")
        async with running_service(app, tmp_path, temporal) as service:
            sent = await out.send("invoice.paid", {}, idempotency_key="in_1")
            record = await service.settled(sent.event_id)
            workflow = service.temporal.get_workflow_handle(record.workflow_id)
            await workflow.result()
            assert await titles(service, workflow) == [
                "billing invoice.paid in_1",
                f"invoice.paid {endpoint}",
            ]
            assert await fairness_keys(workflow) == [endpoint, ""]
            shown = await workflow.describe()
            assert await shown.static_summary() == "billing invoice.paid in_1"
            assert (await shown.memo())["event_id"] == sent.event_id
            expected = {
                "LayeronEventId": sent.event_id,
                "LayeronWebhook": f"{out.namespace}/billing",
                "LayeronEventType": "invoice.paid",
                "LayeronExternalId": "in_1",
            }
            for name, value in expected.items():
                key = SearchAttributeKey.for_keyword(name)
                assert shown.typed_search_attributes.get(key) == value
            query = " AND ".join(f"{name} = '{value}'" for name, value in expected.items())

            async def found() -> list[str] | None:
                return [each.id async for each in service.temporal.list_workflows(query)] or None

            assert await eventually(found) == [record.workflow_id]


async def test_events_to_many_belong_to_the_backlog_of_their_customer_or_publisher(
    tmp_path: Path, temporal: TemporalServer
) -> None:
    async with running_customer(always(500)) as first, running_customer(always(500)) as second:
        app, out = publisher(first.url, second.url)
        async with running_service(app, tmp_path, temporal) as service:
            for user_id, owner in ((None, "billing"), ("customer 7", "customer 7")):
                sent = await out.send("invoice.paid", {}, user_id=user_id)
                record = await service.settled(sent.event_id)
                workflow = service.temporal.get_workflow_handle(record.workflow_id)
                own, at_once, *each_way = await fairness_keys(workflow)
                assert (own, at_once) == (owner, "")
                assert sorted(each_way) == sorted(each.endpoint_id for each in record.deliveries)


async def test_an_event_in_parts_shows_which(tmp_path: Path, temporal: TemporalServer) -> None:
    async with running_customer() as customer:
        app, out = publisher()
        async with running_service(app, tmp_path, temporal) as service:
            for number in range(201):
                await out.endpoints.create(name=f"n{number}", url=customer.url)
            sent = await out.send("invoice.paid", {})
            record = await service.settled(sent.event_id)
            part = service.temporal.get_workflow_handle(f"{record.workflow_id}/part/2")
            assert await (await part.describe()).static_summary() == "billing invoice.paid part 2"


async def test_a_lane_says_where_it_leads(tmp_path: Path, temporal: TemporalServer) -> None:
    async with running_customer() as customer:
        app, out = publisher(customer.url, fifo=True)
        endpoint = declared_endpoint_id(out.namespace, out.name, "a")
        async with running_service(app, tmp_path, temporal) as service:
            sent = await out.send("invoice.paid", {})
            await service.settled(sent.event_id)
            lane = service.temporal.get_workflow_handle(lane_workflow_id(endpoint))
            assert await (await lane.describe()).static_summary() == (
                f"billing in turn to {endpoint}"
            )
            assert sent.event_id in await titles(service, lane)
            assert set((await fairness_keys(lane))[1:]) == {endpoint}


async def test_a_dead_letter_is_red_and_one_that_is_held_is_not(
    tmp_path: Path, temporal: TemporalServer
) -> None:
    async with running_customer(in_turn(500, 410)) as customer:
        app, out = publisher(customer.url, retry={"schedule": []})
        async with running_service(app, tmp_path, temporal) as service:
            for status, shown in (
                ("dead_letter", WorkflowExecutionStatus.FAILED),
                ("held", WorkflowExecutionStatus.COMPLETED),
            ):
                sent = await out.send("invoice.paid", {})
                record = await service.settled(sent.event_id)
                assert record.status == status
                workflow = service.temporal.get_workflow_handle(record.workflow_id)

                async def ended(
                    workflow: WorkflowHandle[Any, Any] = workflow,
                ) -> WorkflowExecutionStatus | None:
                    now = (await workflow.describe()).status
                    return now if now != WorkflowExecutionStatus.RUNNING else None

                assert await eventually(ended) == shown


async def test_no_history_holds_what_an_endpoint_is_trusted_with(
    tmp_path: Path, temporal: TemporalServer
) -> None:
    """Failures are in histories, and failures may tell what was sent and where to."""

    def echo(request: Request) -> Response:
        told = f"{request.url} {dict(request.headers)} {SECRET} {TOKEN} {IN_URL}"
        return Response(told, 500, {"x-echo": told, "location": f"/?{IN_URL}"})

    async with running_customer(echo) as customer, running_customer() as operator:
        ops = webhooks.out("operations", endpoints=[{"name": "us", "url": operator.url}])
        urls = [
            f"{customer.url}/{IN_URL}?key={IN_URL}",
            f"http://127.0.0.1:1/{IN_URL}?key={IN_URL}",
            f"http://nowhere.invalid/{IN_URL}?key={IN_URL}",
            f"https://127.0.0.1:{customer.url.split(':')[2]}/?key={IN_URL}",
            f"http://169.254.169.254/{IN_URL}?key={IN_URL}",
        ]
        app, out = publisher(*urls, headers={"X-Token": TOKEN}, operational=ops)
        sealed = {"authorization": f"Bearer {TOKEN}", "x-api-key": TOKEN}
        fifo, turn = publisher(urls[0], headers={"X-Token": TOKEN}, fifo=True)
        app.use(*fifo.publishers)
        async with running_service(app, tmp_path, temporal) as service:
            for sender in (out, turn):
                sent = await sender.send("invoice.paid", {}, headers=sealed)
                record = await service.settled(sent.event_id)
                assert record.status == "dead_letter"
                assert set(dict((await sender.events.get(sent.event_id)).headers).values()) == {
                    "[redacted]"
                }

            async def told() -> bool | None:
                return len(operator.requests) == len(urls) or None

            await eventually(told)
            queue = names.outbound_queue(service.settings.task_queue)
            query = f"TaskQueue = '{queue}'"

            async def all_of_them() -> list[bytes] | None:
                found = [each async for each in service.temporal.list_workflows(query)]
                histories = [
                    await service.temporal.get_workflow_handle(
                        each.id, run_id=each.run_id
                    ).fetch_history()
                    for each in found
                ]
                # Both events, the lane, and what the operator was told.
                return (
                    [
                        event.SerializeToString()  # type: ignore[no-untyped-call]  # as protobuf has it
                        for each in histories
                        for event in each.events
                    ]
                    if len(found) == 3 + len(urls)
                    else None
                )

            recorded = b"".join(await eventually(all_of_them))
        with sqlite3.connect(service.settings.data_dir / "layeron.db") as database:
            on_record = "\n".join(database.iterdump()).encode()
    assert customer.requests[0].headers["x-api-key"] == TOKEN
    assert b"answered 500" in recorded
    assert b"answered 500" in on_record
    for secret in (SECRET.removeprefix("whsec_"), TOKEN):
        assert secret.encode() not in on_record
    for secret in (SECRET.removeprefix("whsec_"), TOKEN, IN_URL):
        assert secret.encode() not in recorded
