"""The dashboard over HTTP: who comes in, what is refused, and that all text is only text."""

import json
import re
from collections.abc import AsyncGenerator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html import unescape
from urllib.parse import quote

import httpx2
import pytest
import pytest_asyncio

from layeron.keys import new_key
from layeron.records import Scope
from tests.api.sending import accepted, fresh
from tests.api.serving import serving
from tests.support.service import Service, eventually

ORIGIN = "http://hooks.example.com"
EVENT = "whevt_01M87HX43ACC2282GBSNFBF3Q6"
SCRIPT = "<script>alert(1)</script><img src=x onerror=alert(2)>'\"&"
PAGES = ["/dashboard/", "/dashboard/events", "/dashboard/dead-letters"]
POSTS = ["/dashboard/logout", f"/dashboard/events/{EVENT}/replay", "/dashboard/dead-letters/replay"]


class Browser:
    """Keeps cookies and posts the forms of pages, as a browser does."""

    def __init__(self, http: httpx2.AsyncClient) -> None:
        self.http = http

    async def get(self, path: str) -> httpx2.Response:
        return await self.http.get(path)

    async def csrf(self) -> str:
        found = re.search(r'name="csrf" value="([0-9a-f]+)"', (await self.get(PAGES[0])).text)
        assert found
        return found[1]

    async def post(self, path: str, *, origin: str = ORIGIN, **fields: str) -> httpx2.Response:
        form = {"csrf": await self.csrf(), **fields}
        return await self.http.post(path, data=form, headers={"origin": origin})

    async def login(self, key: str, **fields: str) -> httpx2.Response:
        return await self.http.post("/dashboard/login", data={"key": key, **fields})


@pytest_asyncio.fixture
async def stranger(service: Service, address: str) -> AsyncGenerator[Browser]:
    host = {"host": "hooks.example.com"}
    async with httpx2.AsyncClient(
        base_url=f"http://{address}", headers=host, timeout=60, trust_env=False
    ) as http:
        yield Browser(http)


@pytest_asyncio.fixture
async def visitor(service: Service, stranger: Browser) -> Browser:
    assert (await stranger.login(service.key)).status_code == 303
    return stranger


async def key_for(service: Service, *scopes: Scope) -> str:
    record, text = new_key("narrow", scopes)
    await service.tools.records.add_key(record)
    return text


async def dead_letter(service: Service, **fields: object) -> str:
    event_id = await accepted(service.http, fresh(**fields), path="/webhooks/failing")
    await service.settled(event_id)
    return event_id


@pytest.mark.parametrize("path", [*PAGES, f"/dashboard/events/{EVENT}", "/dashboard/events?status=failed"])
async def test_a_stranger_is_asked_to_log_in_and_then_sees_the_page_asked_for(
    service: Service, stranger: Browser, path: str
) -> None:
    answer = await stranger.get(path)
    assert answer.status_code == 303
    assert answer.headers["location"] == f"/dashboard/login?next={quote(path, safe='')}"
    asked = await stranger.get(answer.headers["location"])
    assert asked.status_code == 200
    wanted = re.search(r'name="next" value="([^"]+)"', asked.text)
    assert wanted and unescape(wanted[1]) == path
    entered = await stranger.login(service.key, next=path)
    assert entered.headers["location"] == path


async def test_a_login_makes_a_cookie_that_scripts_and_other_sites_cannot_use(
    service: Service, stranger: Browser
) -> None:
    cookie = (await stranger.login(service.key)).headers["set-cookie"]
    value, *flags = cookie.split("; ")
    assert {each.lower() for each in flags} == {
        "httponly", "samesite=strict", "path=/dashboard", "max-age=43200",
    }  # fmt: skip
    token = value.removeprefix("layeron_session=")
    assert len(token) >= 43
    assert token not in service.key


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


@pytest.mark.parametrize("elsewhere", ["https://evil.example.com/", "//evil.example.com", "/dashboard/\\..", "/api/v1/events", "", "javascript:alert(1)"])
async def test_a_login_leads_nowhere_else(
    service: Service, stranger: Browser, elsewhere: str
) -> None:
    answer = await stranger.login(service.key, next=elsewhere)
    assert answer.headers["location"] == "/dashboard/"


async def test_a_wrong_key_is_refused_and_ten_of_them_must_wait(service: Service) -> None:
    prefix, _, secret = service.key.rpartition("_")
    async with serving(service) as address, httpx2.AsyncClient(base_url=f"http://{address}") as http:
        browser = Browser(http)
        for wrong in ["", "x", "lyr_", f"{prefix}_{secret[::-1]}", "é" * 50, service.key[:-1]] + ["y"] * 4:
            answer = await browser.login(wrong)
            assert answer.status_code == 401, wrong
            assert "set-cookie" not in answer.headers
            assert len(wrong) < 5 or wrong not in answer.text
        answer = await browser.login(service.key)
        assert answer.status_code == 429
        assert 0 < int(answer.headers["retry-after"]) <= 61


async def test_a_key_for_sending_alone_and_a_revoked_one_do_not_log_in(
    service: Service, stranger: Browser
) -> None:
    assert (await stranger.login(await key_for(service, "send"))).status_code == 403
    record, text = new_key("gone")
    await service.tools.records.add_key(record)
    await service.tools.records.revoke_key(record.id, at=datetime.now(UTC))
    assert (await stranger.login(text)).status_code == 401


async def test_a_session_ends_with_its_key(service: Service, stranger: Browser) -> None:
    record, text = new_key("short")
    await service.tools.records.add_key(record)
    await stranger.login(text)
    assert (await stranger.get("/dashboard/events")).status_code == 200
    await service.tools.records.revoke_key(record.id, at=datetime.now(UTC))
    assert (await stranger.get("/dashboard/events")).status_code == 303


async def test_a_session_ends_at_logout_even_for_who_kept_the_cookie(visitor: Browser) -> None:
    token = visitor.http.cookies["layeron_session"]
    answer = await visitor.post("/dashboard/logout")
    assert (answer.status_code, answer.headers["location"]) == (303, "/dashboard/login")
    assert "layeron_session" not in visitor.http.cookies
    visitor.http.cookies.set("layeron_session", token)
    assert (await visitor.get("/dashboard/")).status_code == 303


async def test_only_the_hash_of_a_session_is_kept_and_for_twelve_hours(
    service: Service, visitor: Browser
) -> None:
    from api.dashboard.session import Sessions  # noqa: PLC0415  # the one thing looked at inside

    token = visitor.http.cookies["layeron_session"]
    store = service.tools.sessions
    assert await store.find(token, at=datetime.now(UTC)) is None
    assert await Sessions(store, service.tools.records).key_of(token)
    late = datetime.now(UTC) + timedelta(hours=12, seconds=1)
    from hashlib import sha256  # noqa: PLC0415

    assert await store.find(sha256(token.encode()).hexdigest(), at=late) is None


@pytest.mark.parametrize("path", POSTS)
async def test_a_form_without_a_session_is_refused(stranger: Browser, path: str) -> None:
    assert (await stranger.http.post(path, data={"csrf": "x"})).status_code == 401


@pytest.mark.parametrize("path", POSTS)
@pytest.mark.parametrize("token", [None, "", "0" * 64, "é"])
async def test_a_form_without_its_sessions_token_is_refused(
    visitor: Browser, path: str, token: str | None
) -> None:
    form = {} if token is None else {"csrf": token}
    answer = await visitor.http.post(path, data=form, headers={"origin": ORIGIN})
    assert answer.status_code == (400 if not form else 403)


@pytest.mark.parametrize("path", [*POSTS, "/dashboard/login"])
@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example.com"},
        {"origin": "null"},
        {"origin": "http://hooks.example.com.evil.example.com"},
        {"origin": "http://hooks.example.com:81"},
        {"sec-fetch-site": "cross-site", "origin": ORIGIN},
        {"sec-fetch-site": "same-site"},
    ],
)
async def test_a_form_from_elsewhere_is_refused_with_a_token_too(
    service: Service, visitor: Browser, path: str, headers: dict[str, str]
) -> None:
    form = {"csrf": await visitor.csrf(), "key": service.key}
    answer = await visitor.http.post(path, data=form, headers=headers)
    assert answer.status_code == 403
    assert (await visitor.get("/dashboard/")).status_code == 200


async def test_a_token_of_another_session_is_refused(service: Service, visitor: Browser) -> None:
    theirs = await visitor.csrf()
    await visitor.login(service.key)
    answer = await visitor.http.post("/dashboard/logout", data={"csrf": theirs})
    assert answer.status_code == 403


async def test_who_may_only_read_sees_no_button_and_is_refused(
    service: Service, stranger: Browser
) -> None:
    event_id = await dead_letter(service)
    await stranger.login(await key_for(service, "read"))
    page = await stranger.get(f"/dashboard/events/{event_id}")
    assert page.status_code == 200
    assert "/replay" not in page.text
    assert "/replay" not in (await stranger.get("/dashboard/dead-letters")).text
    answer = await stranger.post(f"/dashboard/events/{event_id}/replay")
    assert answer.status_code == 403
    answer = await stranger.post("/dashboard/dead-letters/replay", event=event_id)
    assert answer.status_code == 403
    assert (await service.settled(event_id)).replays == []


async def test_a_replay_is_on_the_record_and_in_the_audit_log(
    service: Service, stranger: Browser
) -> None:
    event_id = await dead_letter(service)
    await stranger.login(await key_for(service, "replay"))
    answer = await stranger.post(f"/dashboard/events/{event_id}/replay", reason="mended")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/dashboard/events/{event_id}")
    page = await stranger.get(answer.headers["location"])
    assert "Replay 1 has started" in page.text
    assert "Replay 1 has started" not in (await stranger.get(answer.headers["location"])).text
    (replay,) = (await service.settled(event_id, replays=1)).replays
    assert (replay.requested_by, replay.reason) == ("dashboard narrow", "mended")
    (entry,) = (await service.tools.audit.list(target=event_id, limit=5)).entries
    assert (entry.actor, entry.action, entry.status) == ("dashboard narrow", "event.replay", 303)
    assert entry.detail["reason"] == ["mended"]


async def test_logins_and_logouts_are_in_the_audit_log(service: Service, stranger: Browser) -> None:
    record, text = new_key("watched")
    await service.tools.records.add_key(record)
    await stranger.login(text)
    await stranger.post("/dashboard/logout")
    (entered,) = (await service.tools.audit.list(target=record.id, limit=5)).entries
    assert (entered.actor, entered.action) == ("dashboard watched", "session.open")
    left = (await service.tools.audit.list(action="session.close", limit=1)).entries[0]
    assert left.actor == "dashboard watched"
    kept = json.dumps([entered.detail, left.detail])
    assert text.rpartition("_")[2] not in kept


async def test_chosen_dead_letters_are_replayed_and_the_others_are_not(
    service: Service, visitor: Browser
) -> None:
    chosen, other = await dead_letter(service), await dead_letter(service)
    answer = await visitor.post("/dashboard/dead-letters/replay", event=chosen, reason="by hand")
    assert answer.status_code == 303
    assert "1 of 1" in (await visitor.get(answer.headers["location"])).text
    await service.settled(chosen, replays=1)
    assert (await service.settled(other)).replays == []
    assert (await visitor.post("/dashboard/dead-letters/replay")).status_code == 400


async def test_the_event_page_tells_why_and_with_which_bytes(
    service: Service, visitor: Browser
) -> None:
    event_id = await dead_letter(service, amount="1.10")
    text = unescape((await visitor.get(f"/dashboard/events/{event_id}")).text)
    assert "refused for good" in text
    assert "Traceback" in text
    assert '  "amount": "1.10"' in text
    assert "dead letter" in text
    assert "https://temporal.example.com/namespaces/default/workflows/" in text
    life = (await visitor.http.get(f"/dashboard/events/{event_id}", headers={"x-live": "1"})).text
    assert life.lstrip().startswith('<div id="life"')
    assert "1.10" not in life


async def test_a_body_is_downloaded_exactly_and_never_shown_as_a_page(
    service: Service, visitor: Browser
) -> None:
    body = b"<html><script>alert(1)</script>\xff\x00"
    event_id = await accepted(service.http, body=body)
    await service.settled(event_id)
    answer = await visitor.get(f"/dashboard/events/{event_id}/payload")
    assert answer.content == body
    assert answer.headers["content-security-policy"] == "sandbox; default-src 'none'"
    assert answer.headers["content-disposition"] == f'attachment; filename="{event_id}"'
    assert answer.headers["x-content-type-options"] == "nosniff"


async def test_what_strangers_write_is_text_on_every_page(
    service: Service, visitor: Browser
) -> None:
    body = json.dumps({"id": f"{SCRIPT}{datetime.now(UTC)}", "type": SCRIPT, "x": SCRIPT}).encode()
    event_id = await accepted(
        service.http, body=body, path="/webhooks/failing", headers={"x-hostile": SCRIPT}
    )
    await service.settled(event_id)
    await visitor.post(f"/dashboard/events/{event_id}/replay", reason=SCRIPT)
    await service.settled(event_id, replays=1)
    hostile = quote(SCRIPT)
    for path in [
        *PAGES,
        f"/dashboard/events/{event_id}",
        *(f"/dashboard/events?{name}={hostile}" for name in
          ("search", "webhook", "type", "status", "since", "http_status", "user_id", "cursor", hostile)),
        f"/dashboard/dead-letters?search={hostile}&cursor={hostile}",
        f"/dashboard/events/{hostile}",
        f"/dashboard/{hostile}",
        f"/dashboard/?span={hostile}",
        f"/dashboard/login?next={hostile}",
    ]:  # fmt: skip
        answer = await visitor.get(path)
        assert answer.status_code in {200, 400, 404}, path
        assert "<script>alert" not in answer.text, path
        assert "<img src=x" not in answer.text, path
        assert not re.search(r"\son[a-z]+=[^\s>]*alert", answer.text.replace("&#", "")) or "&lt;img" in answer.text
    page = (await visitor.get(f"/dashboard/events/{event_id}")).text
    assert page.count("&lt;script&gt;alert(1)") >= 5


@pytest.mark.parametrize("text", ["\ud800", "\x00\x1b[31m", "\u202eevil", "' OR 1=1 --", "%' ; DROP TABLE events", "x" * 5000])
async def test_any_type_can_be_shown_and_searched(
    service: Service, visitor: Browser, text: str
) -> None:
    payload = fresh(type=f"t{text}")
    event_id = await accepted(service.http, payload)
    await service.settled(event_id)
    assert (await visitor.get(f"/dashboard/events/{event_id}")).status_code == 200
    assert (await visitor.get("/dashboard/events")).status_code == 200
    found = await visitor.get(f"/dashboard/events?search={quote(text, errors='replace')}")
    assert found.status_code == 200
    assert "\u202e" not in found.text


async def test_every_answer_has_the_header_fields_that_protect_it(
    service: Service, visitor: Browser
) -> None:
    event_id = await dead_letter(service)
    for path in [
        *PAGES, f"/dashboard/events/{event_id}", "/dashboard/login", "/dashboard/nothing",
        "/dashboard/events/nothing", "/dashboard/events?status=nothing", "/dashboard/static/nothing",
    ]:  # fmt: skip
        answer = await visitor.get(path)
        policy = answer.headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self';"), path
        for part in ("form-action 'self'", "frame-ancestors 'none'", "base-uri 'none'"):
            assert part in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "same-origin"
        assert answer.headers["cache-control"] == "no-store"
        assert "<script>" not in answer.text
        assert not re.search(r"\s(style|on\w+)=", answer.text), path


async def test_what_is_not_there_has_a_page_that_says_so(visitor: Browser) -> None:
    for path in ("/dashboard/nothing", f"/dashboard/events/{EVENT}", "/dashboard/events/x"):
        answer = await visitor.get(path)
        assert answer.status_code == 404
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
        assert "There is nothing here" in answer.text
    assert (await visitor.http.put("/dashboard/events")).status_code == 405
    assert (await visitor.get("/dashboard")).headers["location"] == "/dashboard/"


async def test_a_mistake_in_a_filter_is_told_beside_the_filter(visitor: Browser) -> None:
    answer = await visitor.get("/dashboard/events?since=yesterday&type=invoice.*")
    assert answer.status_code == 400
    assert "&#39;since&#39;" in answer.text
    assert 'value="invoice.*"' in answer.text


async def test_filters_find_and_the_pages_of_a_list_hang_together(
    service: Service, visitor: Browser
) -> None:
    kind = f"many.{datetime.now(UTC).timestamp()}"
    sent = [await accepted(service.http, fresh(type=kind)) for _ in range(51)]
    for each in sent:
        await service.settled(each)
    first = await visitor.get(f"/dashboard/events?type={kind}")
    shown = re.findall(r'data-row id="(whevt_\w+)"', first.text)
    assert shown == sent[::-1][:50]
    older = re.search(r'href="(\?[^"]+)" rel="next"', first.text)
    assert older
    rest = await visitor.get(f"/dashboard/events{unescape(older[1])}")
    assert re.findall(r'data-row id="(whevt_\w+)"', rest.text) == sent[:1]
    assert "data-live" in first.text
    assert "data-live" not in rest.text


async def test_static_files_are_cached_for_good_under_an_address_that_changes_with_them(
    visitor: Browser,
) -> None:
    page = await visitor.get("/dashboard/login")
    assets = re.findall(r'"(/dashboard/static/[^"]+\?v=[0-9a-f]{12})"', page.text)
    assert len(set(assets)) == 3
    for each in assets:
        answer = await visitor.get(each)
        assert answer.status_code == 200
        assert "immutable" in answer.headers["cache-control"]
