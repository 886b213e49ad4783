"""Log lines: which event and trace they belong to, and which of them a webhook wants."""

import json
import logging
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from layeron import Context, Event
from layeron.current import working_on
from layeron.logs import JSONFormatter, LineFormatter, google_project
from layeron.settings import load_settings
from layeron.tracing import receiving, sender_of
from tests.observability.story import SENDERS_SPAN, SENDERS_TRACE, TRACEPARENT
from tests.support.service import running_service
from tests.support.temporal import TemporalServer
from tests.support.vendor import QUICK, SECRET, send, send_new, vendor

QUIET = {"logs": False, "errors": False}
shop = logging.getLogger("shop")


@contextmanager
def lines(formatter: logging.Formatter) -> Generator[list[str]]:
    """What is logged meanwhile, as it would be written."""
    written: list[str] = []

    class Handler(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            written.append(self.format(record))

    handler = Handler()
    handler.setFormatter(formatter)
    root, level = logging.getLogger(), logging.getLogger().level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    try:
        yield written
    finally:
        root.removeHandler(handler)
        root.setLevel(level)


def test_a_json_line_has_its_trace_as_google_cloud_reads_it() -> None:
    sender = sender_of([TRACEPARENT])
    with lines(JSONFormatter("my-project")) as written:
        with receiving("default", "vendor", sender, trusted=True):
            shop.info("inside")
        shop.info("outside")
    inside, outside = map(json.loads, written)
    trace = {each: inside[each] for each in inside if each.startswith("logging.googleapis.com/")}
    assert trace == {
        "logging.googleapis.com/trace": f"projects/my-project/traces/{SENDERS_TRACE}",
        "logging.googleapis.com/spanId": SENDERS_SPAN,
        "logging.googleapis.com/trace_sampled": True,
    }
    assert set(outside) == {"severity", "time", "logger", "message"}


def test_without_a_project_the_trace_is_its_id() -> None:
    with (
        lines(JSONFormatter()) as written,
        receiving("default", "vendor", sender_of([TRACEPARENT]), trusted=True),
    ):
        shop.info("inside")
    assert json.loads(written[0])["logging.googleapis.com/trace"] == SENDERS_TRACE


@pytest.mark.parametrize(
    ("environ", "secrets", "project"),
    [
        ({"GOOGLE_CLOUD_PROJECT": "one"}, "gcp://two", "one"),
        ({}, "gcp://two/", "two"),
        ({}, "environment", None),
    ],
)
def test_the_project_is_the_one_that_google_names_or_that_keeps_the_secrets(
    environ: dict[str, str], secrets: str, project: str | None
) -> None:
    assert google_project(load_settings(secrets=secrets), environ) == project


@pytest.mark.parametrize("formatter", [JSONFormatter(), LineFormatter()])
def test_no_line_shows_what_is_hidden_of_the_event_that_is_worked_on(
    formatter: logging.Formatter,
) -> None:
    with (
        lines(formatter) as written,
        working_on("whevt_1", "default/vendor", ["4242424242424242"]),
    ):
        try:
            int("card 4242424242424242")
        except ValueError:
            shop.exception("%s", "4242424242424242", extra={"fields": {"n": "4242424242424242"}})
        shop.info("Authorization: Bearer abcdefghijkl")
    assert len(written) == 2
    assert "4242424242424242" not in "".join(written)
    assert "".join(written).count("[redacted]") == 5
    assert "abcdefghijkl" not in written[1]
    assert all("whevt_1" in each for each in written)


async def test_what_a_handler_logs_carries_its_event_in_a_task_and_in_a_thread(
    tmp_path: Path, temporal: TemporalServer
) -> None:
    app, webhook = vendor()

    @webhook.on("task")
    async def in_task(_: Event) -> None:
        shop.info("in a task")

    @webhook.on("thread")
    def in_thread(_: Event) -> None:
        shop.info("in a thread: %s", SECRET)

    with lines(JSONFormatter()) as written:
        async with running_service(app, tmp_path, temporal) as service:
            ids = {
                f"in a {each}": await send_new(service, {"id": each, "type": each})
                for each in ("task", "thread")
            }
            for each in ids.values():
                await service.settled(each)
    told: list[dict[str, Any]] = [json.loads(each) for each in written]
    own = {line["message"]: line for line in told if line["logger"] == "shop"}
    assert own["in a task"]["event_id"] == ids["in a task"]
    assert own["in a thread: [redacted]"]["event_id"] == ids["in a thread"]
    assert {each["webhook"] for each in own.values()} == {f"{webhook.namespace}/vendor"}


@pytest.mark.parametrize("wanted", [{}, {"logs": False}, {"errors": False}, QUIET])
async def test_a_webhook_says_which_lines_it_wants(
    tmp_path: Path, temporal: TemporalServer, wanted: dict[str, bool]
) -> None:
    app, webhook = vendor(delivery=QUICK | {"retry": {"attempts": 1}}, observability=wanted)

    @webhook.handler
    async def handle(event: Event, ctx: Context) -> None:
        await ctx.log("noted by the handler")
        if event.event_type == "bad":
            raise ValueError("the ledger is closed")

    with lines(LineFormatter()) as written:
        async with running_service(app, tmp_path, temporal) as service:
            good = await send_new(service, {"id": "1", "type": "good"})
            await service.settled(good)
            assert (await send(service, {"id": "1", "type": "good"})).json()["event_id"] == good
            bad = await send_new(service, {"id": "2", "type": "bad"})
            record = await service.settled(bad)
            assert (await service.post("/webhooks/vendor", {})).status_code == 401
    text = "\n".join(written)
    logs = [f"accepted {each}" in text for each in ("good", "bad")]
    logs += [f"{good}: duplicate" in text, "noted by the handler" in text, "succeeded in" in text]
    assert set(logs) == {wanted.get("logs", True)}
    errors = ["the ledger is closed" in text, "Traceback" in text, "rejected:" in text]
    assert set(errors) == {wanted.get("errors", True)}
    assert record.attempts[0].logs[0]["message"] == "noted by the handler"
    assert "the ledger is closed" in (record.attempts[0].error or "")
