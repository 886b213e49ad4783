"""Refused requests: on record with their cause, bounded, and let in after the mend."""

import asyncio
import base64
import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.service import Service, eventually, running_service
from tests.support.temporal import TemporalServer
from tests.support.vendor import SECRET, SECRET_NAME, collect, ignore, send, sign, vendor


@pytest.fixture(autouse=True)
def _secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SECRET_NAME, SECRET)


async def rejections(service: Service, count: int, query: str = "") -> list[dict[str, Any]]:
    async def look() -> list[dict[str, Any]] | None:
        answer = await service.api("GET", f"/rejections?limit=200{query}")
        found: list[dict[str, Any]] = answer.json()["rejections"]
        return found if len(found) >= count else None

    return await eventually(look)


async def test_a_refusal_is_on_record_with_its_exact_cause(
    tmp_path: Path, temporal: TemporalServer
) -> None:
    app, _ = vendor(handler=ignore)
    async with running_service(app, tmp_path, temporal, worker=False) as service:
        body = b'{"id": "1"}'
        written_anew = json.dumps(json.loads(body), indent=2).encode()
        answer = await service.post(
            "/webhooks/vendor", body=written_anew, x_signature=sign(body), cookie="a=b"
        )
        assert answer.status_code == 401
        assert "written anew" not in answer.text
        (found,) = await rejections(service, 1)
        assert found["cause"] == "body_altered"
        assert "written anew with spaces" in found["detail"]
        assert ["cookie", "[redacted]"] in found["headers"]
        one = (await service.api("GET", f"/rejections/{found['id']}")).json()
        assert base64.b64decode(one["body_base64"]) == written_anew
        assert SECRET not in json.dumps(one)


async def test_a_request_refused_by_our_mistake_is_let_in_after_the_mend(
    tmp_path: Path, temporal: TemporalServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    handled: list[str] = []
    app, _ = vendor(handler=collect(handled))
    monkeypatch.setenv(SECRET_NAME, "the-wrong-secret")
    async with running_service(app, tmp_path, temporal) as service:
        assert (await send(service, {"id": "1"})).status_code == 401
        (found,) = await rejections(service, 1)
        place = f"/rejections/{found['id']}/accept"
        too_early = await service.api("POST", place)
        assert too_early.status_code == 409
        assert "still does not verify: no_match" in too_early.json()["error"]["message"]
        monkeypatch.setenv(SECRET_NAME, SECRET)
        let_in = await service.api("POST", place)
        assert let_in.status_code == 202
        event_id = let_in.json()["event_id"]
        assert (await service.settled(event_id)).status == "succeeded"
        again = await service.api("POST", place)
        assert again.status_code == 409
        assert event_id in again.json()["error"]["message"]
        one = (await service.api("GET", f"/rejections/{found['id']}")).json()
        assert (one["accepted_event_id"], one["accepted_by"]) == (event_id, "key tests")
    assert handled == [event_id]


async def test_a_flood_is_sampled_and_the_rest_is_counted(
    tmp_path: Path, temporal: TemporalServer
) -> None:
    app, _ = vendor(handler=ignore)
    async with running_service(app, tmp_path, temporal, worker=False) as service:
        flood = [
            service.post("/webhooks/vendor", body=b"%d" % n, x_signature="00" * 32)
            for n in range(300)
        ]
        assert {each.status_code for each in await asyncio.gather(*flood)} == {401}
        noted = len(await rejections(service, 20))
        assert noted < 100
        await asyncio.sleep(1.2)
        await service.post("/webhooks/vendor", body=b"later", x_signature="00" * 32)
        newest = (await rejections(service, noted + 1))[0]
        assert newest["skipped"] >= 300 - noted - 5


async def test_causes_and_webhooks_can_be_filtered_and_paged(
    tmp_path: Path, temporal: TemporalServer
) -> None:
    app, webhook = vendor(handler=ignore)
    async with running_service(app, tmp_path, temporal, worker=False) as service:
        for _ in range(3):
            await service.post("/webhooks/vendor", body=b"{}")
        await service.post("/webhooks/vendor", body=b"{}", x_signature="zz")
        await rejections(service, 4)
        missing = await rejections(service, 3, f"&cause=missing_signature&webhook={webhook.name}")
        assert len(missing) == 3
        first = (await service.api("GET", "/rejections?limit=3")).json()
        rest = (await service.api("GET", f"/rejections?cursor={first['next_cursor']}")).json()
        assert len(first["rejections"] + rest["rejections"]) == 4
        assert rest["next_cursor"] is None


async def test_strange_questions_are_answered_with_what_to_change(
    tmp_path: Path, temporal: TemporalServer
) -> None:
    app, _ = vendor(handler=ignore)
    async with running_service(app, tmp_path, temporal, worker=False) as service:
        for path, status in {
            "/rejections?cursor=x": 400,
            "/rejections?limit=0": 400,
            "/rejections?status=x": 400,
            "/rejections/x": 400,
            "/rejections/whrej_01M87HX43ACC2282GBSNFBF3Q6": 404,
        }.items():
            assert (await service.api("GET", path)).status_code == status, path
        assert (await service.http.get("/api/v1/rejections")).status_code == 401
