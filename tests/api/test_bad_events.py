"""Genuine events with contents nobody expects: taken, kept byte for byte, handled, replayable."""

from functools import partial
from pathlib import Path
from typing import Any

import httpx2
import pytest

from layeron.payload import Payload
from tests.api import declared
from tests.api.sending import accepted, fresh, post
from tests.support.service import Service, eventually, running_service
from tests.support.temporal import TemporalServer
from tests.support.vendor import SECRET, SECRET_NAME, ignore, send_new, vendor

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"

DIGITS = b"9" * 10_000_000
FIELDS = b"a&" * 100_000

BODIES: dict[str, tuple[str, bytes, Payload]] = {
    "no UTF-8": (JSON, b"\xff\xfe\xfd{}", b"\xff\xfe\xfd{}"),
    "UTF-8 cut off": (JSON, b'{"id":"\xc3', b'{"id":"\xc3'),
    "no JSON": (JSON, b'{"id": "1",', '{"id": "1",'),
    "two JSON texts": (JSON, b"{}{}", "{}{}"),
    "text": ("text/plain", "grüße".encode(), "grüße"),
    "a byte-order mark": (JSON, b'\xef\xbb\xbf{"a":1}', {"a": 1}),
    "nested 100,000 deep": (JSON, b"[" * 100_000, "[" * 100_000),
    "nested and closed": (JSON, b"[" * 100_000 + b"]" * 100_000, "[" * 100_000 + "]" * 100_000),
    "a number of 10 MB": (JSON, DIGITS, DIGITS.decode()),
    "a fraction of 1 MB": (JSON, b"0." + b"1" * 1_000_000, 0.1111111111111111),
    "a number past every float": (JSON, b'{"n":1e999}', {"n": float("inf")}),
    "the same name twice": (JSON, b'{"a":1,"a":2}', {"a": 2}),
    "NUL": (JSON, b'{"a":"\\u0000"}', {"a": "\0"}),
    "NUL bytes": (JSON, b"\0\0\0\0", "\0\0\0\0"),
    "lone surrogates": (JSON, b'{"a":"\\ud800 \\udfff"}', {"a": "\ud800 \udfff"}),
    "only null": (JSON, b"null", None),
    "a list": (JSON, b"[1,[2]]", [1, [2]]),
    "a form": (FORM, b"id=&b=%C3%A9+&b=2&c", {"id": "", "b": ["é ", "2"], "c": ""}),
    "a form that is none": (FORM, b"\xff=1&%zz", b"\xff=1&%zz"),
    "a form of 100,000 fields": (FORM, FIELDS, FIELDS.decode()),
    "a form by name only": ("Application/X-WWW-Form-URLencoded ; x=y", b"a=1", {"a": "1"}),
    "a type that is no type": ("\x7f;;,", b'{"a":1}', {"a": 1}),
}


@pytest.mark.parametrize("name", BODIES)
async def test_any_body_is_kept_handled_listed_and_replayed(service: Service, name: str) -> None:
    content_type, body, payload = BODIES[name]
    http = service.http
    event_id = await accepted(http, body=body, headers={"content-type": content_type})
    assert (await service.settled(event_id)).status == "succeeded"
    assert (await service.api("GET", f"/events/{event_id}/payload")).content == body
    assert (await service.api("GET", f"/events/{event_id}")).json()["body"]["size"] == len(body)
    listed = (await service.api("GET", "/events?limit=1")).json()["events"]
    assert [each["id"] for each in listed] == [event_id]
    replay = await service.api("POST", f"/events/{event_id}/replay")
    assert replay.status_code == 202
    await service.settled(event_id, replays=1)
    for event in declared.handled[event_id]:
        assert event.raw_body == body
        assert event.payload == payload
    assert len(declared.handled[event_id]) == 2


NAMES = {
    "NUL": "nul\0in\0between",
    "line ends": "a\r\nb\u2028c",
    "a terminal's codes": "\x1b[31mred",
    "emoji": "😀" * 300,
    "a lone surrogate": "\ud800 and \udfff",
    "10 kB": "x" * 10_000,
    "10 kB of emoji": "😀" * 2_500,
    "a path": "../../etc/passwd",
    "markup": "<script>alert(1)</script>",
    "a query": "' OR 1=1 --",
    "percent signs": "%00%2e%2e/",
    "quotes": '"' * 500,
    "one blank": " ",
}


@pytest.mark.parametrize("name", NAMES)
async def test_any_text_may_be_an_id_and_a_type(
    service: Service, http: httpx2.AsyncClient, name: str
) -> None:
    text = NAMES[name]
    payload: Any = {"id": f"{text}{fresh()['id']}", "type": text}
    event_id = await accepted(http, payload)
    record = await service.settled(event_id)
    assert record.status == "succeeded"
    assert record.external_event_id == payload["id"]
    assert record.event_type == text[:200]
    assert (await post(http, payload)).json() == {"event_id": event_id, "status": "duplicate"}
    shown = (await service.api("GET", f"/events/{event_id}")).json()
    assert (shown["external_event_id"], shown["event_type"]) == (payload["id"], text[:200])
    if name != "a lone surrogate":  # a query can hold none
        found = await service.api("GET", "/events", params={"external_id": payload["id"]})
        assert [each["id"] for each in found.json()["events"]] == [event_id]
    (event,) = declared.handled[event_id]
    assert (event.external_event_id, event.event_type) == (payload["id"], text[:200])


async def test_any_id_can_be_read_from_the_engine_before_a_worker_has_seen_it(
    tmp_path: Path, temporal: TemporalServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(SECRET_NAME, SECRET)
    app, _ = vendor(handler=ignore)
    async with running_service(app, tmp_path, temporal, worker=False) as service:
        for text in NAMES.values():
            event_id = await send_new(service, {"id": text, "type": text})
            answer = await eventually(partial(_shown, service, event_id))
            assert (answer["status"], answer["external_event_id"]) == ("accepted", text)


async def _shown(service: Service, event_id: str) -> dict[str, Any] | None:
    answer = await service.api("GET", f"/events/{event_id}")
    assert answer.status_code in {200, 404}  # the engine's own index is a moment behind
    return answer.json() if answer.status_code == 200 else None


async def test_ids_too_long_for_the_engine_are_told_apart_by_their_digest(
    service: Service, http: httpx2.AsyncClient
) -> None:
    first = {**fresh(), "id": "x" * 5_000_000 + fresh()["id"]}
    other = {**first, "id": first["id"] + "x"}
    event_id = await accepted(http, first)
    assert await accepted(http, other) != event_id
    assert (await post(http, first)).json()["event_id"] == event_id
    record = await service.settled(event_id)
    assert (record.external_event_id or "").startswith("sha256:")
    (event,) = declared.handled[event_id]
    assert event.payload == first


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (True, "true"),
        (0, "0"),
        (1.5, "1.5"),
        ([1], None),
        ({"a": 1}, None),
        (None, None),
        ("", None),
    ],
)
async def test_an_id_or_type_that_is_no_text_is_taken_as_one_or_as_none(
    service: Service, value: object, text: str | None
) -> None:
    event_id = await accepted(service.http, {"id": value, "type": value})
    record = await service.settled(event_id)
    assert record.external_event_id == text
    assert record.event_type == (text or "unknown")


@pytest.mark.parametrize(
    ("tenant", "key"),
    [("a", "a"), (7, "7"), ("", None), (None, None), ([1], None), ("é" * 9_000, "é" * 9_000)],
)
async def test_a_key_function_may_return_anything(
    service: Service, tenant: object, key: str | None
) -> None:
    answer = await post(service.http, fresh(tenant=tenant), path="/webhooks/keyed")
    assert answer.status_code == 202
    record = await service.settled(answer.json()["event_id"])
    assert record.dedupe_key == key


async def test_where_a_key_function_fails_the_providers_id_is_the_key(
    service: Service, caplog: pytest.LogCaptureFixture
) -> None:
    payload = fresh()
    answer = await post(service.http, payload, path="/webhooks/keyed")
    assert answer.json()["status"] == "accepted"
    assert (await service.settled(answer.json()["event_id"])).dedupe_key == payload["id"]
    assert "keyed: dedupe.key failed" in caplog.text
    assert "KeyError" in caplog.text
