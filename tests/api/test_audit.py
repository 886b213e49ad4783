"""Whatever changes something is on record before it is done, and how it ended afterwards."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from starlette.responses import Response

from api.trail import Trail
from layeron.errors import DatabaseUnavailableError
from layeron.keys import new_key
from layeron.operating_records import AuditEntry, AuditPage
from tests.api.publishers import SIGNING_SECRET, TOKEN, URL, calling
from tests.api.sending import accepted, fresh
from tests.support.service import Service
from tests.support.temporal import TemporalServer

NOWHERE = "whevt_01M87HX43ACC2282GBSNFBF3Q6"


async def entries(service: Service, **where: object) -> list[Any]:
    answer = await service.api("GET", "/audit", params=where)
    assert answer.status_code == 200, answer.text
    found: list[Any] = answer.json()["entries"]
    return found


async def test_a_replay_is_on_record_with_who_what_and_the_answer(service: Service) -> None:
    event_id = await accepted(service.http, fresh())
    await service.settled(event_id)
    asked = {"reason": "mended", "requested_by": "nina"}
    await service.api("POST", f"/events/{event_id}/replay", json=asked)
    await service.settled(event_id, replays=1)
    (entry,) = await entries(service, target=event_id)
    assert entry["action"] == "event.replay"
    assert entry["actor"] == "key tests"
    assert entry["status"] == 202
    assert entry["detail"] == {"key_id": service.key.split("_")[1], **asked}


async def test_what_failed_is_on_record_with_its_status(service: Service) -> None:
    await service.api("POST", f"/events/{NOWHERE}/replay")
    newest = (await entries(service, action="event.replay", limit=1))[0]
    assert (newest["target"], newest["status"]) == (NOWHERE, 404)


async def test_what_was_not_let_in_or_not_understood_is_not_on_record(service: Service) -> None:
    before = await entries(service, limit=200)
    reader, text = new_key("reader", ["read"])
    await service.tools.records.add_key(reader)
    path = f"/api/v1/events/{NOWHERE}/replay"
    await service.http.post(path)
    await service.http.post(path, headers={"authorization": f"Bearer {text}"})
    await service.api("POST", f"/events/{NOWHERE}/replay", content=b"[")
    await service.api("GET", "/events")
    assert await entries(service, limit=200) == before


async def test_a_dry_run_changes_nothing_and_is_not_on_record(service: Service) -> None:
    where = {"where": {"status": "dead_letter", "webhook": "nothing"}}
    before = await entries(service, limit=200)
    counted = await service.api("POST", "/bulk-replays", json={**where, "dry_run": True})
    assert (counted.status_code, counted.json()["total"]) == (200, 0)
    assert await entries(service, limit=200) == before
    await service.api("POST", "/bulk-replays", json={**where, "dry_run": "true"})
    newest = (await entries(service, limit=1))[0]
    assert (newest["action"], newest["status"]) == ("bulk_replay.start", 400)


@pytest.mark.parametrize("where", [{"x": "x" * 400_000}, ["\ud800"] * 10_000])
async def test_of_a_long_question_the_beginning_is_on_record(
    service: Service, where: object
) -> None:
    answer = await service.api("POST", "/bulk-replays", content=json.dumps({"where": where}))
    assert answer.status_code == 400
    newest = (await entries(service, limit=1))[0]
    kept = newest["detail"]["where"]
    assert len(kept) == 2_000
    assert json.dumps(where).startswith(kept[:100])


async def test_pages_follow_each_other_newest_first(service: Service) -> None:
    for _ in range(3):
        await service.api("POST", f"/events/{NOWHERE}/replay")
    every = [each["id"] for each in await entries(service, limit=3)]
    walked: list[str] = []
    query: dict[str, Any] = {"limit": 1}
    while len(walked) < 3:
        page = (await service.api("GET", "/audit", params=query)).json()
        walked += [each["id"] for each in page["entries"]]
        query["cursor"] = page["next_cursor"]
    assert walked == every == sorted(every, reverse=True)


@pytest.mark.parametrize("query", ["cursor=x", "limit=0", "actor=x", "action=a&action=b"])
async def test_a_wrong_question_is_told(service: Service, query: str) -> None:
    answer = await service.api("GET", f"/audit?{query}")
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "bad_request")


async def test_no_secret_is_in_the_log(tmp_path: Path, temporal: TemporalServer) -> None:
    async with calling(tmp_path, temporal) as api:
        made = await api.created(headers={"authorization": f"Bearer {TOKEN}"}, url=URL)
        name = made["endpoint"]["name"]
        await api("PATCH", f"/endpoints/{name}", json={"headers": {"x-token": TOKEN}})
        rotated = (await api("POST", f"/endpoints/{name}/rotate-secret")).json()["secret"]
        key = (
            await api.service.api("POST", "/keys", json={"name": "ci", "scopes": ["read"]})
        ).json()["secret"]
        log = (await api.service.api("GET", "/audit", params={"limit": 200})).text
        actions = [each["action"] for each in await entries(api.service)]
    assert actions == ["key.create", "secret.rotate", "endpoint.change", "endpoint.create"]
    secrets = (TOKEN, made["secret"], rotated, key, SIGNING_SECRET, api.service.key)
    assert [each for each in secrets if each in log] == []
    assert key.split("_", 2)[2] not in log


async def test_names_of_strangers_are_made_printable(service: Service) -> None:
    await service.api("POST", "/webhooks/default/x%00%E2%80%AE%0Ay/endpoints/z/enable")
    newest = (await entries(service, limit=1))[0]
    assert newest["target"] == "default/x\\x00\\u202e\\ny/z"


class Log:
    """A log that may be out of order, before or after."""

    def __init__(self, *, adds: bool, completes: bool) -> None:
        self.adds, self.completes = adds, completes
        self.entries: dict[str, AuditEntry] = {}
        self.statuses: dict[str, int] = {}

    async def add(self, entry: AuditEntry) -> None:
        if not self.adds:
            raise DatabaseUnavailableError("out of order")
        self.entries[entry.id] = entry

    async def complete(self, entry_id: str, status: int) -> None:
        if not self.completes:
            raise DatabaseUnavailableError("out of order")
        self.statuses[entry_id] = status

    async def list(
        self,
        *,
        action: str | None = None,
        target: str | None = None,
        limit: int,
        cursor: str | None = None,
    ) -> AuditPage:
        raise NotImplementedError


async def follow(log: Log, do: Any) -> Response:
    return await Trail(log).follow(do, actor="key x", action="event.replay", target="y")


async def test_nothing_is_done_that_cannot_be_written_down() -> None:
    done: list[int] = []

    async def do() -> Response:
        done.append(1)
        return Response()

    with pytest.raises(DatabaseUnavailableError):
        await follow(Log(adds=False, completes=True), do)
    assert done == []


async def test_what_is_done_is_answered_although_its_end_cannot_be_written_down() -> None:
    log = Log(adds=True, completes=False)

    async def do() -> Response:
        (entry,) = log.entries.values()  # it is on record before it is done
        assert entry.status is None
        return Response(status_code=202)

    assert (await follow(log, do)).status_code == 202


async def test_what_breaks_ends_as_500() -> None:
    log = Log(adds=True, completes=True)

    async def do() -> Response:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        await follow(log, do)
    assert list(log.statuses.values()) == [500]


async def test_at_once_every_change_has_its_own_entry(service: Service) -> None:
    replays = [service.api("POST", f"/events/{NOWHERE}/replay") for _ in range(20)]
    await asyncio.gather(*replays)
    newest = await entries(service, limit=20)
    assert len({each["id"] for each in newest}) == 20
    assert {each["status"] for each in newest} == {404}
