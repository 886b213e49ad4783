"""The pages for operating, over HTTP: what each form does, and what is shown once."""

import asyncio
import os
import re
from html import unescape

import pytest

from tests.api.operating.visiting import NOWHERE, Visitor
from tests.api.sending import hmac_hex
from tests.support.market import ORDERS_SECRET, SECRETS, Market
from tests.support.recorded import BODY, STORED, put_on_record
from tests.support.service import eventually
from tests.support.vendor import sign


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
    text = await visitor.text(f"/rejections/{rejection}")
    assert "It cannot be let in as long as it does not verify" in text
    assert "Accept request" not in text
    answer = await visitor.post(f"/rejections/{rejection}/accept")
    assert answer.status_code == 409
    assert "still does not verify" in answer.text
    market.set_secret(ORDERS_SECRET, "the mended secret")
    try:
        text = await visitor.text(f"/rejections/{rejection}")
        assert "It verifies now" in text
        assert "Accept request" in text
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
    assert text.split("_", 2)[2] not in str(made)
    for wrong in ({"scope": "read"}, {"name": "x"}, {"name": "x", "scope": "root"}):
        assert (await visitor.post("/keys", **wrong)).status_code == 400
