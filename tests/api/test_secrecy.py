"""What is kept and what is logged of a request: no credential, and no line of a stranger's."""

import logging

import httpx2
import pytest

from layeron.logs import JSONFormatter, LineFormatter
from tests.api import declared
from tests.api.sending import accepted, fresh, post
from tests.support.service import Service
from tests.support.vendor import SECRET

FORMATTERS = (JSONFormatter(), LineFormatter())
REDACTED = "[redacted]"


async def test_credentials_in_headers_are_kept_from_record_handler_and_engine(
    service: Service, http: httpx2.AsyncClient
) -> None:
    credentials = {
        "Authorization": "Bearer secret-one",
        "Cookie": "session=secret-two",
        "Proxy-Authorization": "Basic secret-three",
    }
    event_id = await accepted(http, fresh(), headers={**credentials, "x-trace": "kept"})
    record = await service.settled(event_id)
    kept = {name.lower(): value for name, value in record.headers}
    assert [kept[name.lower()] for name in credentials] == [REDACTED] * 3
    assert kept["x-trace"] == "kept"
    (event,) = declared.handled[event_id]
    assert event.headers["authorization"] == event.headers["cookie"] == REDACTED
    history = await service.temporal.get_workflow_handle(record.workflow_id).fetch_history()
    shown = (await service.api("GET", f"/events/{event_id}")).text + history.to_json()
    assert "secret-" not in shown


async def test_a_token_that_is_compared_is_not_kept(
    service: Service, http: httpx2.AsyncClient
) -> None:
    token = declared.SECRETS["VENDOR_TOKEN"]
    path = "/webhooks/token"
    event_id = await accepted(http, fresh(), path=path, headers={"X-Token": token})
    record = await service.settled(event_id)
    assert dict(record.headers)["x-token"] == REDACTED
    assert token not in (await service.api("GET", f"/events/{event_id}")).text


HOSTILE = "x\r\n12:00:00 INFO    vendor: accepted\x1b[31m\u2028\0\ud800"


async def test_whatever_a_stranger_sends_a_log_entry_is_one_line_and_an_indented_trace(
    service: Service, http: httpx2.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    payload = {**fresh(), "type": HOSTILE}
    await service.settled(await accepted(http, payload))
    await post(http, payload)
    unsigned = [(b"x-signature", b"00" * 32), (b"x-timestamp", b"\xff\x85[2J")]
    assert (await http.post("/webhooks/stamped", headers=unsigned)).status_code == 401
    await service.settled(await accepted(http, payload, path="/webhooks/failing"))
    ours = [each for each in caplog.records if each.name.startswith("layeron")]
    assert len(ours) >= 6
    for record in ours:
        for formatter in FORMATTERS:
            lines = formatter.format(record).split("\n")
            assert all(each.isprintable() for each in lines), ascii(lines)
            assert all(each.startswith("    ") for each in lines[1:]), ascii(lines)


async def test_no_secret_is_logged_whatever_happens(
    service: Service, http: httpx2.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    await service.settled(await accepted(http, fresh()))
    await post(http, fresh(), headers={"x-signature": SECRET})
    await post(http, fresh(), path="/webhooks/token", headers={"x-token": "wrong"})
    await http.post("/webhooks/vendor", headers={"authorization": f"Bearer {service.key}"})
    await http.get("/api/v1/events", headers={"authorization": f"Bearer {service.key}x"})
    await service.api("GET", "/events")
    assert caplog.records
    for secret in (*declared.SECRETS.values(), service.key, service.key.split("_", 2)[2]):
        assert secret not in caplog.text
