"""Paths, hosts and header fields that would lead elsewhere: nowhere, and nothing fails."""

import logging

import pytest

from tests.api.serving import connected, exchange, head
from tests.support.service import Service

NOWHERE = [
    "/dashboard/static/../../../etc/passwd",
    "/dashboard/static/%2e%2e/%2e%2e/rendering.py",
    "/dashboard/static/..%2f..%2frendering.py",
    "/dashboard/static/..%5c..%5crendering.py",
    "/dashboard/static//etc/passwd",
    "/dashboard/static/%00",
    "/dashboard/static/%c0%ae%c0%ae/%c0%af",
    "/dashboard/static/" + "a" * 5_000,
    "/dashboard/%c0%ae%ff%00",
    "//api/v1/keys",
    "//evil.example.com/dashboard",
    "/./api/v1/keys",
    "/api/v1/../v1/keys",
    "/API/v1/keys",
    "/webhooks/vendor/..",
    "/webhooks/vendor%2f",
    "/webhooks%2fvendor",
    "/webhooks/%c0%af",
    "*",
]


@pytest.mark.parametrize("path", NOWHERE)
async def test_a_path_that_climbs_or_hides_leads_nowhere(address: str, path: str) -> None:
    assert await exchange(address, head(method="GET", path=path)) == 404


@pytest.mark.parametrize("path", ["/%61pi/v1/keys", "/api%2fv1%2fkeys", "/api/v1/keys%3fx"])
async def test_however_a_path_is_written_the_api_wants_a_key(address: str, path: str) -> None:
    assert await exchange(address, head(method="GET", path=path)) in {401, 404}


@pytest.mark.parametrize("path", ["/dashboard/\xff", "/webhooks/\x7f", "/a b", "no-slash", ""])
async def test_a_target_that_is_none_is_refused(address: str, path: str) -> None:
    assert await exchange(address, head(method="GET", path=path)) == 400


@pytest.mark.parametrize(
    "fields",
    [
        {"host": "["},
        {"host": "[::1"},
        {"host": "]"},
        {"host": "a b/<script>@:99999"},
        {"host": "\xff\xfe"},
        {"host": "hooks.example.com:"},
        {"host": ""},
        {"origin": "http://["},
        {"origin": "http://[v1.x]"},
        {"origin": "//"},
        {"origin": "\xff"},
        {"cookie": "layeron_session=\xff; layeron_session=; ;;=="},
        {"authorization": "Bearer \xff"},
        {"authorization": "Bearer lyr_\xb2_\xb3"},
        {"content-type": "\xff;;charset=\xff"},
        {"x-forwarded-for": "\xff, ::, 1.2.3.4.5"},
        {"expect": "the unexpected"},
    ],
)
async def test_fields_of_a_head_that_no_program_sends_make_nothing_fail(
    service: Service, address: str, caplog: pytest.LogCaptureFixture, fields: dict[str, str]
) -> None:
    others = [f"{name}: {value}" for name, value in fields.items() if name != "host"]
    if "content-type" not in fields:
        others.append("content-type: application/x-www-form-urlencoded")
    for method, path in (
        ("POST", "/dashboard/login"),
        ("POST", "/dashboard/logout"),
        ("GET", "/dashboard/"),
        ("GET", "/api/v1/keys"),
        ("POST", "/webhooks/vendor"),
        ("GET", "/health/live"),
    ):
        sent = head(
            *others,
            "content-length: 5",
            method=method,
            path=path,
            host=fields.get("host", "hooks.example.com"),
        )
        async with connected(address) as connection:
            await connection.say(sent + b"key=x")
            status, _ = await connection.answer()
        assert 200 <= status < 500, (method, path)
    assert service.settings.trust_proxy is False
    assert not [each for each in caplog.records if each.levelno >= logging.ERROR]
