"""The codec server: Temporal's CLI and UI see what histories hold, and nobody else does."""

import asyncio
import json
import sys
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import httpx2
import pytest
import pytest_asyncio
from google.protobuf.json_format import MessageToJson
from temporalio.api.common.v1 import Payload, Payloads

from layeron.keys import new_key
from layeron.operating_records import Scope
from tests.api.serving import serving
from tests.privacy.codec import HELLO, KEY, NAME, OTHER, codec_of, forms
from tests.support.service import Service, running_service
from tests.support.temporal import NAMESPACE, TemporalServer
from tests.support.vendor import ignore, send_new, vendor

DECODE = "/dashboard/codec/decode"
UI = "https://temporal.example.com:8443"
ON: dict[str, Any] = {"codec": NAME, "codec_server": True, "temporal_ui": f"{UI}/some/path"}


@pytest_asyncio.fixture(scope="module")
async def service(
    tmp_path_factory: pytest.TempPathFactory, temporal: TemporalServer
) -> AsyncGenerator[Service]:
    app, _ = vendor(handler=ignore)
    folder = tmp_path_factory.mktemp("service")
    async with running_service(app, folder, temporal, worker=False, **ON) as running:
        yield running


async def shown(key: str = KEY) -> str:
    """What a tool of Temporal's sends: payloads as it finds them in a history."""
    sealed = await codec_of({NAME: key}).encode([HELLO])
    return in_json(*sealed, HELLO)


def in_json(*payloads: Payload) -> str:
    told: str = MessageToJson(Payloads(payloads=payloads))  # type: ignore[no-untyped-call]  # protobuf is untyped
    return told


async def ask(service: Service, body: str, key: str = "", **headers: str) -> httpx2.Response:
    known = {"content-type": "application/json", "x-namespace": NAMESPACE, **headers}
    if key:
        known["authorization"] = f"Bearer {key}"
    return await service.http.post(DECODE, content=body, headers=known)


async def key_of(service: Service, scope: Scope) -> str:
    record, key = new_key(scope, (scope,))
    await service.tools.records.add_key(record)
    return key


async def test_who_may_read_events_has_payloads_decrypted(service: Service) -> None:
    answer = await ask(service, await shown(), await key_of(service, "read"))
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    expected = json.loads(in_json(HELLO, HELLO))
    assert answer.json() == expected


async def test_nobody_else_has(service: Service) -> None:
    body = await shown()
    assert (await ask(service, body)).status_code == 401
    assert (await ask(service, body, "lyr_x_y")).status_code == 401
    refused = await ask(service, body, await key_of(service, "send"))
    assert refused.status_code == 403
    assert refused.json()["error"]["message"] == "this key lacks the scope 'read'"


async def test_where_a_webhook_hides_fields_only_an_admin_has(
    tmp_path: Path, temporal: TemporalServer
) -> None:
    app, _ = vendor(handler=ignore, redact=["body.card"])
    async with running_service(app, tmp_path, temporal, worker=False, **ON) as hiding:
        body = await shown()
        refused = await ask(hiding, body, await key_of(hiding, "replay"))
        assert refused.status_code == 403
        assert refused.json()["error"]["message"] == "this key lacks the scope 'admin'"
        assert (await ask(hiding, body, await key_of(hiding, "admin"))).status_code == 200


async def test_a_session_may_ask_no_more_often_than_its_key(
    tmp_path: Path, temporal: TemporalServer
) -> None:
    app, _ = vendor(handler=ignore)
    slow: dict[str, Any] = {**ON, "api_rate": 1}
    async with running_service(app, tmp_path, temporal, worker=False, **slow) as service:
        login = await service.http.post("/dashboard/login", data={"key": service.key})
        cookie = login.headers["set-cookie"].partition(";")[0]
        service.http.cookies.clear()
        body = await shown()
        answers = [await ask(service, body, cookie=cookie, origin=UI) for _ in range(5)]
        assert answers[0].status_code == 200
        assert answers[-1].status_code == 429
        assert answers[-1].headers["access-control-allow-origin"] == UI


async def test_a_browser_that_is_logged_in_to_the_dashboard_may_ask_from_temporals_page(
    service: Service,
) -> None:
    form = {"content-type": "application/x-www-form-urlencoded"}
    login = await service.http.post("/dashboard/login", content=f"key={service.key}", headers=form)
    cookie = login.headers["set-cookie"].partition(";")[0]
    service.http.cookies.clear()
    answer = await ask(service, await shown(), cookie=cookie, origin=UI)
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == UI
    assert answer.headers["access-control-allow-credentials"] == "true"


async def test_a_browser_learns_that_temporals_page_may_ask_and_no_other(service: Service) -> None:
    asked = {
        "access-control-request-method": "POST",
        "access-control-request-headers": "content-type,x-namespace,authorization",
    }
    allowed = await service.http.options(DECODE, headers={**asked, "origin": UI})
    assert allowed.status_code == 200
    assert allowed.headers["access-control-allow-origin"] == UI
    for other in ("https://temporal.example.com", "https://evil.example.com", "null"):
        refused = await service.http.options(DECODE, headers={**asked, "origin": other})
        assert "access-control-allow-origin" not in refused.headers
        answer = await ask(service, await shown(), service.key, origin=other)
        assert answer.status_code == 403
        assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize("body", ["", "{", '{"payloads": 1}', "[" * 100_000, '{"x": 1}'])
async def test_what_is_no_payloads_is_refused(service: Service, body: str) -> None:
    answer = await ask(service, body, service.key)
    assert answer.status_code == 400
    assert answer.json()["error"]["message"] == "the body must be Temporal's Payloads as JSON"


async def test_a_body_that_is_too_large_is_refused(service: Service) -> None:
    answer = await ask(service, " " * (8 * 2**20 + 1), service.key)
    assert answer.status_code == 413


async def test_a_key_that_is_missing_is_named(service: Service) -> None:
    answer = await ask(service, await shown(OTHER), service.key)
    assert answer.status_code == 503
    assert f"{NAME}_PREVIOUS" in answer.json()["error"]["message"]


async def test_it_is_off_unless_it_is_wanted(tmp_path: Path, temporal: TemporalServer) -> None:
    app, _ = vendor(handler=ignore)
    off = {**ON, "codec_server": False}
    async with running_service(app, tmp_path, temporal, worker=False, **off) as service:
        assert (await ask(service, await shown(), service.key)).status_code == 404


async def test_temporals_own_command_line_shows_the_body_of_an_event(
    service: Service, temporal: TemporalServer
) -> None:
    note = "only for those who may read"
    event_id = await send_new(service, {"id": "1"}, x_note=note)
    found = await service.tools.engine.find(event_id)
    assert found is not None
    async with serving(service) as address:
        options = {
            "--address": temporal.address,
            "--workflow-id": found.event.workflow_id,
            "--output": "json",
            "--codec-endpoint": f"http://{address}/dashboard/codec",
            "--codec-auth": f"Bearer {service.key}",
        }
        with_codec = await _show(options)
        without = await _show(dict(list(options.items())[:-2]))
    assert any(form in with_codec for form in forms(note))
    assert not any(form in without for form in forms(note))


async def _show(options: dict[str, str]) -> str:
    program = str(Path(sys.executable).with_name("temporal"))
    said = [part for option in options.items() for part in option]
    child = await asyncio.create_subprocess_exec(
        program, "workflow", "show", *said, stdout=asyncio.subprocess.PIPE
    )
    told, _ = await child.communicate()
    assert child.returncode == 0
    return told.decode()
