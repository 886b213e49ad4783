"""What was sent for a user is erased: at once what has ended, and the rest when it has."""

from datetime import timedelta
from pathlib import Path

import pytest
from temporalio.client import WorkflowExecutionStatus

from layeron.errors import BodyLostError, EngineUnavailableError
from layeron.identity import erasing_workflow_id
from tests.sending.declared import publisher
from tests.support.customer import in_turn, running_customer
from tests.support.service import Service, eventually, running_service
from tests.workflows.skipping import SkippingServer

PATIENTLY = {"schedule": ["3h"]}


async def is_erased(service: Service, event_id: str) -> bool:
    record = await service.tools.records.get_event(event_id)
    try:
        await service.tools.blobs.get(record.body.name)
    except BodyLostError:
        return record.body_erased_at is not None
    assert record.body_erased_at is None
    return False


async def erase(service: Service, user_id: str) -> None:
    answer = await service.api("POST", f"/users/{user_id}/erase")
    assert (answer.status_code, answer.json()["status"]) == (202, "accepted")


async def test_nobody_else_is_erased_and_what_is_being_sent_when_it_has_ended(
    tmp_path: Path, skipping: SkippingServer
) -> None:
    async with running_customer(in_turn(200, 200, 500, 200)) as customer:
        app, out = publisher(customer.url, retry=PATIENTLY)
        async with running_service(app, tmp_path, skipping) as service:
            theirs = await out.send("invoice.paid", {}, user_id="somebody else")
            ended = await out.send("invoice.paid", {}, user_id="u")
            for each in (theirs, ended):
                await service.settled(each.event_id)
            under_way = await out.send("invoice.paid", {}, user_id="u")
            await service.settled(under_way.event_id, {"retrying"})
            await erase(service, "u")

            async def first() -> bool | None:
                return await is_erased(service, ended.event_id) or None

            await eventually(first)
            later = await out.send("invoice.paid", {}, user_id="u")
            await service.settled(later.event_id)
            handle = service.temporal.get_workflow_handle(erasing_workflow_id("u"))
            assert (await handle.describe()).status == WorkflowExecutionStatus.RUNNING
            assert not await is_erased(service, under_way.event_id)
            await skipping.skip(timedelta(hours=5))
            await handle.result()
            assert await is_erased(service, under_way.event_id)
            assert [await is_erased(service, each.event_id) for each in (theirs, later)] == [
                False,
                False,
            ]
            for _ in range(2):
                await erase(service, "u")
            await handle.result()
            assert await is_erased(service, later.event_id)
            assert not await is_erased(service, theirs.event_id)
            assert len(customer.requests) == 5


async def test_an_engine_without_schedules_is_told_of_as_trouble_that_may_end(
    tmp_path: Path, skipping: SkippingServer
) -> None:
    app, _ = publisher()
    async with running_service(app, tmp_path, skipping, worker=False) as service:
        with pytest.raises(EngineUnavailableError, match="UNIMPLEMENTED"):
            await service.tools.engine.schedule_retention()
