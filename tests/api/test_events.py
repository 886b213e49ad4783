"""Listing and inspecting events over HTTP."""

from datetime import UTC, datetime, timedelta, timezone

import httpx2
import pytest
import pytest_asyncio

from layeron.records import EventRecord
from tests.api import declared
from tests.api.sending import accepted, fresh, post
from tests.support.service import Service, eventually

OURS = {"namespace": declared.NAMESPACE}


async def ids(service: Service, **where: object) -> list[str]:
    """The ids a listing of our namespace gives."""
    answer = await service.api("GET", "/events", params={**OURS, **where})
    assert answer.status_code == 200, answer.text
    return [each["id"] for each in answer.json()["events"]]


@pytest_asyncio.fixture(scope="module")
async def three(service: Service) -> list[EventRecord]:
    """Three settled events of different webhooks, types and ends, oldest first."""
    sent = [
        await accepted(service.http, {**fresh(), "type": "plan.made"}),
        await accepted(service.http, {**fresh(), "type": "plan.paid"}),
        await accepted(service.http, {**fresh(), "type": "plan.paid"}, path="/webhooks/failing"),
    ]
    return [await service.settled(each) for each in sent]


async def test_each_filter_finds_what_it_says_newest_first(
    service: Service, three: list[EventRecord]
) -> None:
    made, paid, failed = three
    assert await ids(service, type="plan.*") == [failed.id, paid.id, made.id]
    assert await ids(service, type="plan.paid") == [failed.id, paid.id]
    assert await ids(service, type="plan.*", webhook="vendor") == [paid.id, made.id]
    assert await ids(service, type="plan.*", status="dead_letter") == [failed.id]
    assert await ids(service, type="plan.*", direction="inbound", status="succeeded") == [
        paid.id,
        made.id,
    ]
    assert await ids(service, type="plan.*", direction="outbound") == []
    assert await ids(service, external_id=paid.external_event_id) == [paid.id]
    assert await ids(service, search=paid.id) == [paid.id]
    assert await ids(service, search="plan.m") == [made.id]
    assert await ids(service, search=paid.external_event_id) == [paid.id]
    assert await ids(service, type="plan.*", namespace="another") == []
    assert await ids(service, type="") == []


@pytest.mark.parametrize("name", ["namespace", "webhook", "type", "external_id", "search"])
@pytest.mark.parametrize("text", ["\0", "' OR 1=1 --", "%", "_", "*", "x" * 50_000, "😀"])
async def test_a_filter_of_any_text_finds_nothing_and_breaks_nothing(
    service: Service, name: str, text: str
) -> None:
    assert await ids(service, **{"status": "rejected", name: text}) == []


async def test_times_may_be_written_with_and_without_a_zone(
    service: Service, three: list[EventRecord]
) -> None:
    made, paid, failed = three
    at = paid.received_at.astimezone(UTC)
    elsewhere = at.astimezone(timezone(timedelta(hours=5.5)))
    for written in (
        at.isoformat(),
        at.isoformat().replace("+00:00", "Z"),
        at.replace(tzinfo=None).isoformat(),
        at.replace(tzinfo=None).isoformat(" "),
        elsewhere.isoformat(),
    ):
        assert await ids(service, type="plan.*", since=written) == [failed.id, paid.id], written
        assert await ids(service, type="plan.*", until=written) == [made.id], written
    unescaped = f"/events?namespace={declared.NAMESPACE}&type=plan.*&since={elsewhere.isoformat()}"
    answer = await service.api("GET", unescaped)
    assert [each["id"] for each in answer.json()["events"]] == [failed.id, paid.id]
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).date()
    assert await ids(service, type="plan.*", since=tomorrow) == []
    for extreme in ("0001-01-01", "1969-12-31", "9999-12-31T23:59:59"):
        assert len(await ids(service, type="plan.*", since=extreme)) in {0, 3}


async def test_pages_follow_each_other_by_their_cursor(
    service: Service, three: list[EventRecord]
) -> None:
    expected = [each.id for each in reversed(three)]
    found: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        query = {**OURS, "type": "plan.*", "limit": "1", **cursor}
        page = (await service.api("GET", "/events", params=query)).json()
        found += [each["id"] for each in page["events"]]
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}
        await accepted(service.http, {**fresh(), "type": "other"})  # newer ones do not shift it
    assert found == expected


@pytest.mark.parametrize(
    ("query", "mend"),
    [
        ("limit=0", "'limit' must be a number from 1 to 200"),
        ("limit=201", "'limit' must be a number from 1 to 200"),
        ("limit=-1", "'limit'"),
        ("limit=1.5", "'limit'"),
        ("limit=", "'limit'"),
        ("limit=%D9%A3", "'limit'"),
        ("limit=" + "9" * 5_000, "'limit'"),
        ("cursor=x", "not a cursor"),
        ("cursor=", "not a cursor"),
        ("cursor=%00", "not a cursor"),
        ("status=done", "'status' must be one of accepted, "),
        ("status=", "'status' must be one of"),
        ("direction=sideways", "'direction' must be one of inbound, outbound"),
        ("since=yesterday", "'since' must be a time such as 2026-01-31T12:00:00Z"),
        ("until=", "'until' must be a time"),
        ("since=2026-02-30", "'since'"),
        ("since=0001-01-01T00:00:00%2B14:00", "'since'"),
        ("until=1767225600", "'until'"),
        ("sort=id", "unknown parameter 'sort'; use cursor, "),
        ("Limit=1", "unknown parameter 'Limit'"),
        ("%00=1", "unknown parameter"),
    ],
    ids=lambda text: str(text)[:30],
)
async def test_a_mistake_in_a_question_is_named_with_its_mend(
    service: Service, query: str, mend: str
) -> None:
    answer = await service.api("GET", f"/events?{query}")
    assert answer.status_code == 400
    error = answer.json()["error"]
    assert error["code"] == "bad_request"
    assert mend in error["message"]


@pytest.mark.parametrize(
    "event_id",
    [
        "x",
        "whevt_",
        "whevt_01M87HX43ACC2282GBSNFBF3Q",
        "whevt_01M87HX43ACC2282GBSNFBF3Q6Q",
        "whevt_81M87HX43ACC2282GBSNFBF3Q6",
        "whevt_01M87HX43ACC2282GBSNFBF3Q%00",
        "whatt_01M87HX43ACC2282GBSNFBF3Q6",
        "'%20OR%20''='",
        "x" * 5_000,
    ],
    ids=lambda text: text[-30:],
)
@pytest.mark.parametrize(
    ("method", "rest"), [("GET", ""), ("GET", "/payload"), ("POST", "/replay")]
)
async def test_what_is_no_event_id_is_a_bad_request(
    service: Service, event_id: str, method: str, rest: str
) -> None:
    answer = await service.api(method, f"/events/{event_id}{rest}")
    assert answer.status_code == 400
    assert "whevt_01J" in answer.json()["error"]["message"]


async def test_an_event_is_shown_whole_with_links(
    service: Service, http: httpx2.AsyncClient
) -> None:
    payload = fresh()
    event_id = await accepted(http, payload)
    record = await service.settled(event_id)
    key = {"authorization": f"Bearer {service.key}"}
    shown = (await http.get(f"/api/v1/events/{event_id}", headers=key)).json()
    itself = f"/api/v1/events/{event_id}"
    page = f"inbound%2F{declared.NAMESPACE}%2Fvendor%2F{payload['id']}/{record.run_id}"
    assert shown["links"] == {
        "self": itself,
        "payload": f"{itself}/payload",
        "replay": f"{itself}/replay",
        "temporal": f"https://temporal.example.com/namespaces/default/workflows/{page}",
    }
    assert shown["id"] == event_id
    assert shown["status"] == "succeeded"
    assert shown["signature_status"] == "verified"
    assert shown["signature_secret"] == "VENDOR_SECRET (current)"
    assert shown["received_at"] == record.received_at.isoformat().replace("+00:00", "Z")
    assert [each["outcome"] for each in shown["attempts"]] == ["succeeded"]
    assert shown["replays"] == []
    listed = (await service.api("GET", f"/events?search={event_id}")).json()["events"]
    assert listed == [{**{k: v for k, v in shown.items() if k != "links"}, "attempts": []}]


async def test_a_repeat_is_counted_on_the_event_that_is_shown(service: Service) -> None:
    payload = fresh()
    event_id = await accepted(service.http, payload)
    await service.settled(event_id)
    await post(service.http, payload)
    await post(service.http, {**payload, "more": 1})

    async def counted() -> bool | None:
        shown = (await service.api("GET", f"/events/{event_id}")).json()
        return (shown["duplicates"], shown["conflicts"]) == (2, 1) or None

    await eventually(counted)


async def test_an_event_that_is_nowhere_is_not_found(service: Service) -> None:
    for rest in ("", "/payload"):
        answer = await service.api("GET", f"/events/whevt_01M87HX43ACC2282GBSNFBF3Q6{rest}")
        assert answer.status_code == 404
        assert answer.json()["error"]["code"] == "not_found"
