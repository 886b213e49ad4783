"""Two APIs and two workers under load, of which one each is killed, and the engine, too."""

import asyncio
import signal
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import httpx2
import pytest_asyncio

from tests.processes.deployed import API, Deployment
from tests.processes.sending import accepted, outcomes, post

_EVENTS = 120
_PATIENCE_SECONDS = 60


@dataclass(frozen=True)
class Aftermath:
    """What is on record after all that was killed runs again.

    Attributes:
        held: the event whose worker was killed in mid-handler.
        pids: the workers that ran its handler, in order.
        keys: the idempotency keys its handler saw.
        load: the other events, by our ids.
    """

    held: dict[str, Any]
    pids: list[int]
    keys: set[str]
    load: dict[str, dict[str, Any]]


@pytest_asyncio.fixture(scope="module")
async def aftermath(deployment: Deployment, api: API) -> AsyncGenerator[Aftermath]:
    deployment.hold()
    with ExitStack() as running:
        other_api = running.enter_context(deployment.api("killed-api"))
        workers = [running.enter_context(deployment.worker(f"worker-{n}")) for n in range(2)]
        held = accepted(api.url, "held", "order.held")
        await asyncio.to_thread(api.operator.settled, held, "processing")
        first = await asyncio.to_thread(_handled, deployment, 1)
        urls = [api.url, other_api.url]
        sending = asyncio.create_task(asyncio.to_thread(_send_all, urls))

        await asyncio.sleep(1)
        victim = next(each for each in workers if each.pid == first[0]["pid"])
        victim.send(signal.SIGKILL)
        await deployment.temporal.kill()
        await asyncio.sleep(0.5)
        await deployment.temporal.start()
        other_api.process.send(signal.SIGKILL)
        running.enter_context(deployment.worker("worker-2"))
        urls[1] = running.enter_context(deployment.api("next-api")).url
        deployment.release()

        sent = await sending
        records = await asyncio.to_thread(_settled, api, [held, *sent])
        ledger = _handled(deployment, 2)
        pids = [each["pid"] for each in ledger]
        keys = {each["key"] for each in ledger}
        yield Aftermath(records.pop(held), pids, keys, records)


def test_a_handler_whose_worker_was_killed_is_run_by_another_with_the_same_key(
    aftermath: Aftermath,
) -> None:
    assert aftermath.held["status"] == "succeeded"
    assert outcomes(aftermath.held) == ["interrupted", "succeeded"]
    first, second = aftermath.pids
    assert first != second
    assert aftermath.keys == {aftermath.held["id"]}


def test_every_accepted_event_is_handled_once_on_record(aftermath: Aftermath) -> None:
    assert len(aftermath.load) == _EVENTS
    for record in aftermath.load.values():
        assert record["status"] == "succeeded"
        *before, last = outcomes(record)
        assert last == "succeeded"
        assert set(before) <= {"interrupted"}


def _handled(deployment: Deployment, times: int) -> list[dict[str, Any]]:
    """What handlers wrote down of the held event, once they have so many times."""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < deadline:
        found = [each for each in deployment.handled() if each["id"] == "held"]
        if len(found) >= times:
            return found
        time.sleep(0.05)
    raise AssertionError(f"the held event was not handled {times} times")


def _send_all(urls: Sequence[str]) -> list[str]:
    """Send events as a provider does: again, until each is accepted by one of the APIs."""
    return [_send_until_accepted(urls, number) for number in range(_EVENTS)]


def _send_until_accepted(urls: Sequence[str], number: int) -> str:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    tries = number
    while time.monotonic() < deadline:
        tries += 1
        try:
            answer = post(urls[tries % len(urls)], f"load-{number}")
        except httpx2.TransportError:
            time.sleep(0.05)
            continue
        if answer.status_code == 202:
            return str(answer.json()["event_id"])
        assert answer.status_code == 503, answer.text
        time.sleep(0.05)
    raise AssertionError(f"event {number} was not accepted")


def _settled(api: API, events: Sequence[str]) -> dict[str, dict[str, Any]]:
    return {event: api.operator.settled(event) for event in events}
