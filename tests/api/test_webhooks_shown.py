"""What is declared, and what happened lately, over HTTP."""

import re
import uuid
from pathlib import Path
from typing import Any

import pytest

from layeron import Request, backend, secret, webhooks
from layeron.secrets import ENCRYPTION_KEY
from tests.support.service import Service, running_service
from tests.support.temporal import TemporalServer, running_temporal
from tests.support.vendor import SECRET, SECRET_NAME, ignore, send_new

NAMESPACE = f"n{uuid.uuid4().hex[:12]}"  # tests share an engine
URL = "https://93.184.216.34/hooks"


def declare() -> Any:
    app = backend()
    notices = webhooks.out("notices")
    app.use(
        webhooks.custom(
            name="vendor",
            namespace=NAMESPACE,
            path="/webhooks/vendor",
            signature={"header": "x-signature", "secret": secret(SECRET_NAME)},
            dedupe={"key": ["body.tenant", "body.id"], "ttl": "7d"},
            delivery={"retry": {"attempts": 7, "backoff": "fixed"}, "timeout_seconds": 9},
            on={"paid": _paid, "order.*": ignore},
        ),
        webhooks.stripe(
            url="https://partner.example.com/stripe",
            namespace="team",
            secret=[secret("STRIPE_NEW"), secret("STRIPE_OLD", namespace="old")],
            dedupe={"key": _key},
            handler=_paid,
        ),
        webhooks.out(
            "billing",
            endpoints=[
                {"name": "warehouse", "url": URL},
                {"name": "crm", "url": URL, "secret": secret("CRM")},
            ],
            event_types={"invoice.paid": {}},
            operational=notices,
        ),
    )
    return app


def _paid(_: object) -> None:
    """Handle."""


def _key(_: Request, __: object) -> str:
    return "x"


@pytest.fixture(autouse=True)
def _secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    values = {SECRET_NAME: SECRET, "STRIPE_NEW": "whsec_new", "OLD_STRIPE_OLD": "whsec_old"}
    values |= {"CRM": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", ENCRYPTION_KEY.name: "k" * 40}
    for name, value in values.items():
        monkeypatch.setenv(name, value)


async def test_every_webhook_is_shown_as_it_is_declared(
    tmp_path: Path, temporal: TemporalServer
) -> None:
    app = declare()
    async with running_service(app, tmp_path, temporal, worker=False) as service:
        answer = await service.api("GET", "/webhooks")
        shown = answer.json()["webhooks"]
        one = (await service.api("GET", f"/webhooks/{NAMESPACE}/vendor")).json()
    assert [f"{each['namespace']}/{each['name']}" for each in shown] == [
        f"{NAMESPACE}/vendor", "team/stripe", "default/billing", "default/notices",
    ]  # fmt: skip
    vendor, stripe, billing, notices = shown
    assert one == vendor
    assert vendor["direction"] == "inbound"
    assert (vendor["provider"], vendor["path"], vendor["host"]) == (
        "custom", "/webhooks/vendor", None,
    )  # fmt: skip
    assert vendor["signature"]["algorithm"] == "hmac-sha256"
    assert vendor["signature"]["headers"] == ["x-signature"]
    assert vendor["signature"]["secrets"] == [SECRET_NAME]
    assert vendor["dedupe"] == {"key": ["body.tenant", "body.id"], "ttl_seconds": 604_800}
    assert vendor["delivery"] == {
        "queue": True, "dead_letter": True, "timeout_seconds": 9, "respond_within_seconds": 10,
        "attempts": 7, "backoff": "fixed", "initial_delay_seconds": 5, "max_delay_seconds": 300,
    }  # fmt: skip
    assert vendor["handlers"] == [
        {"event_type": "paid", "kind": "function", "name": "_paid"},
        {"event_type": "order.*", "kind": "function", "name": "ignore"},
    ]
    assert (stripe["provider"], stripe["host"], stripe["url"]) == (
        "stripe", "partner.example.com", "https://partner.example.com/stripe",
    )  # fmt: skip
    assert stripe["signature"]["secrets"] == ["STRIPE_NEW", "old/STRIPE_OLD"]
    assert stripe["signature"]["tolerance_seconds"] == 300
    assert stripe["dedupe"]["key"] == ["function"]
    assert (billing["direction"], billing["provider"]) == ("outbound", None)
    assert billing["endpoints"] == ["crm", "warehouse"]
    assert billing["event_types"] == ["invoice.paid"]
    assert (billing["envelope"], billing["operational"]) == (True, "default/notices")
    assert billing["signature"]["secrets"] == ["CRM"]
    assert notices["endpoints"] == []
    for value in (SECRET, "whsec_new", "whsec_old", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"):
        assert value not in answer.text


async def test_what_is_not_declared_is_not_found(service: Service) -> None:
    for path in ("default/x", "x/vendor", "%00/x", f"{'x' * 5_000}/y"):
        answer = await service.api("GET", f"/webhooks/{path}")
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not_found")


async def test_events_of_the_last_day_are_counted_by_status(
    tmp_path: Path, temporal: TemporalServer
) -> None:
    async with running_service(declare(), tmp_path, temporal) as service:
        for number in range(2):
            event = {"tenant": "a", "id": str(number), "type": "paid"}
            await service.settled(await send_new(service, event))
        other = {"tenant": "a", "id": "x", "type": "unknown"}
        await service.settled(await send_new(service, other))
        shown = (await service.api("GET", f"/webhooks/{NAMESPACE}/vendor")).json()
        overview = (await service.api("GET", "/overview", params={"hours": 1})).json()
        assert shown["events"] == {"succeeded": 2, "unhandled": 1}
        assert (await service.api("GET", "/webhooks/team/stripe")).json()["events"] == {}
        assert overview["counts"] == {"succeeded": 2, "unhandled": 1}
        assert overview["webhooks"] == {f"{NAMESPACE}/vendor": {"succeeded": 2, "unhandled": 1}}
        assert len(overview["buckets"]) == 48
        assert sum(sum(each["counts"].values()) for each in overview["buckets"]) == 3
        assert overview["seconds_p50"] > 0
        assert [each["work"] for each in overview["backlog"]] == ["handling", "sending"]


async def test_what_waits_for_workers_is_told(tmp_path: Path, temporal: TemporalServer) -> None:
    async with running_service(declare(), tmp_path, temporal, worker=False) as service:
        for number in range(3):
            await send_new(service, {"tenant": "b", "id": str(number), "type": "paid"})
        handling = sending = {"waiting": -1, "oldest_seconds": -1}
        while handling["waiting"] != 3:  # the engine counts what waits now and then
            handling, sending = (await service.api("GET", "/overview")).json()["backlog"]
        assert (sending["waiting"], sending["oldest_seconds"]) == (0, 0)
        await service.http.post("/dashboard/login", data={"key": service.key})
        page = (await service.http.get("/dashboard/")).text
        seen = " ".join(re.sub(r"<[^>]+>", " ", page).split())
        assert re.search(r"Waiting for a worker to handle it 3 oldest [0-9.]+ m?s ", seen)
        assert "Waiting for a worker to send it 0 " in seen


async def test_the_overview_is_shown_while_the_engine_is_down(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LAYERON_ENGINE_TIMEOUT", "1s")
    async with (
        running_temporal(tmp_path) as engine,
        running_service(declare(), tmp_path, engine, worker=False) as service,
    ):
        await engine.kill()
        answer = await service.api("GET", "/overview")
        await service.http.post("/dashboard/login", data={"key": service.key})
        page = await service.http.get("/dashboard/")
    assert answer.status_code == 200
    assert answer.json()["backlog"] is None
    assert page.status_code == 200
    assert "Temporal does not answer" in page.text


@pytest.mark.parametrize("query", ["hours=0", "hours=745", "hours=x", "hours=", "days=1"])
async def test_a_wrong_question_is_told(service: Service, query: str) -> None:
    answer = await service.api("GET", f"/overview?{query}")
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "bad_request")
