"""Keys of the API, made and revoked over the API."""

from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import httpx2
import pytest
import pytest_asyncio

from layeron.wire import to_json
from tests.api.dashboard.visiting import Visitor
from tests.api.serving import serving
from tests.support.service import Service, running_service
from tests.support.temporal import TemporalServer
from tests.support.vendor import SECRET, SECRET_NAME, vendor


@pytest_asyncio.fixture
async def own(
    tmp_path: Path, temporal: TemporalServer, monkeypatch: pytest.MonkeyPatch
) -> AsyncGenerator[Service]:
    """A service that has one key."""
    monkeypatch.setenv(SECRET_NAME, SECRET)
    app, _ = vendor()
    async with running_service(app, tmp_path, temporal, worker=False) as running:
        yield running


async def made(service: Service, *scopes: str, name: str = "deploy") -> Any:
    answer = await service.api("POST", "/keys", json={"name": name, "scopes": scopes})
    assert answer.status_code == 201, answer.text
    assert answer.headers["cache-control"] == "no-store"
    return answer.json()


async def status_with(service: Service, key: str, path: str = "/api/v1/events") -> int:
    headers = {"authorization": f"Bearer {key}"}
    return (await service.http.get(path, headers=headers)).status_code


async def test_a_key_is_shown_when_it_is_made_and_never_again(own: Service) -> None:
    told = await made(own, "read", name="grüße 😀")
    assert told["key"]["name"] == "grüße 😀"
    assert told["key"]["scopes"] == ["read"]
    assert told["key"]["revoked_at"] is None
    assert sorted(told["key"]) == ["created_at", "id", "name", "revoked_at", "scopes"]
    assert await status_with(own, told["secret"]) == 200
    listed = await own.api("GET", "/keys")
    assert listed.json()["keys"][1] == told["key"]
    assert told["secret"].split("_", 2)[2] not in listed.text
    assert "hash" not in listed.text


async def test_a_revoked_key_is_good_for_nothing_at_once(own: Service) -> None:
    told = await made(own, "read")
    answer = await own.api("DELETE", f"/keys/{told['key']['id']}")
    assert (answer.status_code, answer.content) == (204, b"")
    assert await status_with(own, told["secret"]) == 401
    listed = (await own.api("GET", "/keys")).json()["keys"]
    assert listed[1]["revoked_at"] is not None
    again = await own.api("DELETE", f"/keys/{told['key']['id']}")
    assert again.status_code == 204
    assert (await own.api("GET", "/keys")).json()["keys"] == listed


async def test_the_last_key_that_may_everything_stays(own: Service) -> None:
    await made(own, "read", "replay", "send")
    ended = await made(own, "admin")
    await own.api("DELETE", f"/keys/{ended['key']['id']}")
    itself = own.key.split("_")[1]
    answer = await own.api("DELETE", f"/keys/{itself}")
    assert answer.status_code == 409
    assert answer.json()["error"] == {
        "code": "conflict",
        "message": "key 'tests' is the last one with the scope 'admin'; make another one first",
    }
    assert await status_with(own, own.key) == 200
    another = await made(own, "admin")
    assert (await own.api("DELETE", f"/keys/{itself}")).status_code == 204
    assert await status_with(own, own.key) == 401
    assert await status_with(own, another["secret"]) == 200


async def test_the_last_key_that_may_everything_stays_on_the_dashboard_too(own: Service) -> None:
    itself = own.key.split("_")[1]
    async with (
        serving(own) as address,
        httpx2.AsyncClient(base_url=f"http://{address}", trust_env=False) as http,
    ):
        visitor = Visitor(http)
        await visitor.login(own.key)
        form = {"csrf": await visitor.csrf()}
        answer = await http.post(f"/dashboard/keys/{itself}/revoke", data=form)
        assert answer.status_code == 409
        assert "is the last one with the scope" in answer.text
        assert await status_with(own, own.key) == 200
        await made(own, "admin")
        answer = await http.post(f"/dashboard/keys/{itself}/revoke", data=form)
        assert answer.status_code == 303
        assert await status_with(own, own.key) == 401


@pytest.mark.parametrize("key_id", ["x", "x" * 5_000, "%00", "lyr_x", "%ED%A0%80"])
async def test_a_key_nobody_made_is_not_found(own: Service, key_id: str) -> None:
    answer = await own.api("DELETE", f"/keys/{key_id}")
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not_found")


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({}, "field 'name' is missing"),
        ({"name": "x"}, "field 'scopes' is missing"),
        ({"name": "", "scopes": ["read"]}, "'name'"),
        ({"name": "x" * 101, "scopes": ["read"]}, "'name'"),
        ({"name": 1, "scopes": ["read"]}, "'name'"),
        ({"name": "x", "scopes": []}, "'scopes'"),
        ({"name": "x", "scopes": "read"}, "'scopes'"),
        ({"name": "x", "scopes": ["write"]}, "'scopes.0'"),
        ({"name": "x", "scopes": ["read"], "expires": 1}, "unknown field 'expires'"),
        ({"name": "\ud800", "scopes": ["read"]}, "'name'"),
    ],
)  # fmt: skip
async def test_a_key_that_cannot_be_is_refused(own: Service, asked: object, said: str) -> None:
    answer = await own.api("POST", "/keys", content=to_json(asked))
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "bad_request")
    assert said in answer.json()["error"]["message"]
    assert len((await own.api("GET", "/keys")).json()["keys"]) == 1


async def test_scopes_said_twice_are_kept_once(own: Service) -> None:
    told = await made(own, "read", "read")
    assert told["key"]["scopes"] == ["read"]
