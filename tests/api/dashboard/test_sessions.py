"""Logging in and out: cookies, wrong keys, and how a session ends."""

import re
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from html import unescape
from urllib.parse import quote

import httpx2
import pytest

from layeron.keys import new_key
from tests.api.dashboard.visiting import EVENT, PAGES, Visitor, key_for
from tests.api.serving import serving
from tests.support.service import Service


@pytest.mark.parametrize(
    "path", [*PAGES, f"/dashboard/events/{EVENT}", "/dashboard/events?status=failed"]
)
async def test_a_stranger_is_asked_to_log_in_and_then_sees_the_page_asked_for(
    service: Service, stranger: Visitor, path: str
) -> None:
    answer = await stranger.get(path)
    assert answer.status_code == 303
    assert answer.headers["location"] == f"/dashboard/login?next={quote(path, safe='')}"
    asked = await stranger.get(answer.headers["location"])
    assert asked.status_code == 200
    wanted = re.search(r'name="next" value="([^"]+)"', asked.text)
    assert wanted
    assert unescape(wanted[1]) == path
    entered = await stranger.login(service.key, next=path)
    assert entered.headers["location"] == path


async def test_a_login_makes_a_cookie_that_scripts_and_other_sites_cannot_use(
    service: Service, stranger: Visitor
) -> None:
    cookie = (await stranger.login(service.key)).headers["set-cookie"]
    value, *flags = cookie.split("; ")
    assert {each.lower() for each in flags} == {
        "httponly", "samesite=strict", "path=/dashboard", "max-age=43200",
    }  # fmt: skip
    token = value.removeprefix("layeron_session=")
    assert len(token) >= 43
    assert token not in service.key


async def test_a_browser_that_logs_in_again_ends_its_session_of_before(
    service: Service, stranger: Visitor
) -> None:
    first = (await stranger.login(service.key)).headers["set-cookie"].partition(";")[0]
    second = (await stranger.login(service.key)).headers["set-cookie"].partition(";")[0]
    assert first != second
    stranger.http.cookies.clear()
    for cookie, status in ((second, 200), (first, 303)):
        page = await stranger.http.get("/dashboard/events", headers={"cookie": cookie})
        assert page.status_code == status


async def test_behind_tls_the_cookie_is_never_sent_without(service: Service) -> None:
    async with serving(service, trust_proxy=True) as address, httpx2.AsyncClient() as http:
        answer = await http.post(
            f"http://{address}/dashboard/login",
            data={"key": service.key},
            headers={"x-forwarded-proto": "https", "x-forwarded-host": "hooks.example.com",
                     "origin": "https://hooks.example.com"},
        )  # fmt: skip
        assert answer.status_code == 303
        assert "; Secure" in answer.headers["set-cookie"]


async def test_neither_is_the_notice_that_the_next_page_shows(service: Service) -> None:
    async with (
        serving(service, trust_proxy=True) as address,
        httpx2.AsyncClient(
            base_url=f"http://{address}", headers={"x-forwarded-proto": "HTTPS"}
        ) as http,
    ):
        login = await http.post("/dashboard/login", data={"key": service.key})
        told = [each for each in login.headers.get_list("set-cookie") if "; Secure" in each]
        # This client reaches the service without TLS, and so would keep such a cookie to itself.
        session = {"cookie": told[0].partition(";")[0]}
        page = await http.get("/dashboard/keys", headers=session)
        csrf = re.search(r'name="csrf" value="([0-9a-f]+)"', page.text)
        assert csrf
        record, _ = new_key("short")
        await service.tools.records.add_key(record)
        answer = await http.post(
            f"/dashboard/keys/{record.id}/revoke", data={"csrf": csrf[1]}, headers=session
        )
        (notice,) = answer.headers.get_list("set-cookie")
        assert notice.startswith("layeron_notice=")
        assert "; Secure" in notice


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example.com/",
        "//evil.example.com",
        "/dashboard/\\..",
        "/api/v1/events",
        "",
        "javascript:alert(1)",
    ],
)
async def test_a_login_leads_nowhere_else(
    service: Service, stranger: Visitor, elsewhere: str
) -> None:
    answer = await stranger.login(service.key, next=elsewhere)
    assert answer.headers["location"] == "/dashboard/"


async def test_a_wrong_key_is_refused_and_ten_of_them_must_wait(service: Service) -> None:
    public, secret = service.key[:-30], service.key[-30:]
    async with (
        serving(service) as address,
        httpx2.AsyncClient(base_url=f"http://{address}") as http,
    ):
        browser = Visitor(http)
        for wrong in ["", "x", "lyr_", f"{public}{secret[::-1]}", "é" * 50, service.key[:-1]] + [
            "y"
        ] * 4:
            answer = await browser.login(wrong)
            assert answer.status_code == 401, wrong
            assert "set-cookie" not in answer.headers
            assert len(wrong) < 5 or wrong not in answer.text
        answer = await browser.login(service.key)
        assert answer.status_code == 429
        assert 0 < int(answer.headers["retry-after"]) <= 61


async def test_behind_a_proxy_nobody_is_another_by_its_own_word(service: Service) -> None:
    async with (
        serving(service, trust_proxy=True) as address,
        httpx2.AsyncClient(base_url=f"http://{address}") as http,
    ):

        async def status(said: str) -> int:
            seen = [("x-forwarded-for", said), ("x-forwarded-for", "203.0.113.7")]
            answer = await http.post("/dashboard/login", data={"key": "x"}, headers=seen)
            return answer.status_code

        told = [await status(f"198.51.100.{number}") for number in range(11)]
        assert told == [401] * 10 + [429]


async def test_a_key_for_sending_alone_and_a_revoked_one_do_not_log_in(
    service: Service, stranger: Visitor
) -> None:
    assert (await stranger.login(await key_for(service, "send"))).status_code == 403
    record, text = new_key("gone")
    await service.tools.records.add_key(record)
    await service.tools.records.revoke_key(record.id, at=datetime.now(UTC))
    assert (await stranger.login(text)).status_code == 401


async def test_a_session_ends_with_its_key(service: Service, stranger: Visitor) -> None:
    record, text = new_key("short")
    await service.tools.records.add_key(record)
    await stranger.login(text)
    assert (await stranger.get("/dashboard/events")).status_code == 200
    await service.tools.records.revoke_key(record.id, at=datetime.now(UTC))
    assert (await stranger.get("/dashboard/events")).status_code == 303


async def test_a_session_ends_at_logout_even_for_who_kept_the_cookie(visitor: Visitor) -> None:
    token = visitor.http.cookies["layeron_session"]
    answer = await visitor.post("/dashboard/logout")
    assert (answer.status_code, answer.headers["location"]) == (303, "/dashboard/login")
    assert "layeron_session" not in visitor.http.cookies
    visitor.http.cookies.set("layeron_session", token)
    assert (await visitor.get("/dashboard/")).status_code == 303


async def test_only_the_hash_of_a_session_is_kept_and_for_twelve_hours(
    service: Service, visitor: Visitor
) -> None:
    token = visitor.http.cookies["layeron_session"]
    store, now = service.tools.sessions, datetime.now(UTC)
    kept = sha256(token.encode()).hexdigest()
    assert await store.find(token, at=now) is None
    assert await store.find(kept, at=now + timedelta(hours=11, minutes=59))
    assert await store.find(kept, at=now + timedelta(hours=12)) is None
