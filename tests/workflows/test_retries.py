"""When a failed handler is tried again, by the engine's clock."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from layeron import Event
from tests.support.service import running_service
from tests.support.vendor import send_new, vendor
from tests.workflows.skipping import SkippingServer

A_DAY = timedelta(days=1)


def failing(server: SkippingServer, at: list[datetime]) -> Callable[[Event], Awaitable[None]]:
    """A handler that notes the engine's time, and fails."""

    async def fail(_: Event) -> None:
        at.append(await server.now())
        raise ValueError("never works")

    return fail


def delays(at: list[datetime]) -> list[float]:
    return [(later - earlier).total_seconds() for earlier, later in pairwise(at)]


@pytest.mark.parametrize(
    ("delivery", "expected"),
    [
        ({}, [5, 10, 20, 40]),
        ({"retry": {"attempts": 10}}, [5, 10, 20, 40, 80, 160, 300, 300, 300]),
        ({"retry": {"attempts": 4, "backoff": "fixed"}}, [5, 5, 5]),
        (
            {"retry": {"attempts": 3, "initial_delay_seconds": 3600, "max_delay_seconds": 3600}},
            [3600, 3600],
        ),
        ({"retry": {"attempts": 1}}, []),
    ],
)
async def test_a_handler_that_keeps_failing_is_tried_as_often_and_as_late_as_declared(
    tmp_path: Path, skipping: SkippingServer, delivery: dict[str, Any], expected: list[float]
) -> None:
    at: list[datetime] = []
    app, _ = vendor(handler=failing(skipping, at), delivery=delivery)
    async with running_service(app, tmp_path, skipping) as service:
        event_id = await send_new(service, {"id": "1"})
        await skipping.skip(A_DAY)
        record = await service.settled(event_id)
    assert delays(at) == pytest.approx(expected, abs=2.5)
    assert record.status == "dead_letter"
    assert [each.outcome for each in record.attempts] == ["failed"] * len(at)


async def test_a_failed_attempt_is_told_in_one_line_without_a_traceback_of_our_own(
    tmp_path: Path, skipping: SkippingServer, caplog: pytest.LogCaptureFixture
) -> None:
    app, _ = vendor(handler=failing(skipping, []), delivery={"retry": {"attempts": 1}})
    async with running_service(app, tmp_path, skipping) as service:
        event_id = await send_new(service, {"id": "1"})
        await service.settled(event_id)
    (told,) = [each for each in caplog.records if event_id in each.getMessage()]
    assert "attempt 1 failed, now dead_letter: ValueError: never works" in told.getMessage()
    assert [each.name for each in caplog.records if each.exc_info] == []
