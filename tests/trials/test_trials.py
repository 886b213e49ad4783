"""The trials run, and see what they must: few events and one fault, on the whole system."""

import secrets
import time
from collections.abc import AsyncGenerator

import httpx2
import pytest_asyncio

from trials.chaos import attempt, written
from trials.faults import faults
from trials.judging import judge
from trials.keeping import kept_if_bad
from trials.load import measure
from trials.offering import begin
from trials.offers import Offer
from trials.results import Profile
from trials.system import System, running_system


@pytest_asyncio.fixture(scope="module", name="system")
async def _system() -> AsyncGenerator[System]:
    with kept_if_bad() as folder:
        async with running_system(folder, "postgres", work_seconds=0) as system:
            yield system


async def offered(system: System, count: int) -> tuple[str, list[Offer]]:
    offering = await begin(system, per_second=20, count=count)
    return offering.prefix, await offering.end()


async def test_a_killed_api_is_started_again_and_nothing_is_lost(system: System) -> None:
    known = faults(None, None)
    trial = await attempt(
        system, "kill-api", known["kill-api"], seconds=0, per_second=10, around_seconds=0.5
    )
    assert trial.verdict.is_good
    assert trial.verdict.offered >= 5
    assert trial.verdict.refusals
    assert trial.restarts == 1
    assert "| kill-api | " in written([trial], known)


async def test_an_accepted_event_that_was_never_handled_is_lost(system: System) -> None:
    prefix, offers = await offered(system, 2)
    forged = Offer(f"{prefix}forged", offers[0].due, time.monotonic(), "whevt_forged", [])
    verdict = await judge(system, [*offers, forged], prefix, patience=1)
    assert (verdict.accepted, verdict.handled, verdict.lost) == (3, 2, 1)
    assert not verdict.is_good


async def test_an_event_that_was_handled_under_another_id_than_was_answered_is_lost(
    system: System,
) -> None:
    prefix, (offer,) = await offered(system, 1)
    forged = Offer(offer.id, offer.due, offer.accepted, f"whevt_{secrets.token_hex()}", [])
    assert (await judge(system, [forged], prefix, patience=10)).lost == 1


async def test_an_event_with_two_successful_handlings_on_record_is_doubled(system: System) -> None:
    prefix, (offer,) = await offered(system, 1)
    assert (await judge(system, [offer], prefix, patience=10)).doubled == 0
    key = {"authorization": f"Bearer {system.key}"}
    async with httpx2.AsyncClient(base_url=system.url, headers=key, trust_env=False) as http:
        answer = await http.post(f"/api/v1/events/{offer.event_id}/replay", json={})
    answer.raise_for_status()
    while (verdict := await judge(system, [offer], prefix, patience=10)).repeated == 0:
        pass
    assert verdict.doubled == 1
    assert not verdict.is_good


async def test_a_load_is_measured(system: System) -> None:
    profile = Profile(per_second=20, seconds=0.5, all_at_once=True)
    result = await measure(system, "small", "postgres", profile, every=0.2)
    assert result.verdict.is_good
    assert (result.verdict.offered, result.at_once) == (10, 10)
    assert all(each.memory > 1 and each.handles > 1 for each in result.samples["worker"])
    slow = Profile(per_second=20, seconds=0.5, all_at_once=True, p99=0)
    assert result.judged_by(slow) == ["the p99 is not under 0 s"]
