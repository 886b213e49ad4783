"""The engine is dead, then one API after the other is killed: what was accepted is handled once."""

import asyncio
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

from tests.processes.deployed import API, Deployment
from tests.processes.sending import accepted, outcomes, post

_EVENTS = 40
_SOON = {"LAYERON_ENGINE_TIMEOUT": "1s", "LAYERON_INBOX_AFTER": "1s"}
_PATIENCE_SECONDS = 40


async def test_what_waits_survives_every_process_and_is_handled_once(
    deployment: Deployment,
) -> None:
    with ExitStack() as running:
        first = running.enter_context(deployment.api("inbox-api-1", **_SOON))
        await deployment.temporal.kill()
        ids = await asyncio.to_thread(_accepted, first, range(_EVENTS // 2))
        first.process.send(signal.SIGKILL)
        second = running.enter_context(deployment.api("inbox-api-2", **_SOON))
        ids += await asyncio.to_thread(_accepted, second, range(_EVENTS // 2, _EVENTS))
        repeat = await asyncio.to_thread(post, second.url, "inbox-0")
        assert repeat.json() == {"event_id": ids[0], "status": "duplicate"}

        await deployment.temporal.start()
        await asyncio.to_thread(_until_fewer_wait, second, _EVENTS)
        second.process.send(signal.SIGKILL)  # in the middle of starting them
        third = running.enter_context(deployment.api("inbox-api-3", **_SOON))
        await asyncio.to_thread(_until_fewer_wait, third, 1)
        running.enter_context(deployment.worker("inbox-worker", **_SOON))
        records = [await asyncio.to_thread(third.operator.settled, each) for each in ids]
    assert [each["id"] for each in records] == ids
    assert [each["duplicates"] for each in records] == [1] + [0] * (_EVENTS - 1)
    assert {tuple(outcomes(each)) for each in records} == {("succeeded",)}


def _accepted(api: API, numbers: range) -> list[str]:
    names = [f"inbox-{number}" for number in numbers]
    with ThreadPoolExecutor(4) as senders:
        return list(senders.map(accepted, [api.url] * len(names), names))


def _until_fewer_wait(api: API, count: int) -> None:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while api.operator.get("/overview").json()["inbox"]["events"] >= count:
        assert time.monotonic() < deadline
        time.sleep(0.02)
