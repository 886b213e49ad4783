"""The pages for operating, over HTTP: who may do what, what is shown once, and what never."""

import asyncio
import os
import re
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from html import unescape
from urllib.parse import quote

import httpx2
import pytest
import pytest_asyncio

from layeron.keys import new_key
from layeron.operating_records import Scope
from tests.api.sending import hmac_hex
from tests.api.serving import serving
from tests.support.market import ORDERS_SECRET, SECRETS, Market, running_market
from tests.support.recorded import BODY, STORED, put_on_record
from tests.support.service import eventually
from tests.support.temporal import TemporalServer
from tests.support.vendor import sign

SCRIPT = "<script>alert(1)</script><img src=x onerror=alert(2)>'\"&"
NOWHERE = "01M87HX43ACC2282GBSNFBF3Q6"


@dataclass
class Visitor:
    """Keeps cookies and posts forms, as a browser does."""

    http: httpx2.AsyncClient
    base: str

    async def get(self, path: str, **headers: str) -> httpx2.Response:
        return await self.http.get(f"/dashboard{path}", headers=headers)

    async def text(self, path: str) -> str:
        answer = await self.get(path)
        assert answer.status_code == 200, (path, answer.text)
        return unescape(answer.text)

    async def post(
        self, path: str, *, csrf: str | None = None, **fields: object
    ) -> httpx2.Response:
        if csrf is None:
            found = re.search(r'name="csrf" value="([0-9a-f]+)"', await self.text("/"))
            assert found
            csrf = found[1]
        form = {"csrf": csrf, **fields}
        return await self.http.post(f"/dashboard{path}", data=form, headers={"origin": self.base})

    async def login(self, key: str) -> None:
        answer = await self.http.post("/dashboard/login", data={"key": key})
        assert answer.status_code == 303


@pytest_asyncio.fixture(scope="module")
async def market(
    tmp_path_factory: pytest.TempPathFactory, temporal: TemporalServer
) -> AsyncGenerator[Market]:
    async with running_market(tmp_path_factory.mktemp("market"), temporal) as made:
        yield made


@pytest_asyncio.fixture(scope="module")
async def base(market: Market) -> AsyncGenerator[str]:
    async with serving(market.service) as address:
        yield f"http://{address}"


@pytest_asyncio.fixture
async def stranger(base: str) -> AsyncGenerator[Visitor]:
    async with httpx2.AsyncClient(base_url=base, timeout=60, trust_env=False) as http:
        yield Visitor(http, base)


@pytest_asyncio.fixture
async def visitor(market: Market, stranger: Visitor) -> Visitor:
    await stranger.login(market.service.key)
    return stranger


async def key_for(market: Market, *scopes: Scope) -> str:
    record, text = new_key(f"only {' and '.join(scopes)}", scopes)
    await market.service.tools.records.add_key(record)
    return text


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


async def test_a_rejection_is_explained_without_what_would_let_it_be_forged(
    market: Market, visitor: Visitor
) -> None:
    order = b'{"id": "forged", "type": "order.paid"}'
    await market.service.post(
        "/webhooks/orders", body=order, x_signature="0" * 64, authorization="Bearer x1y2"
    )

    async def look() -> str | None:
        page = await market.service.tools.records.list_rejections(limit=1)
        return next((each.id for each in page.rejections if each.size == len(order)), None)

    text = await visitor.text(f"/rejections/{await eventually(look)}")
    assert "no match" in text
    assert ORDERS_SECRET in text
    assert '{"id": "forged", "type": "order.paid"}' in text
    assert "x1y2" not in text
    assert "[redacted]" in text
    assert sign(order) not in text
    assert SECRETS[ORDERS_SECRET] not in text


async def test_a_rejection_is_accepted_once_it_verifies_and_not_before(
    market: Market, visitor: Visitor
) -> None:
    body = {"id": "late", "type": "order.paid"}
    wanted = hmac_hex("the mended secret", b'{"id": "late", "type": "order.paid"}')
    rejection = await market.rejected(body, x_signature=wanted)
    assert "Accept request" in await visitor.text(f"/rejections/{rejection}")
    answer = await visitor.post(f"/rejections/{rejection}/accept")
    assert answer.status_code == 409
    assert "still does not verify" in answer.text
    market.set_secret(ORDERS_SECRET, "the mended secret")
    try:
        assert "It verifies now" in await visitor.text(f"/rejections/{rejection}")
        answer = await visitor.post(f"/rejections/{rejection}/accept")
        assert answer.status_code == 303
        event_id = answer.headers["location"].rpartition("/")[2]
        assert (await market.service.settled(event_id)).status == "succeeded"
    finally:
        market.set_secret(ORDERS_SECRET, SECRETS[ORDERS_SECRET])
    text = await visitor.text(f"/rejections/{rejection}")
    assert event_id in text
    assert "Accept request" not in text
    assert (await visitor.post(f"/rejections/{rejection}/accept")).status_code == 409


async def test_the_lines_that_try_a_webhook_are_true(market: Market, visitor: Visitor) -> None:
    for name in ("orders", "stripe"):
        text = await visitor.text(f"/webhooks/{market.namespace}/{name}")
        (line,) = re.findall(r"<code>(BODY=.*?)</code>", text, re.DOTALL)
        line = line.replace("http://127.0.0.1:8000", visitor.base)
        done = await asyncio.create_subprocess_exec(
            "sh", "-c", line, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
            env={**os.environ, **SECRETS},
        )  # fmt: skip
        told, _ = await done.communicate()
        assert b'"status":"accepted"' in told.replace(b" ", b""), line


async def test_a_webhook_is_told_in_words_with_names_of_secrets_and_no_value(
    market: Market, visitor: Visitor
) -> None:
    await market.received()
    text = await visitor.text(f"/webhooks/{market.namespace}/stripe")
    assert "HMAC-SHA256 of {timestamp}.{body}, written as hex after v1=" in text
    assert "STRIPE_WEBHOOK_SECRET" in text
    assert "handle_order()" in text
    for path in ("/webhooks", f"/webhooks/{market.namespace}/orders", f"/webhooks/{market.place}"):
        shown = await visitor.text(path)
        assert not any(value in shown for value in SECRETS.values())
    live = await visitor.get(f"/webhooks/{market.namespace}/orders", x_live="1")
    assert live.status_code == 200


async def test_a_test_of_an_endpoint_shows_its_outcome_at_once(
    market: Market, visitor: Visitor
) -> None:
    endpoint = await market.endpoint()
    page = f"/endpoints/{market.place}/{endpoint.id}"
    for status, words in (
        (200, "It took the test: HTTP 200"),
        (503, "did not take the test: HTTP 503"),
    ):
        market.partner.status = status
        answer = await visitor.post(f"{page}/test", event_type="order.shipped")
        market.partner.status = 200
        assert answer.status_code == 303
        assert words in await visitor.text(answer.headers["location"].removeprefix("/dashboard"))
    assert "Test of just now" not in await visitor.text(f"{page}?tested=whevt_{NOWHERE}")


async def test_an_endpoint_is_made_changed_disabled_and_deleted(
    market: Market, visitor: Visitor
) -> None:
    new = f"/endpoints/{market.place}/new"
    answer = await visitor.post(
        new, name="made-here", url=market.customer.url, event_types="order.shipped\r\nledger.*",
        headers="x-token: s3cr3t-token\r\nx-tenant: acme", retry="5s, 10m", timeout_seconds="7",
        rate_limit="2.5", metadata='{"plan": "pro"}', description="for the page", fifo="yes",
    )  # fmt: skip
    assert answer.status_code == 200, answer.text
    (secret,) = re.findall(r"whsec_[\w+/=]+", answer.text)
    assert answer.headers["cache-control"] == "no-store"
    made = await market.publisher.endpoints.get("made-here")
    assert made.event_types == ["order.shipped", "ledger.*"]
    assert (made.retry_delays, made.timeout_seconds, made.rate_limit) == ([5, 600], 7, 2.5)
    assert (made.fifo, made.metadata) == (True, {"plan": "pro"})

    page = f"/endpoints/{market.place}/{made.id}"
    for path in (page, f"{page}/edit", "/endpoints", "/audit"):
        text = await visitor.text(path)
        assert secret not in text
        assert "s3cr3t-token" not in text
    typed = form_in(await visitor.text(f"{page}/edit"))
    answer = await visitor.post(f"{page}/edit", **{**typed, "retry": "", "timeout_seconds": "9"})
    assert answer.status_code == 303, answer.text
    changed = await market.publisher.endpoints.get(made.id)
    assert (changed.retry_delays, changed.timeout_seconds) == ([], 9)
    assert changed.headers["x-tenant"] == "acme"

    await visitor.post(f"{page}/disable")
    assert "by an operator" in await visitor.text(page)
    assert (await visitor.post(f"{page}/test")).status_code == 409
    await visitor.post(f"{page}/enable")
    assert (await market.publisher.endpoints.get(made.id)).state.status == "enabled"
    assert (await visitor.post(f"{page}/delete")).status_code == 303
    assert (await visitor.get(page)).status_code == 404
    entries = (
        await market.service.tools.audit.list(target=f"{market.place}/{made.id}", limit=9)
    ).entries
    assert [each.action for each in entries] == [
        "endpoint.delete", "endpoint.enable", "endpoint.test", "endpoint.disable",
        "endpoint.change",
    ]  # fmt: skip
    assert {each.actor for each in entries} == {"dashboard tests"}


def form_in(text: str) -> dict[str, str]:
    """What a form about an endpoint holds."""
    inputs = dict(re.findall(r'<input id="(\w+)"[^>]*? value="([^"]*)"', text))
    areas = dict(re.findall(r'<textarea id="(\w+)"[^>]*>([^<]*)</textarea>', text))
    ticked = {"fifo": "yes"} if 'value="yes" checked' in text else {}
    return inputs | areas | ticked


@pytest.mark.parametrize(
    ("field", "typed", "words"),
    [
        ("url", "", "url"),
        ("url", "http://169.254.169.254/latest", "link-local address"),
        ("url", "javascript:alert(1)", "url"),
        ("name", "No Name", "name"),
        ("name", "crm", "declared in code"),
        ("event_types", "*.x", "no event type"),
        ("headers", "nothing", "has no ':'"),
        ("headers", "host: evil", "set by the service"),
        ("retry", "soon", "not a duration"),
        ("timeout_seconds", "ten", "no number"),
        ("rate_limit", "-1", "no number"),
        ("metadata", "[1]", "JSON object"),
    ],
)
async def test_a_mistake_in_a_form_is_told_above_it_and_what_was_typed_stays(
    market: Market, visitor: Visitor, field: str, typed: str, words: str
) -> None:
    form = {"url": market.customer.url, "description": "stays", "timeout_seconds": "20"}
    answer = await visitor.post(f"/endpoints/{market.place}/new", **{**form, field: typed})
    assert answer.status_code in {409, 422}, answer.text
    text = unescape(answer.text)
    (mistake,) = re.findall(r'<p class="mistake" role="alert">(.*?)</p>', text, re.DOTALL)
    assert words in mistake
    assert 'value="stays"' in text


async def test_a_rotated_secret_is_shown_once_and_signs_from_then_on(
    market: Market, visitor: Visitor
) -> None:
    endpoint = await market.endpoint()
    page = f"/endpoints/{market.place}/{endpoint.id}"
    answer = await visitor.post(f"{page}/rotate", grace="24h")
    assert answer.status_code == 200
    (secret,) = re.findall(r"whsec_[\w+/=]+", answer.text)
    assert answer.headers["cache-control"] == "no-store"
    assert "signs, too, until" in answer.text
    assert secret not in await visitor.text(page)
    assert secret not in await visitor.text("/audit")
    owned = await market.endpoint(user_id="nina/1")
    answer = await visitor.post(f"/endpoints/{market.place}/{owned.id}/rotate", grace="0")
    assert re.search(r"whcms_[\w+/=]+", answer.text)
    assert "customer nina/1" in answer.text


async def test_a_queue_is_moved_on(market: Market, visitor: Visitor) -> None:
    market.partner.status = 500
    first = await market.publisher.send("ledger.entry", {"n": 1})
    page = f"/endpoints/{market.place}/ledger"

    async def look() -> bool | None:
        return True if "Skip" in (await visitor.get(page)).text else None

    await eventually(look)
    market.partner.status = 200
    answer = await visitor.post(f"{page}/retry", event=first.event_id)
    assert answer.status_code == 303
    assert (await market.service.settled(first.event_id)).status == "succeeded"
    answer = await visitor.post(f"/endpoints/{market.place}/crm/skip", event=first.event_id)
    assert answer.status_code == 409


async def test_a_bulk_replay_is_counted_then_started_once(market: Market, visitor: Visitor) -> None:
    await market.service.tools.blobs.put(STORED.name, BODY)
    url = market.service.settings.effective_database_url
    ids = put_on_record(url, market.namespace, "orders", 30, event_type="order.bulk")
    asked = "way=dead-letters&count=1&type=order.bulk"
    answer = await visitor.get(f"/bulk-replays/new?{asked}")
    assert "30 events" in answer.text
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', answer.text))
    form = {**hidden, "rate": "100", "reason": "mended"}
    several = [await visitor.post("/bulk-replays", **form) for _ in range(2)]
    assert several[0].status_code == 303, several[0].text
    assert len({each.headers["location"] for each in several}) == 1
    for each in ids:
        record = await market.service.settled(each, replays=1)
        assert [
            (one.reason, one.requested_by.endswith("dashboard tests")) for one in record.replays
        ] == [("mended", True)]

    async def look() -> str | None:
        shown = await visitor.text(several[0].headers["location"].removeprefix("/dashboard"))
        return shown if "finished" in shown else None

    text = await eventually(look)
    assert '<dd id="replayed">30</dd>' in text
    assert 'value="30"' in text
    bulk = several[0].headers["location"].removeprefix("/dashboard")
    assert (await visitor.post(f"{bulk}/resume")).status_code == 409
    assert "order.bulk" in await visitor.text("/bulk-replays")


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ("way=filter", "nothing says which events"),
        ("way=recover", "say since"),
        ("way=missing&since=2026-01-01T00:00", "say webhook and endpoint"),
        ("way=missing&since=2026-01-01T00:00&webhook=a/b&endpoint=c", "no webhook that sends"),
        ("way=dead-letters&since=yesterday", "'since' must be a time"),
    ],
)
async def test_what_a_bulk_replay_lacks_is_told(visitor: Visitor, asked: str, words: str) -> None:
    answer = await visitor.get(f"/bulk-replays/new?count=1&{asked}")
    assert answer.status_code == 400
    assert words in unescape(answer.text)
    assert 'action="/dashboard/bulk-replays"' not in answer.text


async def test_a_key_is_shown_once_opens_what_it_may_and_nothing_once_revoked(
    market: Market, visitor: Visitor
) -> None:
    answer = await visitor.post("/keys", name="for the page", scope=["read", "send"])
    assert answer.status_code == 200
    (text,) = re.findall(r"lyr_\w+_[\w-]+", answer.text)
    assert text not in await visitor.text("/keys")
    bearer = {"authorization": f"Bearer {text}"}
    read = await market.service.http.get("/api/v1/events", headers=bearer)
    assert read.status_code == 200
    key_id = text.split("_")[1]
    record = await market.service.tools.records.find_key(key_id)
    assert record
    assert record.scopes == ("read", "send")
    assert (await visitor.post(f"/keys/{key_id}/revoke")).status_code == 303
    read = await market.service.http.get("/api/v1/events", headers=bearer)
    assert read.status_code == 401
    (made, *_) = (await market.service.tools.audit.list(action="key.create", limit=1)).entries
    assert made.detail["name"] == ["for the page"]
    assert text.rpartition("_")[2] not in str(made)
    for wrong in ({"scope": "read"}, {"name": "x"}, {"name": "x", "scope": "root"}):
        assert (await visitor.post("/keys", **wrong)).status_code == 400


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
