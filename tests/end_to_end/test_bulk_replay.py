"""Bulk replays: which events, how fast, how they are held up and go on, and what is on record."""

import asyncio
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from layeron import Event
from tests.end_to_end.bulk import (
    all_replayed,
    at_rest,
    ended,
    examined,
    recorded,
    started,
    told,
)
from tests.support.recorded import STORED
from tests.support.service import Service, eventually, running_service
from tests.support.temporal import TemporalServer
from tests.support.vendor import add_vendor, collect, ignore, send_new, vendor

NOWHERE = "whblk_01M87HX43ACC2282GBSNFBF3Q6"


async def test_two_hundred_dead_letters_are_counted_and_then_each_is_replayed_once(
    tmp_path: Path, temporal: TemporalServer
) -> None:
    seen: list[str] = []
    app, webhook = vendor(handler=collect(seen))
    async with running_service(app, tmp_path, temporal) as service:
        letters = await recorded(service, webhook, 200)
        others = await recorded(service, webhook, 20, status="succeeded")
        where = {"webhook": "vendor", "namespace": webhook.namespace, "status": "dead_letter"}
        count = await started(service, 200, where=where, dry_run=True)
        assert count == {"total": 200, "capped": False}
        assert (await service.api("GET", "/bulk-replays")).json()["bulk_replays"] == []
        begun = await started(service, where=where, reason="mended", requested_by="nina")
        assert (begun["status"], begun["total"]) == ("running", 200)
        bulk = await ended(service, begun["id"])
        assert (bulk.status, bulk.examined, bulk.replayed, bulk.skipped) == (
            "finished",
            200,
            200,
            0,
        )
        await all_replayed(service, letters)
        assert sorted(seen, reverse=True) == letters
        (replay,) = (await service.tools.records.get_event(letters[7])).replays
        assert replay.requested_by == f"bulk {bulk.id} by nina (key tests)"
        assert (replay.reason, replay.bulk_id) == ("mended", bulk.id)
        assert (await service.tools.records.get_event(others[0])).replay_count == 0
        page = (await service.api("GET", "/bulk-replays")).json()
        assert [(each["id"], each["status"]) for each in page["bulk_replays"]] == [
            (bulk.id, "finished")
        ]


async def test_events_are_replayed_newest_first_and_no_faster_than_asked(
    tmp_path: Path, temporal: TemporalServer
) -> None:
    app, webhook = vendor(handler=ignore)
    async with running_service(app, tmp_path, temporal) as service:
        ids = await recorded(service, webhook, 12)
        began = time.monotonic()
        bulk_id = (await started(service, where={"webhook": "vendor"}, rate_per_second=5))["id"]
        await ended(service, bulk_id)
        assert time.monotonic() - began >= 12 / 5
        records = [await service.settled(each, replays=1) for each in ids]
    asked_at = [each.replays[0].requested_at for each in records]
    assert asked_at == sorted(asked_at)
    assert asked_at[-1] - asked_at[0] >= timedelta(seconds=11 / 5 * 0.9)


async def test_a_paused_one_waits_and_goes_on_where_it_was(
    tmp_path: Path, temporal: TemporalServer
) -> None:
    seen: list[str] = []
    app, webhook = vendor(handler=collect(seen))
    async with running_service(app, tmp_path, temporal) as service:
        ids = await recorded(service, webhook, 40)
        bulk_id = (await started(service, where={"webhook": "vendor"}, rate_per_second=10))["id"]
        await examined(service, bulk_id, 3)
        for _ in range(2):
            assert (await told(service, bulk_id, "pause"))["status"] == "paused"
        await at_rest(service, bulk_id)
        paused = await service.tools.bulk_replays.get(bulk_id)
        assert (paused.status, paused.examined < 40) == ("paused", True)
        await asyncio.sleep(0.5)
        assert await service.tools.bulk_replays.get(bulk_id) == paused
        assert (await told(service, bulk_id, "resume"))["status"] == "running"
        bulk = await ended(service, bulk_id)
        assert (bulk.status, bulk.replayed) == ("finished", 40)
        await all_replayed(service, ids)
    assert sorted(seen, reverse=True) == ids


async def test_a_stopped_one_replays_nothing_more_and_cannot_go_on(
    tmp_path: Path, temporal: TemporalServer
) -> None:
    seen: list[str] = []
    app, webhook = vendor(handler=collect(seen))
    async with running_service(app, tmp_path, temporal) as service:
        ids = await recorded(service, webhook, 60)
        bulk_id = (await started(service, where={"webhook": "vendor"}, rate_per_second=10))["id"]
        await examined(service, bulk_id, 3)
        for _ in range(2):
            assert (await told(service, bulk_id, "stop"))["status"] == "stopped"
        await service.temporal.get_workflow_handle(f"bulk/{bulk_id}").result()
        bulk = await ended(service, bulk_id)
        assert 3 <= bulk.replayed < 60
        await all_replayed(service, ids[: bulk.replayed])
        for command in ("pause", "resume"):
            answer = await service.api("POST", f"/bulk-replays/{bulk_id}/{command}")
            assert answer.status_code == 409
            assert answer.json()["error"]["message"].endswith("was stopped; start another")
        records = [await service.tools.records.get_event(each) for each in ids]
    assert [each.replay_count for each in records].count(1) == bulk.replayed
    assert len(seen) == bulk.replayed


async def test_one_that_is_stopped_while_it_is_paused_ends(
    tmp_path: Path, temporal: TemporalServer
) -> None:
    app, webhook = vendor(handler=ignore)
    async with running_service(app, tmp_path, temporal) as service:
        await recorded(service, webhook, 40)
        bulk_id = (await started(service, where={"webhook": "vendor"}, rate_per_second=10))["id"]
        await told(service, bulk_id, "pause")
        await at_rest(service, bulk_id)
        await told(service, bulk_id, "stop")
        await service.temporal.get_workflow_handle(f"bulk/{bulk_id}").result()
        assert (await ended(service, bulk_id)).status == "stopped"


async def test_what_is_cancelled_in_the_engine_is_stopped_on_record(
    tmp_path: Path, temporal: TemporalServer
) -> None:
    app, webhook = vendor(handler=ignore)
    async with running_service(app, tmp_path, temporal) as service:
        await recorded(service, webhook, 40)
        bulk_id = (await started(service, where={"webhook": "vendor"}, rate_per_second=10))["id"]
        await told(service, bulk_id, "pause")
        await at_rest(service, bulk_id)
        await service.temporal.get_workflow_handle(f"bulk/{bulk_id}").cancel()
        assert (await ended(service, bulk_id)).status == "stopped"


async def test_the_same_key_gives_the_same_bulk_replay(
    tmp_path: Path, temporal: TemporalServer
) -> None:
    app, webhook = vendor(handler=ignore)
    async with running_service(app, tmp_path, temporal) as service:
        ids = await recorded(service, webhook, 3)
        asked: dict[str, Any] = {
            "where": {"webhook": "vendor"},
            "idempotency_key": "night of the 3rd",
        }
        several = await asyncio.gather(*(started(service, **asked) for _ in range(4)))
        (bulk_id,) = {each["id"] for each in several}
        await ended(service, bulk_id)
        await all_replayed(service, ids)
        again = await started(service, **asked)
        assert (again["id"], again["status"]) == (bulk_id, "finished")
        assert len((await service.api("GET", "/bulk-replays")).json()["bulk_replays"]) == 1


async def test_ids_are_replayed_each_once_and_those_that_cannot_be_are_counted(
    tmp_path: Path, temporal: TemporalServer
) -> None:
    began, go_on = asyncio.Event(), asyncio.Event()

    async def wait(event: Event) -> None:
        if event.external_event_id == "slow":
            began.set()
            await go_on.wait()

    app, webhook = vendor(handler=wait)
    async with running_service(app, tmp_path, temporal) as service:
        ids = await recorded(service, webhook, 2)
        erased = await recorded(service, webhook, 1, body=replace(STORED, name="recorded/own"))
        slow = await send_new(service, {"id": "slow"})
        await asyncio.wait_for(began.wait(), 20)
        assert (await service.api("POST", f"/events/{erased[0]}/erase")).status_code == 200
        nowhere = "whevt_01M87HX43ACC2282GBSNFBF3Q6"
        begun = await started(service, event_ids=[*ids, *erased, slow, nowhere, ids[1]])
        assert (begun["total"], begun["where"]) == (5, None)
        bulk = await ended(service, begun["id"])
        go_on.set()
        assert (bulk.status, bulk.replayed, bulk.skipped) == ("finished", 2, 3)
        await all_replayed(service, ids)
        assert (await service.settled(slow)).replay_count == 0


async def test_recovering_takes_all_that_failed_since_a_time(
    tmp_path: Path, temporal: TemporalServer
) -> None:
    app, webhook = vendor(handler=ignore)
    other = add_vendor(app, "other", handler=ignore)
    async with running_service(app, tmp_path, temporal) as service:
        old = await recorded(service, webhook, 2, before=timedelta(hours=3))
        dead = await recorded(service, webhook, 2, before=timedelta(hours=1))
        failed = await recorded(service, webhook, 2, status="failed")
        fine = await recorded(service, webhook, 2, status="succeeded")
        elsewhere = await recorded(service, other, 2)
        since = (datetime.now(UTC) - timedelta(hours=2)).isoformat()
        begun = await started(service, recover={"since": since, "webhook": "vendor"})
        assert begun["total"] == 4
        assert (await ended(service, begun["id"])).replayed == 4
        await all_replayed(service, [*dead, *failed])
        begun = await started(service, recover={"since": since})
        assert (await ended(service, begun["id"])).replayed == 2
        await all_replayed(service, elsewhere)
        for each in [*old, *fine]:
            assert (await service.tools.records.get_event(each)).replay_count == 0


async def test_what_comes_after_it_was_asked_for_is_left_alone(
    tmp_path: Path, temporal: TemporalServer
) -> None:
    app, webhook = vendor(handler=ignore)
    async with running_service(app, tmp_path, temporal) as service:
        await recorded(service, webhook, 30)
        bulk_id = (await started(service, where={"webhook": "vendor"}, rate_per_second=10))["id"]
        later = await send_new(service, {"id": "later"})
        await service.settled(later)
        assert (await ended(service, bulk_id)).replayed == 30
        assert (await service.tools.records.get_event(later)).replay_count == 0


async def test_without_a_worker_it_waits_and_two_at_once_replay_an_event_once_each(
    tmp_path: Path, temporal: TemporalServer
) -> None:
    seen: list[str] = []
    app, webhook = vendor(handler=collect(seen))
    async with running_service(app, tmp_path, temporal, worker=False) as service:
        ids = await recorded(service, webhook, 20)
        both = [await started(service, where={"webhook": "vendor"}) for _ in range(2)]
        await service.work()
        ended_ = [await ended(service, each["id"]) for each in both]

        async def settled() -> bool | None:
            records = [await service.tools.records.get_event(each) for each in ids]
            over = [each.status for one in records for each in one.replays]
            return set(over) <= {"succeeded", "failed"} or None

        await eventually(settled)
        assert {each.examined for each in ended_} == {20}
        assert len(seen) == sum(each.replayed for each in ended_)
        assert set(seen) == set(ids)


async def refused(service: Service, asked: object) -> tuple[int, str]:
    answer = await service.api("POST", "/bulk-replays", json=asked)
    return answer.status_code, answer.json()["error"]["message"]


async def test_what_cannot_be_meant_is_refused_with_the_mend(
    tmp_path: Path, temporal: TemporalServer
) -> None:
    app, _ = vendor(handler=ignore)
    async with running_service(app, tmp_path, temporal, worker=False) as service:
        for asked in ({}, {"where": {"status": "failed"}, "event_ids": [NOWHERE]}):
            status, told_ = await refused(service, asked)
            assert (status, told_) == (400, "give one of where, event_ids, recover, missing")
        status, told_ = await refused(service, {"where": {}})
        assert (status, told_.startswith("nothing says which events")) == (422, True)
        for ids in ([], [NOWHERE], ["x"]):
            status, told_ = await refused(service, {"event_ids": ids})
            assert (status, told_.startswith("event_ids: ")) == (422, True)
        for rate in (0, 101, "5", None):
            too_much = {"where": {"webhook": "vendor"}, "rate_per_second": rate}
            assert (await refused(service, too_much))[0] == 400
        for since in ("yesterday", 5, None):
            assert (await refused(service, {"recover": {"since": since}}))[0] == 400
        missing = {"endpoint": "a", "webhook": "vendor", "since": "2026-01-01T00:00:00Z"}
        status, told_ = await refused(service, {"missing": missing})
        assert (status, "no webhook that sends" in told_) == (404, True)
        for path in (NOWHERE, f"{NOWHERE}/x"):
            assert (await service.api("GET", f"/bulk-replays/{path}")).status_code == 404
        answer = await service.api("POST", f"/bulk-replays/{NOWHERE}/stop")
        assert answer.status_code == 404
