"""The pages for operating, over HTTP: who may do what, and what no page shows or runs."""

import re
from urllib.parse import quote

import httpx2
import pytest

from layeron.operating_records import Scope
from tests.api.operating.visiting import NOWHERE, Visitor, key_for
from tests.api.serving import serving
from tests.support.market import Market

SCRIPT = "<script>alert(1)</script><img src=x onerror=alert(2)>'\"&"


async def every_page(market: Market) -> list[str]:
    endpoint = await market.endpoint()
    rejection = await market.rejected()
    bulk = await market.service.api(
        "POST", "/bulk-replays", json={"where": {"webhook": "orders", "status": "held"}}
    )
    return [
        "/rejections", f"/rejections/{rejection}", "/webhooks",
        f"/webhooks/{market.namespace}/orders", f"/webhooks/{market.place}", "/endpoints",
        f"/endpoints/{market.place}/{endpoint.id}", f"/endpoints/{market.place}/new",
        f"/endpoints/{market.place}/{endpoint.id}/edit", "/bulk-replays", "/bulk-replays/new",
        "/bulk-replays/new?way=missing", f"/bulk-replays/{bulk.json()['id']}", "/audit", "/keys",
        "/settings",
    ]  # fmt: skip


def posts(market: Market) -> dict[str, Scope]:
    one = f"/endpoints/{market.place}/crm"
    bulk, rejection = f"/bulk-replays/whblk_{NOWHERE}", f"/rejections/whrej_{NOWHERE}"
    admin = [f"{one}/{do}" for do in ("test", "enable", "disable", "rotate", "edit", "delete")]
    admin += ["/keys", "/keys/nobody/revoke", f"/endpoints/{market.place}/new"]
    replay = ["/bulk-replays", f"{one}/skip", f"{one}/retry", f"{rejection}/accept"]
    replay += [f"{bulk}/{do}" for do in ("pause", "resume", "stop")]
    return {**dict.fromkeys(admin, "admin"), **dict.fromkeys(replay, "replay")}


async def test_every_page_asks_a_stranger_to_log_in_and_shows_itself_to_who_has(
    market: Market, stranger: Visitor
) -> None:
    pages = await every_page(market)
    for path in pages:
        assert (await stranger.get(path)).status_code == 303, path
    await stranger.login(market.service.key)
    for path in pages:
        answer = await stranger.get(path)
        assert answer.status_code == 200, (path, answer.text)
        assert answer.headers["cache-control"] == "no-store"
        assert not re.search(r"\s(style|on\w+)=", answer.text), path


async def test_every_form_is_refused_without_session_token_or_scope(
    market: Market, stranger: Visitor
) -> None:
    for path in posts(market):
        assert (await stranger.post(path, csrf="x")).status_code == 401, path
    for scope in ("read", "replay"):
        await stranger.login(await key_for(market, scope))
        for path, needed in posts(market).items():
            assert (await stranger.post(path, csrf="0" * 64)).status_code == 403, path
            answer = await stranger.post(path)
            refused = "has not the scope" in answer.text
            assert refused == (scope == "read" or needed == "admin"), (scope, path)
            assert (answer.status_code == 403) == refused


async def test_a_form_of_another_site_is_refused(market: Market, visitor: Visitor) -> None:
    for path in posts(market):
        headers = {"origin": "https://evil.example.com"}
        answer = await visitor.http.post(f"/dashboard{path}", data={"csrf": "x"}, headers=headers)
        assert answer.status_code == 403
        assert "nothing was done" in answer.text


async def test_who_may_only_read_sees_no_button(market: Market, stranger: Visitor) -> None:
    pages = await every_page(market)
    await stranger.login(await key_for(market, "read"))
    for path in pages:
        answer = await stranger.get(path)
        if path.split("?")[0].endswith(("/new", "/edit")):
            assert answer.status_code == 403, path
            continue
        found = re.findall(r'method="post" action="([^"]+)"', answer.text)
        assert found == ["/dashboard/logout"], path


async def test_settings_tell_no_secret(market: Market) -> None:
    database = "postgresql://layeron:p4ssw0rd@db.internal:5432/hooks?password=p4ss"
    hidden = {
        "database_url": database,
        "effective_database_url": database,  # which was worked out already
        "api_key": "lyr_k3y_s3cr3t",
        "outbound_proxy": "http://user:pr0xy@proxy.internal:3128",
        "url": "https://me:pw1@hooks.example.com/base",
    }
    async with (
        serving(market.service, **hidden) as address,
        httpx2.AsyncClient(base_url=f"http://{address}", timeout=60) as http,
    ):
        other = Visitor(http, f"http://{address}")
        await other.login(market.service.key)
        text = await other.text("/settings")
    for each in ("p4ss", "k3y", "pr0xy", "pw1"):
        assert each not in text
    assert "LAYERON_MAX_BODY" in text
    assert "answers" in text
    assert "postgresql://db.internal:5432/hooks" in text


async def test_what_strangers_write_is_text_on_every_page(market: Market, visitor: Visitor) -> None:
    endpoint = await market.endpoint(
        description=SCRIPT, metadata={"x": SCRIPT}, user_id=SCRIPT, headers={"x-note": SCRIPT}
    )
    rejection = await market.rejected({"id": SCRIPT, "type": SCRIPT}, x_hostile=SCRIPT)
    await visitor.post("/keys", name=SCRIPT, scope="read")
    market.partner.status, market.partner.body = 500, SCRIPT
    tested = await visitor.post(f"/endpoints/{market.place}/{endpoint.id}/test")
    market.partner.status, market.partner.body = 200, "taken"
    bulk = await visitor.post("/bulk-replays", way="filter", search=SCRIPT, reason=SCRIPT)
    assert bulk.status_code == 303, bulk.text
    hostile = quote(SCRIPT)
    for path in [
        *await every_page(market),
        f"/rejections/{rejection}",
        f"/endpoints/{market.place}/{endpoint.id}",
        f"/endpoints/{market.place}/{endpoint.id}/edit",
        tested.headers["location"].removeprefix("/dashboard"),
        bulk.headers["location"].removeprefix("/dashboard"),
        f"/endpoints?user_id={hostile}&cursor={hostile}",
        f"/endpoints?webhook={hostile}",
        f"/endpoints/{market.place}/{hostile}",
        f"/endpoints/{market.place}/crm?status={hostile}&tested={hostile}",
        f"/rejections?webhook={hostile}&cause={hostile}",
        f"/rejections?cursor={hostile}",
        f"/audit?action={hostile}&target={hostile}",
        f"/audit?cursor={hostile}",
        f"/bulk-replays?cursor={hostile}",
        f"/bulk-replays/new?way={hostile}",
        f"/bulk-replays/new?count=1&way=filter&search={hostile}&since={hostile}",
        f"/bulk-replays/{hostile}",
        f"/webhooks/{hostile}/{hostile}",
        f"/rejections/{hostile}",
    ]:
        answer = await visitor.get(path)
        assert answer.status_code in {200, 400, 404}, (path, answer.status_code)
        assert "<script>alert" not in answer.text, path
        assert "<img src=x" not in answer.text, path
    answer = await visitor.post(
        f"/endpoints/{market.place}/new", url=SCRIPT, name=SCRIPT, metadata=SCRIPT
    )
    assert answer.status_code == 422
    assert "<script>alert" not in answer.text


@pytest.mark.parametrize("text", ["\x00", "\ud800", "' OR 1=1 --", "x" * 5000, "\u202e"])
async def test_any_text_can_be_looked_for(visitor: Visitor, text: str) -> None:
    asked = quote(text, errors="replace")
    for path in (
        f"/rejections?webhook={asked}&cause={asked}",
        f"/audit?action={asked}&target={asked}",
        f"/endpoints?user_id={asked}",
        f"/bulk-replays/new?count=1&way=filter&search={asked}&external_id={asked}&user_id={asked}",
    ):
        assert (await visitor.get(path)).status_code == 200, path


async def test_lists_hang_together_page_by_page(visitor: Visitor) -> None:
    for n in range(55):
        await visitor.post(f"/keys/nobody-{n}/revoke")
    first = await visitor.text("/audit?action=key.revoke")
    older = re.search(r'href="(\?[^"]+)" rel="next"', first)
    assert older
    rest = await visitor.text(f"/audit{older[1]}")
    ids = [re.findall(r'<tr id="(whaud_\w+)"', each) for each in (first, rest)]
    assert len(ids[0]) == 50
    assert not set(ids[0]) & set(ids[1])
    assert len(ids[1]) >= 5
