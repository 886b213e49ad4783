"""The engine is away: what is on record is shown, and what operators ask of it is refused."""

from pathlib import Path

from tests.end_to_end.bulk import ended, recorded
from tests.outages.waiting import IMPATIENT, behind_a_gate, told
from tests.support.service import eventually
from tests.support.temporal import TemporalServer
from tests.support.vendor import collect, vendor


async def test_a_bulk_replay_that_could_not_begin_is_named_so_that_no_other_is_started(
    tmp_path: Path, temporal: TemporalServer
) -> None:
    app, webhook = vendor(handler=collect([]))
    async with behind_a_gate(app, tmp_path, temporal, **IMPATIENT) as (service, gate):
        (event_id,) = await recorded(service, webhook, 1)
        await gate.shut()
        answer = await service.api("POST", "/bulk-replays", json={"event_ids": [event_id]})
        assert answer.status_code == 503
        (paused,) = (await service.tools.bulk_replays.list(limit=9)).bulk_replays
        message = f"bulk replay {paused.id} is on record as paused: resume it when the engine is"
        assert message in answer.json()["error"]["message"]
        assert paused.status == "paused"
        await gate.open()

        async def resumed() -> bool | None:
            told = await service.api("POST", f"/bulk-replays/{paused.id}/resume")
            return told.status_code == 200 or None

        await eventually(resumed)
        assert (await ended(service, paused.id)).replayed == 1


async def test_what_was_accepted_is_shown_while_the_engine_is_away(
    tmp_path: Path, temporal: TemporalServer
) -> None:
    app, _ = vendor(handler=collect([]))
    async with behind_a_gate(app, tmp_path, temporal, **IMPATIENT) as (service, gate):
        _, event_id = await told(service, {"id": "1"})
        await service.settled(event_id)
        await gate.shut()
        shown = await service.api("GET", f"/events/{event_id}")
        assert shown.json()["status"] == "succeeded"
        replay = await service.api("POST", f"/events/{event_id}/replay")
        assert replay.status_code == 503
        await gate.open()

        async def taken() -> bool | None:
            answer = await service.api("POST", f"/events/{event_id}/replay")
            return answer.status_code == 202 or None

        await eventually(taken)
        record = await service.settled(event_id, {"succeeded"}, replays=1)
        assert [record.replays[0].status, record.replays[-1].status] == ["failed", "succeeded"]
