"""The engine is slow: what it cannot take at once waits in the inbox, and nobody waits for long."""

import asyncio
from collections import Counter
from pathlib import Path

import pytest

from layeron.breaker import Breaker
from layeron.errors import EngineUnavailableError
from tests.outages.waiting import behind_a_gate, drained, handled_once, told
from tests.support.temporal import TemporalServer
from tests.support.vendor import ignore, vendor

DELAY = 0.1


async def test_of_a_burst_the_engine_gets_what_it_can_take_and_the_inbox_the_rest(
    tmp_path: Path, temporal: TemporalServer
) -> None:
    app, _ = vendor(handler=ignore)
    async with behind_a_gate(
        app, tmp_path, temporal, drainer=False, worker=False, inbox_after=10
    ) as (service, gate):
        await told(service, {"id": "to connect"})
        gate.delay = DELAY
        burst = await asyncio.gather(*(told(service, {"id": str(n)}) for n in range(45)))
        assert {status for status, _ in burst} == {"accepted"}
        waiting = (await service.tools.inbox.waiting()).events
        assert 13 <= waiting < 45
        gate.delay = 0
        await service.work()
        for _, each in burst:
            await handled_once(service, each)
        await drained(service)


async def test_of_a_burst_of_one_event_one_is_accepted_and_all_are_told_its_id(
    tmp_path: Path, temporal: TemporalServer
) -> None:
    app, _ = vendor(handler=ignore)
    async with behind_a_gate(app, tmp_path, temporal, worker=False) as (service, gate):
        await told(service, {"id": "to connect"})
        gate.delay = DELAY
        burst = await asyncio.gather(*(told(service, {"id": "1"}) for _ in range(60)))
    assert Counter(status for status, _ in burst) == {"accepted": 1, "duplicate": 59}
    assert len({event_id for _, event_id in burst}) == 1


def test_a_breaker_opens_with_a_failure_and_lets_one_try_at_a_time_when_half_open() -> None:
    breaker = Breaker()
    with pytest.raises(EngineUnavailableError), breaker.attempt():
        raise EngineUnavailableError("down")
    assert (breaker.state, breaker.admits) == ("open", False)
    breaker.half_open()
    assert (breaker.state, breaker.admits) == ("half-open", True)
    with breaker.attempt():
        assert (breaker.state, breaker.admits) == ("half-open", False)
    assert (breaker.state, breaker.admits) == ("closed", True)


def test_who_gives_up_trying_leaves_a_breaker_as_it_was() -> None:
    breaker = Breaker()
    breaker.trip()
    breaker.half_open()
    with pytest.raises(asyncio.CancelledError), breaker.attempt():
        raise asyncio.CancelledError
    assert (breaker.state, breaker.admits) == ("half-open", True)


def test_a_breaker_that_is_closed_is_not_opened_by_half() -> None:
    breaker = Breaker()
    breaker.half_open()
    assert breaker.state == "closed"
