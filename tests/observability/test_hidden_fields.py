"""Fields of payloads that a webhook hides: from pages, answers, records and log lines."""

import base64
import json
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Any

import pytest
import pytest_asyncio
from starlette.responses import Response

from layeron import ConfigurationError, Context, Event, webhooks
from layeron.hiding import texts_in, without_fields
from layeron.keys import new_key
from layeron.operating_records import Scope
from tests.support.customer import running_customer
from tests.support.service import Service, eventually, running_service
from tests.support.temporal import TemporalServer
from tests.support.vendor import SECRET, send_new, vendor

CARD = "4242424242424242"
TOKEN = "tok_visa_of_nina"
PAYLOAD = {
    "id": "1",
    "type": "order.created",
    "card": {"number": CARD},
    "items": [{"token": TOKEN, "name": "lamp"}],
}
REDACT = ["body.card.number", "body.items.*.token"]
FORM = "application/x-www-form-urlencoded"


@pytest.mark.parametrize(
    ("body", "kind", "fields", "shown"),
    [
        (b'{"a":{"b":1},"c":2}', "", ["body.a.b"], b'{"a": {"b": "[redacted]"}, "c": 2}'),
        (b'{"a":{"b":[1,2]}}', "", ["body.a"], b'{"a": "[redacted]"}'),
        (b'{"a":[{"b":1},{"b":2}]}', "", ["body.a.1.b"], b'{"a": [{"b": 1}, {"b": "[redacted]"}]}'),
        (b'[{"b":1},[{"b":2}]]', "", ["body.b"], b'[{"b": "[redacted]"}, [{"b": "[redacted]"}]]'),
        (
            b'{"a":{"x":1,"y":2}}',
            "",
            ["body.a.*"],
            b'{"a": {"x": "[redacted]", "y": "[redacted]"}}',
        ),
        (b'{"a":1,"a":2}', "", ["body.a"], b'{"a": "[redacted]"}'),
        (b'{"a":1}', "", ["body.b"], b'{"a": 1}'),
        (b'{"a":"\\ud800","b":1}', "", ["body.b"], b'{"a": "\\ud800", "b": "[redacted]"}'),
        (b"a=1&card=42&card=43", FORM, ["body.card"], b"a=1&card=[redacted]"),
        (b"<card>42</card>", "text/xml", ["body.card"], b"[redacted]"),
        (b'{"card": 42', "", ["body.card"], b"[redacted]"),
        (b"\xff\x00", "", ["body.card"], b"[redacted]"),
        (b"\xff\x00", "", [], b"\xff\x00"),
    ],
)
def test_a_body_is_shown_without_its_fields_or_not_at_all(
    body: bytes, kind: str, fields: list[str], shown: bytes
) -> None:
    assert without_fields(body, kind, fields) == shown


def test_the_values_of_fields_are_found_however_deep_they_are() -> None:
    body = json.dumps(PAYLOAD | {"deep": [[{"pin": 123456, "on": True}]]}).encode()
    assert texts_in(body, "", [*REDACT, "body.deep"]) == ["123456", CARD, TOKEN]


@pytest.mark.parametrize("redact", ["body.card", ["card"], ["body."], ["body.a b"], [1], {"a": 1}])
def test_what_is_no_field_is_refused_when_the_webhook_is_declared(redact: Any) -> None:
    with pytest.raises(ConfigurationError, match=r"webhook 'billing': option 'redact'.*body\.card"):
        webhooks.out("billing", redact=redact)


@dataclass(frozen=True)
class Told:
    """A service that was sent the payload, and what its handler did not keep to itself."""

    service: Service
    event_id: str
    rejection_id: str
    reader: str

    async def get(self, path: str, key: str) -> Any:
        headers = {"authorization": f"Bearer {key}"}
        return await self.service.http.get(f"/api/v1{path}", headers=headers)


@pytest_asyncio.fixture
async def told(
    tmp_path_factory: pytest.TempPathFactory,
    temporal: TemporalServer,
) -> AsyncGenerator[Told]:
    app, webhook = vendor(redact=REDACT, delivery={"retry": {"attempts": 1}})

    @webhook.handler
    def handle(event: Event, ctx: Context) -> None:
        assert event.raw_body == json.dumps(PAYLOAD).encode()
        ctx.log(f"charging {CARD}", token=TOKEN)
        raise ValueError(f"{event.payload!r}")

    folder = tmp_path_factory.mktemp("told")
    async with running_service(app, folder, temporal) as service:
        event_id = await send_new(service, PAYLOAD)
        await service.settled(event_id)
        assert (await service.post("/webhooks/vendor", PAYLOAD)).status_code == 401

        async def rejected() -> str | None:
            found = (await service.api("GET", "/rejections")).json()["rejections"]
            return found[0]["id"] if found else None

        rejection_id = await eventually(rejected)
        scopes: tuple[Scope, ...] = ("read",)
        record, reader = new_key("reader", scopes)
        await service.tools.records.add_key(record)
        yield Told(service, event_id, rejection_id, reader)


async def test_hidden_fields_are_shown_nowhere_and_given_to_holders_of_admin_alone(
    told: Told,
) -> None:
    service, payload = told.service, f"/events/{told.event_id}/payload"
    rejection = f"/rejections/{told.rejection_id}"
    shown = [
        (await told.get(path, key)).text
        for key in (service.key, told.reader)
        for path in (f"{payload}?pretty=true", f"/events/{told.event_id}", "/events/export")
    ]
    refused = await told.get(payload, told.reader)
    assert refused.status_code == 403
    assert "'admin'" in refused.json()["error"]["message"]
    assert (await told.get(rejection, told.reader)).json()["body_base64"] is None
    for key in (told.reader, service.key):
        session = await service.http.post("/dashboard/login", data={"key": key})
        cookie = {"cookie": session.headers["set-cookie"].partition(";")[0]}
        for path in (f"/dashboard{rejection}", f"/dashboard/events/{told.event_id}"):
            page = await service.http.get(path, headers=cookie)
            assert page.status_code == 200
            shown.append(page.text)
        download = await service.http.get(f"/dashboard{payload}", headers=cookie)
        assert download.status_code == (403 if key == told.reader else 200)
    assert "".join(shown).count("lamp") >= 6
    for each in (*shown, refused.text):
        assert CARD not in each
        assert TOKEN not in each
        assert SECRET not in each
    whole = json.dumps(PAYLOAD).encode()
    assert (await told.get(payload, service.key)).content == whole
    given = (await told.get(rejection, service.key)).json()["body_base64"]
    assert base64.b64decode(given) == whole


async def test_what_a_handler_tells_of_hidden_fields_is_neither_kept_nor_raised_to_the_engine(
    told: Told,
) -> None:
    record = await told.service.settled(told.event_id)
    (attempt,) = record.attempts
    kept = f"{attempt.logs} {attempt.error} {attempt.error_trace} {record.last_error}"
    assert kept.count("[redacted]") >= 6
    handle = told.service.temporal.get_workflow_handle(record.workflow_id)
    failure = str([each async for each in handle.fetch_history_events()][-1])
    assert "is dead_letter" in failure
    for each in (kept, failure):
        assert CARD not in each
        assert TOKEN not in each


async def test_an_endpoint_that_repeats_hidden_fields_is_not_quoted(
    tmp_path_factory: pytest.TempPathFactory,
    temporal: TemporalServer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("LAYERON_OUTBOUND_ALLOW", "127.0.0.0/8")
    monkeypatch.setenv("LAYERON_ENCRYPTION_KEY", "a key of more than thirty-two characters")
    app, _ = vendor()
    billing = webhooks.out("billing", redact=["body.data.card"])
    app.use(billing)
    folder = tmp_path_factory.mktemp("billing")
    async with (
        running_customer(lambda request: Response(request.body, 500)) as customer,
        running_service(app, folder, temporal) as service,
    ):
        await billing.endpoints.create(name="crm", url=customer.url)
        sent = await billing.send("invoice.paid", {"card": CARD, "order": "ord_1"})

        async def first() -> str | None:
            record = await service.tools.records.get_event(sent.event_id)
            return next((each.response_excerpt for each in record.attempts), None)

        excerpt = await eventually(first)
        assert "ord_1" in excerpt
        assert CARD not in excerpt
        assert CARD.encode() in customer.bodies[0]
