"""Liveness, and readiness part by part."""

import asyncio
import shutil
from pathlib import Path

import httpx2
import pytest
from starlette.applications import Starlette

from api.health import Check, health_routes
from layeron.adapters.folder import FolderBlobStore
from layeron.errors import UnavailableError
from tests.support.service import Service, running_service
from tests.support.temporal import TemporalServer, free_port
from tests.support.vendor import SECRET, SECRET_NAME, ignore, vendor


async def test_a_service_whose_parts_all_answer_is_live_and_ready(
    http: httpx2.AsyncClient,
) -> None:
    live = await http.get("/health/live")
    assert (live.status_code, live.json()) == (200, {"status": "live"})
    ready = await http.get("/health/ready")
    assert ready.status_code == 200
    parts = {"engine": "ok", "database": "ok", "inbox": "ok", "bodies": "ok"}
    assert ready.json() == {"status": "ready", "parts": parts}


async def test_readiness_names_the_part_that_is_down_and_heals(
    tmp_path: Path, temporal: TemporalServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(SECRET_NAME, SECRET)
    app, _ = vendor(handler=ignore)
    async with running_service(app, tmp_path, temporal, worker=False) as service:
        bodies = tmp_path / "bodies"
        shutil.rmtree(bodies)
        bodies.write_text("in the way")
        assert await degraded(service) == {
            "engine": "ok",
            "database": "ok",
            "inbox": "ok",
            "bodies": "BlobStoreUnavailable",
        }
        bodies.unlink()
        assert await degraded(service) is None


async def test_readiness_names_the_engine_when_nothing_listens_there(
    tmp_path: Path, temporal: TemporalServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(SECRET_NAME, SECRET)
    app, _ = vendor(handler=ignore)
    nowhere = f"127.0.0.1:{free_port()}"
    async with running_service(
        app, tmp_path, temporal, worker=False, temporal_address=nowhere, engine_timeout=0.5
    ) as service:
        parts = await degraded(service)
        assert parts is not None
        assert parts["engine"] == "EngineUnavailable"
        assert (await service.http.get("/health/live")).status_code == 200


async def degraded(service: Service) -> dict[str, str] | None:
    """The parts as readiness shows them while events are accepted all the same, or None."""
    assert isinstance(service.tools.blobs, FolderBlobStore)
    answer = await service.http.get("/health/ready")
    told = answer.json()
    assert answer.status_code == 200
    if told["status"] == "ready":
        return None
    assert told["status"] == "degraded"
    parts: dict[str, str] = told["parts"]
    return parts


async def test_without_what_is_enough_to_accept_events_it_is_not_ready() -> None:
    down: set[str] = set()

    def check(name: str) -> Check:
        async def answer() -> None:
            if name in down:
                raise UnavailableError(name)

        return answer

    parts = {name: check(name) for name in ("engine", "inbox", "bodies")}
    service = Starlette(routes=health_routes(parts, enough={"engine", "inbox"}))
    transport = httpx2.ASGITransport(service)
    async with httpx2.AsyncClient(transport=transport, base_url="http://x.example") as http:
        for these, code, status in (
            (set[str](), 200, "ready"),
            ({"bodies"}, 200, "degraded"),
            ({"engine"}, 200, "degraded"),
            ({"inbox", "bodies"}, 200, "degraded"),
            ({"engine", "inbox"}, 503, "not ready"),
        ):
            down.clear()
            down.update(these)
            answer = await http.get("/health/ready")
            assert (answer.status_code, answer.json()["status"]) == (code, status)


async def test_many_who_ask_at_once_cost_every_part_one_call() -> None:
    calls = 0

    async def check() -> None:
        nonlocal calls
        calls += 1
        await asyncio.sleep(0.05)

    service = Starlette(routes=health_routes({"bodies": check}))
    transport = httpx2.ASGITransport(service)
    async with httpx2.AsyncClient(transport=transport, base_url="http://x.example") as http:
        answers = await asyncio.gather(*(http.get("/health/ready") for _ in range(20)))
        assert {each.status_code for each in answers} == {200}
        assert calls == 1
        await http.get("/health/ready")
    assert calls == 2
