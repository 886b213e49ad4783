"""What an operator sees of an event in Temporal, and how it fares where nothing may be shown."""

import hashlib
import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from temporalio.api.workflowservice.v1 import RegisterNamespaceRequest
from temporalio.client import WorkflowExecutionDescription, WorkflowHandle
from temporalio.common import SearchAttributeKey

from layeron import names
from layeron.adapters.temporal.embedded import wait_until_ready
from layeron.ports.engine import Execution
from layeron.records import InboundEvent
from tests.support.fulfilment import Fulfil, count_try, reserve
from tests.support.service import Service, eventually, running_service
from tests.support.temporal import TemporalServer
from tests.support.vendor import ignore, send, send_new, vendor
from tests.workflows.skipping import SkippingServer

BODY = b'{"id": "evt_1", "type": "invoice.paid", "order": "7"}'
SHA256 = hashlib.sha256(BODY).hexdigest()


async def handled(service: Service) -> tuple[str, WorkflowHandle[Any, Any]]:
    """An event that was handled: its id, and its workflow."""
    event_id = await send_new(service, body=BODY)
    record = await service.settled(event_id)
    return event_id, service.temporal.get_workflow_handle(record.workflow_id)


async def titles(service: Service, workflow: WorkflowHandle[Any, Any]) -> list[str]:
    """The summaries in a workflow's history."""
    history = await workflow.fetch_history()
    shown = [
        each.user_metadata.summary for each in history.events if each.HasField("user_metadata")
    ]
    return await service.temporal.data_converter.decode(shown, [str] * len(shown))


async def test_a_workflow_says_what_event_it_handles_and_is_found_by_it(
    tmp_path: Path, temporal: TemporalServer
) -> None:
    app, webhook = vendor(handler=ignore)
    async with running_service(app, tmp_path, temporal) as service:
        event_id, workflow = await handled(service)
        shown = await workflow.describe()
        assert await titles(service, workflow) == ["vendor invoice.paid evt_1", "invoice.paid"]
        assert await shown.static_summary() == "vendor invoice.paid evt_1"
        assert await shown.memo() == {"event_id": event_id, "body_sha256": SHA256}
        expected = {
            "LayeronEventId": event_id,
            "LayeronWebhook": f"{webhook.namespace}/vendor",
            "LayeronEventType": "invoice.paid",
            "LayeronExternalId": "evt_1",
        }
        assert attributes(shown) == expected
        query = " AND ".join(f"{name} = '{value}'" for name, value in expected.items())

        async def found() -> list[str] | None:
            return [each.id async for each in service.temporal.list_workflows(query)] or None

        assert await eventually(found) == [workflow.id]


async def test_the_steps_of_a_workflow_handler_say_what_they_are_for(
    tmp_path: Path, temporal: TemporalServer
) -> None:
    app, _ = vendor(handler=Fulfil)
    app.use(reserve, count_try)
    async with running_service(app, tmp_path, temporal) as service:
        _, workflow = await handled(service)
        child = service.temporal.get_workflow_handle(f"{workflow.id}/handler/1")
        assert await (await child.describe()).static_summary() == "vendor invoice.paid"


async def test_a_namespace_without_our_search_attributes_is_given_them(
    tmp_path: Path, temporal: TemporalServer
) -> None:
    name = f"fresh-{uuid.uuid4()}"
    await add_namespace(temporal, name)
    app, _ = vendor(handler=ignore)
    async with running_service(
        app, tmp_path, temporal, worker=False, temporal_namespace=name
    ) as service:
        event_id = await send_new(service, body=BODY)

        async def found() -> Execution | None:
            return await service.tools.engine.find(event_id)

        event = (await eventually(found)).event
        assert isinstance(event, InboundEvent)
        assert event.external_event_id == "evt_1"


async def test_where_an_operator_refuses_search_attributes_events_are_handled_all_the_same(
    tmp_path: Path, skipping: SkippingServer, caplog: pytest.LogCaptureFixture
) -> None:
    """The test server of Temporal is such an operator."""
    app, webhook = vendor(handler=ignore)
    async with running_service(app, tmp_path, skipping) as service:
        event_id, workflow = await handled(service)
        assert (await webhook.events.get(event_id)).status == "succeeded"
        repeat = await send(service, body=BODY)
        assert repeat.json() == {"event_id": event_id, "status": "duplicate"}
        assert attributes(await workflow.describe()) == {}
        assert await service.tools.engine.find(event_id) is None
    (told,) = [each.getMessage() for each in caplog.records if each.name == "layeron.engine"]
    assert "register LayeronEventId, LayeronWebhook" in told


def attributes(shown: WorkflowExecutionDescription) -> dict[str, str]:
    """Our search attributes of a workflow, as far as it has them."""
    keys = [SearchAttributeKey.for_keyword(name) for name in names.SEARCH_ATTRIBUTES]
    values = {key.name: shown.typed_search_attributes.get(key) for key in keys}
    return {name: value for name, value in values.items() if value is not None}


async def add_namespace(temporal: TemporalServer, name: str) -> None:
    """Add a namespace as an operator does, and wait until it can be used."""
    client = await temporal.connect()
    request = RegisterNamespaceRequest(namespace=name)
    request.workflow_execution_retention_period.FromTimedelta(timedelta(days=1))
    await client.workflow_service.register_namespace(request)
    await wait_until_ready(temporal.address, name)
