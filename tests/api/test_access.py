"""Who may use the API: callers with a key in force, and nobody else."""

from datetime import UTC, datetime

import httpx2
import pytest

from layeron.keys import new_key
from tests.api.sending import accepted, fresh
from tests.support.service import Service

EVENT = "whevt_01M87HX43ACC2282GBSNFBF3Q6"
ROUTES = [
    ("GET", "/api/v1/events"),
    ("GET", f"/api/v1/events/{EVENT}"),
    ("GET", f"/api/v1/events/{EVENT}/payload"),
    ("POST", f"/api/v1/events/{EVENT}/replay"),
]


async def keys_refused(service: Service) -> dict[str, bytes]:
    """What callers without a key in force may send."""
    revoked, its_text = new_key("revoked")
    await service.tools.records.add_key(revoked)
    await service.tools.records.revoke_key(revoked.id, at=datetime.now(UTC))
    _, unknown = new_key("unknown")
    prefix, known_id, secret = service.key.split("_", 2)
    known = f"{prefix}_{known_id}"
    return {
        "empty": b"",
        "no scheme": service.key.encode(),
        "another scheme": f"Basic {service.key}".encode(),
        "no key": b"Bearer",
        "blanks before no key": b"Bearer  x",
        "no form of ours": b"Bearer abc",
        "no secret": f"Bearer {known}_".encode(),
        "a secret cut short": f"Bearer {known}_{secret[:-1]}".encode(),
        "a wrong secret": f"Bearer {known}_{secret[::-1]}".encode(),
        "another's secret": f"Bearer {known}_{unknown.split('_', 2)[2]}".encode(),
        "an unknown key": f"Bearer {unknown}".encode(),
        "a revoked key": f"Bearer {its_text}".encode(),
        "two keys": f"Bearer {service.key}, Bearer {service.key}".encode(),
        "no ASCII": b"Bearer lyr_\xe9\xff_\xfe",
        "a NUL": b"Bearer lyr_x%00_y",
        "very long": b"Bearer lyr_" + b"x" * 50_000 + b"_y",
    }


@pytest.mark.parametrize(("method", "path"), ROUTES)
async def test_nobody_without_a_key_in_force_is_let_in(
    service: Service, http: httpx2.AsyncClient, method: str, path: str
) -> None:
    sent = [None, *(await keys_refused(service)).values()]
    for value in sent:
        headers = {} if value is None else {b"authorization": value}
        answer = await http.request(method, path, headers=headers)
        assert answer.status_code == 401, value
        assert answer.headers["www-authenticate"] == "Bearer"
        assert answer.json() == {
            "error": {"code": "unauthorized", "message": "send a valid API key as bearer"}
        }


@pytest.mark.parametrize(("method", "path"), ROUTES)
async def test_a_key_in_force_is_let_in(
    service: Service, http: httpx2.AsyncClient, method: str, path: str
) -> None:
    for scheme in ("Bearer", "bearer", "BEARER"):
        headers = {"authorization": f"{scheme} {service.key}"}
        answer = await http.request(method, path, headers=headers)
        assert answer.status_code == (200 if path.endswith("events") else 404)


async def test_a_refused_replay_replays_nothing(service: Service, http: httpx2.AsyncClient) -> None:
    event_id = await accepted(http, fresh())
    await service.settled(event_id)
    assert (await http.post(f"/api/v1/events/{event_id}/replay")).status_code == 401
    assert (await service.settled(event_id)).replays == []


async def test_a_key_in_the_address_is_no_key(service: Service, http: httpx2.AsyncClient) -> None:
    for name in ("key", "api_key", "token", "authorization"):
        answer = await http.get("/api/v1/events", params={name: service.key})
        assert answer.status_code == 401


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("POST", "/api/v1/events", "GET, HEAD"),
        ("DELETE", f"/api/v1/events/{EVENT}", "GET, HEAD"),
        ("PUT", f"/api/v1/events/{EVENT}/payload", "GET, HEAD"),
        ("GET", f"/api/v1/events/{EVENT}/replay", "POST"),
        ("POST", "/health/live", "GET, HEAD"),
    ],
)
async def test_a_wrong_method_is_told_the_right_ones(
    http: httpx2.AsyncClient, method: str, path: str, allowed: str
) -> None:
    answer = await http.request(method, path)
    assert answer.status_code == 405
    assert answer.json()["error"]["code"] == "method_not_allowed"
    assert sorted(answer.headers["allow"].split(", ")) == allowed.split(", ")


@pytest.mark.parametrize("path", ["/api", "/api/v1", "/api/v2/events", "/api/v1/event", "/health"])
async def test_an_address_of_ours_with_nothing_there_is_not_found(
    http: httpx2.AsyncClient, path: str
) -> None:
    answer = await http.get(path)
    assert answer.status_code == 404
    assert answer.json()["error"]["code"] == "not_found"


async def test_nothing_on_the_way_keeps_what_only_a_key_may_see(service: Service) -> None:
    for path in ("/events", "/rejections", "/webhooks", "/overview", "/audit", "/keys"):
        answer = await service.api("GET", path)
        assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
