"""What pages show, and that all text of strangers is only text."""

import json
import re
from datetime import UTC, datetime
from html import unescape
from urllib.parse import quote

import pytest

from tests.api.dashboard.visiting import EVENT, PAGES, Active, Visitor, dead_letter
from tests.api.sending import accepted, fresh
from tests.support.service import Service

SCRIPT = "<script>alert(1)</script><img src=x onerror=alert(2)>'\"&"


async def test_the_event_page_tells_why_and_with_which_bytes(
    service: Service, visitor: Visitor
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
    service: Service, visitor: Visitor
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
    service: Service, visitor: Visitor
) -> None:
    body = json.dumps({"id": f"{SCRIPT}{datetime.now(UTC)}", "type": SCRIPT, "x": SCRIPT}).encode()
    event_id = await accepted(
        service.http, body=body, path="/webhooks/failing", headers={"x-hostile": SCRIPT}
    )
    await service.settled(event_id)
    await visitor.post(f"/dashboard/events/{event_id}/replay", reason=SCRIPT)
    await service.settled(event_id, replays=1)
    hostile = quote(SCRIPT)
    filters = ("search", "webhook", "type", "status", "since", "http_status", "cursor", hostile)
    for path in [
        *PAGES,
        f"/dashboard/events/{event_id}",
        *(f"/dashboard/events?{name}={hostile}" for name in filters),
        f"/dashboard/dead-letters?search={hostile}&cursor={hostile}&user_id={hostile}",
        f"/dashboard/events/{hostile}",
        f"/dashboard/{hostile}",
        f"/dashboard/?span={hostile}",
        f"/dashboard/login?next={hostile}",
    ]:
        answer = await visitor.get(path)
        assert answer.status_code in {200, 400, 404}, path
        assert Active(answer.text).found == [], path
    page = (await visitor.get(f"/dashboard/events/{event_id}")).text
    assert page.count("&lt;script&gt;alert(1)") >= 5


@pytest.mark.parametrize(
    "text",
    ["\ud800", "\x00\x1b[31m", "\u202eevil", "' OR 1=1 --", "%' ; DROP TABLE events", "x" * 5000],
)
async def test_any_type_can_be_shown_and_searched(
    service: Service, visitor: Visitor, text: str
) -> None:
    payload = fresh(type=f"t{text}")
    event_id = await accepted(service.http, payload)
    await service.settled(event_id)
    assert (await visitor.get(f"/dashboard/events/{event_id}")).status_code == 200
    assert (await visitor.get("/dashboard/events")).status_code == 200
    found = await visitor.get(f"/dashboard/events?search={quote(text, errors='replace')}")
    assert found.status_code == 200
    assert "\u202e" not in re.sub(r'(value|href)="[^"]*"', "", found.text)  # what was typed


async def test_every_answer_has_the_header_fields_that_protect_it(
    service: Service, visitor: Visitor
) -> None:
    event_id = await dead_letter(service)
    others = ("login", "nothing", "events/nothing", "events?status=nothing", "static/nothing")
    for path in [
        *PAGES,
        f"/dashboard/events/{event_id}",
        *(f"/dashboard/{each}" for each in others),
    ]:
        answer = await visitor.get(path)
        policy = answer.headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self';"), path
        for part in ("form-action 'self'", "frame-ancestors 'none'", "base-uri 'none'"):
            assert part in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "same-origin"
        assert answer.headers["cache-control"] == "no-store"
        assert Active(answer.text).found == [], path


async def test_what_is_not_there_has_a_page_that_says_so(visitor: Visitor) -> None:
    for path in ("/dashboard/nothing", f"/dashboard/events/{EVENT}", "/dashboard/events/x"):
        answer = await visitor.get(path)
        assert answer.status_code == 404
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
        assert "There is nothing here" in answer.text
    assert (await visitor.http.put("/dashboard/events")).status_code == 405
    assert (await visitor.get("/dashboard")).headers["location"] == "/dashboard/"


async def test_a_mistake_in_a_filter_is_told_beside_the_filter(visitor: Visitor) -> None:
    answer = await visitor.get("/dashboard/events?since=yesterday&type=invoice.*")
    assert answer.status_code == 400
    assert "&#39;since&#39;" in answer.text
    assert 'value="invoice.*"' in answer.text


async def test_filters_find_and_the_pages_of_a_list_hang_together(
    service: Service, visitor: Visitor
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
    visitor: Visitor,
) -> None:
    page = await visitor.get("/dashboard/login")
    assets = re.findall(r'"(/dashboard/static/[^"]+\?v=[0-9a-f]{12})"', page.text)
    assert len(set(assets)) == 3
    for each in assets:
        answer = await visitor.get(each)
        assert answer.status_code == 200
        assert "immutable" in answer.headers["cache-control"]
