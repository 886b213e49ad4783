"""Downloading payloads and asking for replays over HTTP."""

import asyncio
import json
from pathlib import Path

import httpx2
import pytest

from layeron import Event, backend
from layeron.errors import NotFoundError
from layeron.operations import Operations
from layeron.outbound.sealing import Seals
from layeron.services import connect_services
from tests.api import declared
from tests.api.sending import accepted, fresh
from tests.support.service import Service, eventually, running_service
from tests.support.temporal import TemporalServer
from tests.support.vendor import SECRET, SECRET_NAME, send_new, vendor

NOWHERE = "whevt_01M87HX43ACC2282GBSNFBF3Q6"


async def replay(service: Service, event_id: str, body: object = None) -> httpx2.Response:
    content = b"" if body is None else json.dumps(body).encode()
    return await service.api("POST", f"/events/{event_id}/replay", content=content)


async def test_a_payload_is_downloaded_as_bytes_that_no_browser_will_run(
    service: Service, http: httpx2.AsyncClient
) -> None:
    body = b"<script>alert(1)</script>"
    event_id = await accepted(http, body=body, headers={"content-type": "text/html"})
    await service.settled(event_id)
    key = {"authorization": f"Bearer {service.key}"}
    answer = await http.get(f"/api/v1/events/{event_id}/payload", headers=key)
    assert answer.status_code == 200
    assert answer.content == body
    kept = {name: answer.headers[name] for name in answer.headers if name != "date"}
    assert kept == {
        "content-type": "application/octet-stream",
        "content-length": str(len(body)),
        "content-disposition": f'attachment; filename="{event_id}"',
        "content-security-policy": "sandbox; default-src 'none'",
        "x-content-type-options": "nosniff",
        "cache-control": "no-store",
    }


async def test_a_replay_says_who_asked_for_it_and_why(service: Service) -> None:
    event_id = await accepted(service.http, fresh())
    first = await service.settled(event_id)
    answer = await replay(service, event_id, {"requested_by": "nina", "reason": "mended \ud800"})
    assert answer.status_code == 202
    told = answer.json()
    assert told | {"requested_at": None} == {
        "event_id": event_id,
        "number": 1,
        "requested_at": None,
        "requested_by": "nina (key tests)",
        "reason": "mended \ud800",
        "status": "accepted",
        "workflow_id": f"{first.workflow_id}/replay/1",
        "bulk_id": None,
    }
    await service.settled(event_id, replays=1)
    assert len(declared.handled[event_id]) == 2
    shown = (await service.api("GET", f"/events/{event_id}")).json()
    assert [each["reason"] for each in shown["replays"]] == ["mended \ud800"]


async def test_a_replay_needs_no_body_and_is_then_by_the_key(service: Service) -> None:
    event_id = await accepted(service.http, fresh())
    await service.settled(event_id)
    for body in (None, {}, {"reason": None, "requested_by": None, "endpoints": None}):
        told = (await replay(service, event_id, body)).json()
        assert (told["requested_by"], told["reason"]) == ("key tests", None)
        await service.settled(event_id, replays=told["number"])


@pytest.mark.parametrize(
    "content",
    [
        b"[]",
        b'"x"',
        b"null",
        b"1",
        b"{",
        b"\xff",
        b"[" * 60_000,
        b'{"reason": 1}',
        b'{"other": 1}',
        b'{"requested_by": ["x"]}',
        b'{"reason": "' + b"x" * 501 + b'"}',
    ],
    ids=lambda content: repr(content[:20]),
)
async def test_a_body_that_is_no_such_object_is_a_bad_request(
    service: Service, http: httpx2.AsyncClient, content: bytes
) -> None:
    key = {"authorization": f"Bearer {service.key}"}
    answer = await http.post(f"/api/v1/events/{NOWHERE}/replay", content=content, headers=key)
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "bad_request"


async def test_a_replay_of_nothing_is_not_found(service: Service) -> None:
    answer = await replay(service, NOWHERE)
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not_found")


async def test_a_body_that_is_lost_or_was_altered_is_gone(service: Service) -> None:
    event_id = await accepted(service.http, fresh())
    record = await service.settled(event_id)
    await service.tools.blobs.delete(record.body.name)
    lost = await service.api("GET", f"/events/{event_id}/payload")
    assert (lost.status_code, lost.json()["error"]["code"]) == (410, "body_lost")
    await service.tools.blobs.put(record.body.name, b"forged")
    altered = await service.api("GET", f"/events/{event_id}/payload")
    assert (altered.status_code, altered.json()["error"]["code"]) == (410, "body_lost")
    assert "altered" in altered.json()["error"]["message"]
    refused = await replay(service, event_id)
    assert (refused.status_code, refused.json()["error"]["code"]) == (410, "body_lost")
    assert (await service.settled(event_id)).replays == []


async def test_an_event_that_is_being_handled_or_waits_to_be_is_a_conflict(
    tmp_path: Path, temporal: TemporalServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(SECRET_NAME, SECRET)
    go_on = asyncio.Event()

    async def wait(_: Event) -> None:
        await go_on.wait()

    app, _ = vendor(handler=wait)
    async with running_service(app, tmp_path, temporal, worker=False) as service:
        event_id = await send_new(service, {"id": "1"})

        async def known() -> httpx2.Response | None:
            answer = await replay(service, event_id)
            return None if answer.status_code == 404 else answer  # the engine's index is behind

        answer = await eventually(known)
        assert (answer.status_code, answer.json()["error"]["code"]) == (409, "conflict")
        assert "status accepted" in answer.json()["error"]["message"]
        await service.work()
        go_on.set()
        await service.settled(event_id)
        go_on.clear()
        assert (await replay(service, event_id)).status_code == 202
        assert (await replay(service, event_id)).status_code == 409  # one at a time
        go_on.set()
        await service.settled(event_id, replays=1)
        assert (await replay(service, event_id)).status_code == 202


async def test_an_event_whose_webhook_is_no_longer_declared_is_not_replayed(
    service: Service,
) -> None:
    event_id = await accepted(service.http, fresh())
    await service.settled(event_id)
    tools = service.tools
    operations = Operations(
        backend(),
        tools.engine,
        tools.records,
        tools.blobs,
        tools.endpoints,
        Seals(tools.endpoints, tools.secrets),
        connect_services(backend(), tools, service.settings).starts,
    )
    with pytest.raises(NotFoundError, match="not declared any more"):
        await operations.replay_event(event_id, requested_by="x", reason=None)
    assert (await service.settled(event_id)).replays == []
