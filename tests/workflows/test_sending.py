"""When a delivery is tried again, by the engine's clock."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from starlette.responses import Response

from layeron.request import Request
from layeron.secrets import ENCRYPTION_KEY
from tests.sending.declared import SECRET, SECRET_NAME, publisher
from tests.support.customer import running_customer
from tests.support.service import running_service
from tests.workflows.skipping import SkippingServer

A_DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SECRET_NAME, SECRET)
    monkeypatch.setenv(ENCRYPTION_KEY.name, "a key of more than thirty-two characters")
    monkeypatch.setenv("LAYERON_OUTBOUND_ALLOW", "127.0.0.0/8")


def noting(
    server: SkippingServer, at: list[datetime], *answers: Response
) -> Callable[[Request], Awaitable[Response]]:
    """Answer so in turn, the last one for ever, and note the engine's time."""
    left = list(answers)

    async def answer(_: Request) -> Response:
        at.append(await server.now())
        return left.pop(0) if len(left) > 1 else left[0]

    return answer


def delays(at: list[datetime]) -> list[float]:
    return [(later - earlier).total_seconds() for earlier, later in pairwise(at)]


async def test_without_options_ten_attempts_are_spread_over_75_hours(
    tmp_path: Path, skipping: SkippingServer
) -> None:
    at: list[datetime] = []
    async with running_customer(noting(skipping, at, Response(status_code=500))) as customer:
        app, out = publisher(customer.url, retry={})
        async with running_service(app, tmp_path, skipping) as service:
            sent = await out.send("invoice.paid", {})
            await skipping.skip(5 * A_DAY)
            record = await service.settled(sent.event_id)
    assert record.status == "dead_letter"
    assert len(record.attempts) == len(at) == 10
    scheduled = [5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400]
    for waited, least in zip(delays(at), scheduled, strict=True):
        assert least - 1 <= waited <= least * 1.1 + 5
    assert at[-1] - at[0] >= timedelta(hours=75)


async def test_an_endpoint_that_asks_to_wait_is_left_alone_for_as_long(
    tmp_path: Path, skipping: SkippingServer
) -> None:
    at: list[datetime] = []
    busy = Response(status_code=429, headers={"retry-after": "1800"})
    answering = noting(skipping, at, busy, Response(status_code=200))
    async with running_customer(answering) as customer:
        app, out = publisher(customer.url, retry={"schedule": [5, 5, 5]})
        async with running_service(app, tmp_path, skipping) as service:
            sent = await out.send("invoice.paid", {})
            await skipping.skip(A_DAY)
            record = await service.settled(sent.event_id)
    assert record.status == "succeeded"
    (waited,) = delays(at)
    assert waited >= 1800


async def test_other_events_wait_too_for_an_endpoint_that_asks_to_wait(
    tmp_path: Path, skipping: SkippingServer
) -> None:
    at: list[datetime] = []
    busy = Response(status_code=429, headers={"retry-after": "1800"})
    answering = noting(skipping, at, busy, Response(status_code=200))
    async with running_customer(answering) as customer:
        app, out = publisher(customer.url, retry={"schedule": [5, 5, 5]})
        async with running_service(app, tmp_path, skipping) as service:
            first = await out.send("invoice.paid", {"n": 1})
            await service.settled(first.event_id, {"retrying"})
            second = await out.send("invoice.paid", {"n": 2})
            await skipping.skip(A_DAY)
            record = await service.settled(second.event_id)
            await service.settled(first.event_id)
    assert len(record.attempts) == 1
    assert all(waited >= 1800 for waited in delays(at)[:1])


async def test_an_endless_retry_after_is_cut_to_an_hour(
    tmp_path: Path, skipping: SkippingServer
) -> None:
    at: list[datetime] = []
    busy = Response(status_code=503, headers={"retry-after": "1000000000"})
    answering = noting(skipping, at, busy, Response(status_code=200))
    async with running_customer(answering) as customer:
        app, out = publisher(customer.url, retry={"schedule": [5]})
        async with running_service(app, tmp_path, skipping) as service:
            sent = await out.send("invoice.paid", {})
            await skipping.skip(A_DAY)
            await service.settled(sent.event_id)
    (waited,) = delays(at)
    assert 3600 <= waited <= 3600 * 1.1 + 5


async def test_an_endpoint_that_only_fails_for_five_days_is_disabled(
    tmp_path: Path, skipping: SkippingServer
) -> None:
    at: list[datetime] = []
    async with running_customer(noting(skipping, at, Response(status_code=500))) as customer:
        app, out = publisher(customer.url, retry={"schedule": ["1d"] * 9})
        async with running_service(app, tmp_path, skipping) as service:
            sent = await out.send("invoice.paid", {})
            await skipping.skip(10 * A_DAY)
            record = await service.settled(sent.event_id)
            endpoint = await out.endpoints.get("a")
    assert (endpoint.state.status, endpoint.state.disabled_reason) == ("disabled", "failing")
    assert record.status == "held"
    assert at[-1] - at[0] >= 5 * A_DAY
    assert len(at) == 6


async def test_one_success_in_five_days_keeps_an_endpoint(
    tmp_path: Path, skipping: SkippingServer
) -> None:
    at: list[datetime] = []
    answers = [*[Response(status_code=500)] * 3, Response(status_code=200)]
    answering = noting(skipping, at, *answers, Response(status_code=500))
    async with running_customer(answering) as customer:
        app, out = publisher(customer.url, retry={"schedule": ["1d"] * 4})
        async with running_service(app, tmp_path, skipping) as service:
            first = await out.send("invoice.paid", {"n": 1})
            await skipping.skip(5 * A_DAY)
            assert (await service.settled(first.event_id)).status == "succeeded"
            second = await out.send("invoice.paid", {"n": 2})
            await skipping.skip(5 * A_DAY)
            record = await service.settled(second.event_id)
            endpoint = await out.endpoints.get("a")
    assert record.status == "dead_letter"
    assert endpoint.state.status == "enabled"
