"""Counting and exporting events, and looking at what they hold."""

import csv
import io
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from layeron import Backend, backend
from tests.api import declared
from tests.api.sending import accepted, fresh
from tests.support.service import Service, running_service
from tests.support.temporal import TemporalServer
from tests.support.vendor import SECRET, SECRET_NAME, add_vendor, ignore, send_new

OURS = {"namespace": declared.NAMESPACE}


async def export(service: Service, **query: Any) -> Any:
    answer = await service.api("GET", "/events/export", params={**OURS, **query})
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-disposition"].startswith('attachment; filename="events.')
    return answer


async def rows(service: Service, **query: Any) -> list[dict[str, str]]:
    answer = await export(service, **query)
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    return list(csv.DictReader(io.StringIO(answer.content.decode(), newline="")))


async def lines(service: Service, **query: Any) -> list[Any]:
    answer = await export(service, format="ndjson", **query)
    assert answer.headers["content-type"] == "application/x-ndjson"
    return [json.loads(each) for each in answer.text.splitlines()]


async def test_what_is_exported_is_what_is_listed(service: Service) -> None:
    for _ in range(3):
        await service.settled(await accepted(service.http, {**fresh(), "type": "export.made"}))
    query = {**OURS, "type": "export.*"}
    listed = (await service.api("GET", "/events", params=query)).json()["events"]
    assert len(listed) == 3
    assert await lines(service, type="export.*") == listed
    exported = await rows(service, type="export.*")
    assert [each["id"] for each in exported] == [each["id"] for each in listed]
    first = exported[0]
    assert (first["event_type"], first["status"]) == ("export.made", "succeeded")
    assert datetime.fromisoformat(first["received_at"]).tzinfo is not None
    assert first["last_error"] == ""
    assert (await service.api("GET", "/events/count", params=query)).json() == {
        "total": 3,
        "capped": False,
    }


async def test_nothing_is_an_empty_file(service: Service) -> None:
    assert await lines(service, type="nobody.sends.this") == []
    answer = await export(service, type="nobody.sends.this")
    assert answer.text.startswith("id,direction,namespace,webhook,")
    assert answer.text.count("\r\n") == 1
    query = {**OURS, "type": "nobody.sends.this"}
    assert (await service.api("GET", "/events/count", params=query)).json()["total"] == 0


async def test_an_export_goes_on_after_its_last_line(service: Service) -> None:
    for _ in range(5):
        await service.settled(await accepted(service.http, {**fresh(), "type": "walked"}))
    whole = [each["id"] for each in await lines(service, type="walked")]
    assert len(whole) == 5
    walked: list[str] = []
    more: dict[str, str] = {}
    while found := await lines(service, type="walked", limit=2, **more):
        walked += [each["id"] for each in found]
        more = {"cursor": walked[-1]}
    assert walked == whole


FORMULAS = [
    "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "=cmd|' /C calc'!A0",
    '=HYPERLINK("http://example.com","x")', "\uff1d1", "\uff0b1", "\uff0d1", "\uff201",
]  # fmt: skip


@pytest.mark.parametrize("text", FORMULAS)
async def test_no_text_of_a_stranger_becomes_a_formula(service: Service, text: str) -> None:
    payload = {**fresh(), "type": text}
    event_id = await accepted(service.http, payload)
    record = await service.settled(event_id)
    (row,) = await rows(service, search=event_id)
    assert row["event_type"] == f"'{record.event_type}"
    (line,) = await lines(service, search=event_id)
    assert line["event_type"] == record.event_type


@pytest.mark.parametrize(
    "text", ['a,"b"', "a\r\nb", "a;b", "half \ud800", "\0", "😀", "'x", "ordinary"]
)
async def test_any_text_stays_in_its_cell(service: Service, text: str) -> None:
    event_id = await accepted(service.http, {**fresh(), "type": text})
    record = await service.settled(event_id)
    (row,) = await rows(service, search=event_id)
    assert row["event_type"] == record.event_type.encode("utf-8", "backslashreplace").decode()
    assert row["id"] == event_id
    assert None not in row


@pytest.mark.parametrize(
    "query",
    ["limit=0", "limit=100001", "format=xml", "cursor=x", "since=x", "http_status=99", "page=2",
     "limit=1&limit=2", "http_status=abc"],
)  # fmt: skip
async def test_a_wrong_question_is_told_before_a_file_begins(service: Service, query: str) -> None:
    answer = await service.api("GET", f"/events/export?{query}")
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "bad_request")


@pytest.mark.parametrize("query", ["limit=1", "cursor=x", "status=x", "http_status=600"])
async def test_a_wrong_question_for_a_number_is_told(service: Service, query: str) -> None:
    answer = await service.api("GET", f"/events/count?{query}")
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "bad_request")


async def test_a_long_export_is_whole(
    tmp_path: Path, temporal: TemporalServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(SECRET_NAME, SECRET)
    monkeypatch.setattr("api.export._PAGE", 7)
    async with running_service(many(), tmp_path, temporal) as service:
        sent = [await send_new(service, {"id": str(n), "type": "n"}) for n in range(30)]
        for each in sent:
            await service.settled(each)
        exported = (await service.api("GET", "/events/export?format=ndjson")).text.splitlines()
        assert [json.loads(each)["id"] for each in exported] == sorted(sent, reverse=True)
        some = (await service.api("GET", "/events/export?format=ndjson&limit=10")).text
        assert some.splitlines() == exported[:10]


def many() -> Backend:
    app = backend()
    add_vendor(app, "vendor", handler=ignore)
    return app


async def test_the_attempts_of_an_event_are_those_on_its_record(service: Service) -> None:
    event_id = await accepted(service.http, fresh(), path="/webhooks/failing")
    await service.settled(event_id)
    shown = (await service.api("GET", f"/events/{event_id}")).json()
    answer = (await service.api("GET", f"/events/{event_id}/attempts")).json()
    assert answer == {"attempts": shown["attempts"]}
    assert [each["outcome"] for each in answer["attempts"]] == ["failed"]


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (b'{"b":1,"a":[1.0,12345678901234567890]}',
         '{\n  "b": 1,\n  "a": [\n    1.0,\n    12345678901234567890\n  ]\n}'),
        (b"<script>alert(1)</script>", "<script>alert(1)</script>"),
        (b"a=1&b=2", "a=1&b=2"),
        (b"", ""),
        (b"\xff\x00x", "\\xff\x00x"),
        ("ü\u202e".encode(), "ü\u202e"),
    ],
)  # fmt: skip
async def test_a_body_can_be_looked_at_as_text_that_no_browser_runs(
    service: Service, body: bytes, text: str
) -> None:
    event_id = await accepted(service.http, body=body, headers={"x-nonce": fresh()["id"]})
    await service.settled(event_id)
    answer = await service.api("GET", f"/events/{event_id}/payload?pretty=1")
    assert answer.content.decode() == text
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"].startswith("sandbox")
    raw = await service.api("GET", f"/events/{event_id}/payload?pretty=0")
    assert raw.content == body
    assert raw.headers["content-type"] == "application/octet-stream"


@pytest.mark.parametrize("query", ["pretty=", "pretty=yes", "pretty", "x=1"])
async def test_a_wrong_way_to_look_is_told(service: Service, query: str) -> None:
    answer = await service.api("GET", f"/events/whevt_01M87HX43ACC2282GBSNFBF3Q6/payload?{query}")
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "bad_request")


async def test_filters_of_sending_find_nothing_that_was_received(service: Service) -> None:
    for query in ({"http_status": 200}, {"user_id": "nina"}, {"http_status": 500, "user_id": "x"}):
        found = await service.api("GET", "/events/count", params={**OURS, **query})
        assert found.json() == {"total": 0, "capped": False}


async def test_the_time_of_an_export_is_bounded_as_a_listing_is(service: Service) -> None:
    event_id = await accepted(service.http, {**fresh(), "type": "timed"})
    record = await service.settled(event_id)
    later = (record.received_at + timedelta(milliseconds=1)).astimezone(UTC).isoformat()
    assert await lines(service, type="timed", since=later) == []
    assert len(await lines(service, type="timed", until=later)) == 1
