"""A user's workflows run in Temporal's sandbox, and what they import is shared with the process."""

from collections.abc import AsyncGenerator

import pytest
import pytest_asyncio

from layeron import backend
from tests.support.service import Service, running_service
from tests.support.temporal import TemporalServer
from tests.support.vendor import QUICK, add_vendor, send, send_new
from tests.workflows.steps import IMPURE, Impure, Ordinary


@pytest_asyncio.fixture(scope="module", name="service")
async def _service(
    tmp_path_factory: pytest.TempPathFactory, temporal: TemporalServer
) -> AsyncGenerator[Service]:
    app = backend()
    add_vendor(app, "pure", handler=Ordinary, delivery={**QUICK, "queue": False})
    add_vendor(app, "impure", handler=Impure, delivery={"retry": {"attempts": 1}})
    async with running_service(app, tmp_path_factory.mktemp("data"), temporal) as service:
        yield service


@pytest.mark.parametrize("call", IMPURE)
async def test_workflow_code_that_is_not_repeatable_is_refused_in_temporals_own_words(
    service: Service, call: str
) -> None:
    event_id = await send_new(service, {"id": call}, path="/webhooks/impure")
    record = await service.settled(event_id)
    assert record.status == "dead_letter"
    told = f"RestrictedWorkflowAccessError: Cannot access {call}.__call__ from inside a workflow."
    assert (record.attempts[0].error or "").startswith(told)


async def test_a_workflow_uses_ordinary_libraries_and_the_engines_time_and_chance(
    service: Service,
) -> None:
    answer = await send(service, {"id": "1", "amount": "7.5"}, path="/webhooks/pure")
    assert answer.text == "8.5 True 4"
