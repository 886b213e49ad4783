"""Providers' checks of an address, over HTTP: answered, and never an event."""

import uuid
from collections.abc import AsyncGenerator
from datetime import UTC, datetime
from typing import Any

import httpx2
import pytest
import pytest_asyncio

from layeron import InboundWebhook, backend, secret, webhooks
from layeron.adapters.secret_file import SecretFile
from layeron.adapters.secret_sources import FILE_NAME
from layeron.secrets import Secret
from layeron.testing import signed_request
from tests.support.rules import ED25519_PRIVATE, ED25519_PUBLIC
from tests.support.service import Service, eventually, running_service
from tests.support.temporal import TemporalServer

NAMESPACE = f"t{uuid.uuid4().hex[:12]}"
KEY, TOKEN = "the-key-of-all-these-providers", "meatyhamhock"
SECRETS = {"KEY": KEY, "TOKEN": TOKEN, "DISCORD_PUBLIC_KEY": ED25519_PUBLIC}
NEW_KEY = "b537207f20cbfa02357cf448134da559"


def declared(name: str, **options: Any) -> InboundWebhook:
    preset = options.pop("preset", name)
    given = {"namespace": NAMESPACE, "name": name, "path": f"/{name}", **options}
    webhook: InboundWebhook = getattr(webhooks, preset)(**{"secret": secret("KEY"), **given})
    return webhook


WEBHOOKS = {
    each.name: each
    for each in (
        declared("slack"),
        declared("zoom"),
        declared("zoom-changed", preset="zoom", secret=[secret("TOKEN"), secret("KEY")]),
        declared("twitch"),
        declared("xero"),
        declared("dropbox"),
        declared("okta"),
        declared("x"),
        declared("meta", verify_token=secret("TOKEN")),
        declared("discord", secret=secret("DISCORD_PUBLIC_KEY")),
        declared("asana"),
        declared("asana-new", preset="asana", secret=(), handshake=True),
    )
}


@pytest_asyncio.fixture(scope="module")
async def service(
    tmp_path_factory: pytest.TempPathFactory, temporal: TemporalServer
) -> AsyncGenerator[Service]:
    folder = tmp_path_factory.mktemp("handshakes")
    secrets = SecretFile(folder / FILE_NAME)
    for name, value in SECRETS.items():
        secrets.set(Secret(name), value)
    app = backend()
    app.use(*WEBHOOKS.values())
    async with running_service(app, folder, temporal) as running:
        yield running


async def send(
    service: Service, name: str, payload: object = None, key: Any = KEY, **options: Any
) -> httpx2.Response:
    signing = ED25519_PRIVATE if name == "discord" else key
    request = signed_request(WEBHOOKS[name], payload, secrets=signing, **options)
    return await service.http.post(
        request.path, content=request.body, headers=list(request.headers.items())
    )


SIGNED: dict[str, tuple[object, int, str]] = {
    "slack": ({"type": "url_verification", "challenge": "3eZbr"}, 200, '{"challenge": "3eZbr"}'),
    "twitch": ({"challenge": "pogchamp"}, 200, "pogchamp"),
    "xero": ({"events": [], "entropy": "S0m3"}, 200, ""),
    "asana": ({"events": []}, 200, ""),
    "discord": ({"type": 0}, 204, ""),
}


@pytest.mark.parametrize("name", SIGNED)
async def test_a_signed_check_is_answered(service: Service, name: str) -> None:
    payload, status, text = SIGNED[name]
    answer = await send(service, name, payload)
    assert (answer.status_code, answer.text) == (status, text)


@pytest.mark.parametrize("name", ["slack", "twitch", "xero", "asana"])
async def test_a_check_signed_by_somebody_else_is_refused(service: Service, name: str) -> None:
    answer = await send(service, name, SIGNED[name][0], key="somebody-else")
    assert answer.status_code == 401
    if name == "xero":
        assert (answer.text, answer.headers.get("set-cookie")) == ("", None)


ASKED: dict[str, tuple[str, dict[str, str], int, str]] = {
    "dropbox": ("?challenge=abc123", {}, 200, "abc123"),
    "meta": (
        f"?hub.mode=subscribe&hub.challenge=115&hub.verify_token={TOKEN}", {}, 200, "115",
    ),
    "okta": (
        "",
        {"authorization": KEY, "x-okta-verification-challenge": "Me_r"},
        200,
        '{"verification": "Me_r"}',
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", ASKED)
async def test_a_question_is_answered(service: Service, name: str) -> None:
    query, headers, status, text = ASKED[name]
    answer = await service.http.get(f"/{name}{query}", headers=headers)
    assert (answer.status_code, answer.text) == (status, text)


@pytest.mark.parametrize("name", [*ASKED, "x"])
async def test_a_question_that_is_no_check_is_refused(service: Service, name: str) -> None:
    assert (await service.http.get(f"/{name}")).status_code == 401
    forged = "?hub.mode=subscribe&hub.challenge=115&hub.verify_token=other"
    assert (await service.http.get(f"/{name}{forged}")).status_code == 401


async def test_the_check_of_x_proves_that_the_consumer_secret_is_ours(service: Service) -> None:
    answer = await service.http.get("/x?crc_token=foo")
    assert answer.status_code == 200
    assert answer.json().keys() == {"response_token"}


async def test_a_check_is_answered_with_the_secret_that_signed_it(service: Service) -> None:
    check = {"event": "endpoint.url_validation", "payload": {"plainToken": "qgg8vlvZRS6UYooatFL8"}}
    plain, changed = [await send(service, name, check) for name in ("zoom", "zoom-changed")]
    assert plain.json() == changed.json()
    other = await send(service, "zoom-changed", check, key={"TOKEN": TOKEN})
    assert other.status_code == 200
    assert other.json() != changed.json()


async def test_an_unsigned_key_is_taken_only_where_one_is_expected(service: Service) -> None:
    headers = {"x-hook-secret": NEW_KEY}
    answer = await service.http.post("/asana-new", content=b"{}", headers=headers)
    assert (answer.status_code, answer.headers["x-hook-secret"]) == (200, NEW_KEY)
    answer = await service.http.post("/asana", content=b"{}", headers=headers)
    assert answer.status_code == 401
    assert "x-hook-secret" not in answer.headers
    answer = await send(service, "asana", key=NEW_KEY, event_type="task.changed")
    assert answer.status_code == 401


async def test_an_event_is_acknowledged_as_its_provider_wants_and_kept_once(
    service: Service,
) -> None:
    event = {"event": "meeting.started", "event_ts": 1, "payload": {"object": {"id": "1"}}}
    for _ in range(2):
        answer = await send(service, "zoom", event, now=datetime.now(UTC))
        assert (answer.status_code, answer.text) == (200, "")
    validation = {"event": "endpoint.url_validation", "payload": {"plainToken": "qgg8"}}
    assert (await send(service, "zoom", validation)).json()["plainToken"] == "qgg8"

    async def listed() -> list[dict[str, Any]] | None:
        answer = await service.api("GET", f"/events?namespace={NAMESPACE}")
        return answer.json()["events"] or None

    assert [each["event_type"] for each in await eventually(listed)] == ["meeting.started"]
