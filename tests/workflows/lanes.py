"""What tests of lanes share."""

from temporalio.client import WorkflowExecutionDescription

from layeron import OutboundWebhook
from layeron.identity import declared_endpoint_id, lane_workflow_id
from tests.support.customer import Customer
from tests.support.service import Service, eventually

LONG = {"schedule": [600.0]}


async def lane_of(service: Service, out: OutboundWebhook) -> WorkflowExecutionDescription:
    """The lane of endpoint a, as it is."""
    workflow_id = lane_workflow_id(declared_endpoint_id(out.namespace, out.name, "a"))
    return await service.temporal.get_workflow_handle(workflow_id).describe()


async def arrived(customer: Customer, event_id: str, times: int = 1) -> None:
    """Until an event has come to a customer so many times."""

    async def look() -> bool | None:
        return customer.ids().count(event_id) >= times or None

    await eventually(look)
