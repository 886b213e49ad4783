"""What users are told about sending: every step of the page is taken, and the example is run."""

import ast
import asyncio
import inspect
import os
import re
import shlex
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from itertools import accumulate
from pathlib import Path
from types import CodeType
from typing import Any

import pytest

from layeron import Backend, InboundWebhook, OutboundWebhook, backend, webhooks
from layeron.loading import load_app
from layeron.outbound.judging import LONGEST_RETRY_AFTER
from layeron.outbound.retry import OutboundRetry
from layeron.testing import signed_request
from tests.api.serving import serving
from tests.sending.documents import DOCS, block, blocks
from tests.sending.receivers import by_standardwebhooks
from tests.support.command import ROOT, said
from tests.support.customer import Customer, always, running_customer
from tests.support.service import Service, eventually, running_service
from tests.support.temporal import TemporalServer

PAGE = "sending.md"
BASE = "http://127.0.0.1:8000"
STRIPE_SECRET = "whsec_of_a_test"

# As a reader has them, but for what differs in a test.
SHELL = """
set -eu
layeron() { printf %s "$KEY_OF_TEST"; }
curl() { command curl --silent --show-error --fail-with-body "$@"; echo; }
"""


def compiled(text: str) -> CodeType:
    """Code that may await, as in `python -m asyncio`."""
    code: CodeType = compile(text, PAGE, "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    return code


async def run_in_shell(script: str, key: str) -> None:
    process = await asyncio.create_subprocess_exec(
        "sh",
        "-c",
        SHELL + script,
        env={**os.environ, "KEY": key, "KEY_OF_TEST": key},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await process.communicate()
    assert process.returncode == 0, f"{script}\n{said.decode()}"


def at_home(text: str, customer: Customer, blocked: Customer) -> str:
    """The text with addresses on loopback in place of those on the Internet."""
    text = re.sub(r"https://ledger\.example\.com/\w+", blocked.url, text)
    return re.sub(r"https://\w+\.example\.com/\w+|http://127\.0\.0\.1:9000/\w+", customer.url, text)


async def test_every_step_of_the_page_can_be_taken(
    tmp_path: Path, temporal: TemporalServer
) -> None:
    async with running_customer() as customer, running_customer(always(500)) as blocked:
        steps = [
            (language, at_home(text, customer, blocked))
            for _, language, text in blocks(PAGE, "python", "sh")
            if "layeron secrets" not in text
        ]
        assert not any("example.com" in text for _, text in steps)
        names: dict[str, Any] = {}
        exec(compiled(steps[0][1]), names)  # noqa: S102  # our own page
        app: Backend = names["app"]
        billing: OutboundWebhook = names["billing"]
        async with running_service(app, tmp_path, temporal) as service:
            async with serving(service) as address:
                for language, text in steps[1:]:
                    if language == "sh":
                        script = text.replace(BASE, f"http://{address}")
                        sent = names["sent"].event_id
                        await run_in_shell(script.replace("whevt_…", sent), service.key)
                        continue
                    # Evaluated, code that awaits gives a coroutine.
                    waiting = eval(compiled(text), names)  # noqa: S307  # our own page
                    if inspect.isawaitable(waiting):
                        await waiting
                    if "sent" in names:
                        await delivered(service, names["sent"].event_id, "crm")
            otto = await billing.endpoints.get("otto-shop")
            assert (otto.event_types, otto.rate_limit) == (["invoice.*"], 5)
            skipped = await delivered(service, names["sent"].event_id, "ledger", "skipped")
    assert skipped
    assert len(blocked.requests) >= 2, "an attempt by the schedule, and one by retry"


def test_what_the_page_tells_to_set_is_all_that_is_missing(tmp_path: Path) -> None:
    _, _, declared = blocks(PAGE, "python")[0]
    (tmp_path / "hooks.py").write_text(declared)
    commands = [shlex.split(line, comments=True) for line in block(PAGE, "Start").splitlines()]
    *before, last = [words[1:] for words in commands if words[0] == "layeron"]
    assert last == ["dev", "hooks.py:app"]
    assert before[-1] == ["check", "hooks.py:app"]
    for command in before:
        said(*command, folder=tmp_path)


async def delivered(
    service: Service, event_id: str, endpoint: str, status: str = "succeeded"
) -> bool:
    async def look() -> bool | None:
        record = await service.tools.records.get_event(event_id)
        return {each.endpoint: each.status for each in record.deliveries}[
            endpoint
        ] == status or None

    return await eventually(look)


async def test_what_the_readme_says_of_sending_is_so(
    tmp_path: Path, temporal: TemporalServer
) -> None:
    declared, sent = [text for _, _, text in blocks("../README.md", "python", under="Send")]
    async with running_customer() as customer:
        app = backend()
        names: dict[str, Any] = {"app": app, "webhooks": webhooks}
        exec(compiled(declared), names)  # noqa: S102  # our own page
        async with running_service(app, tmp_path, temporal):
            await eval(compiled(at_home(sent, customer, customer)), names)  # noqa: S307  # our own page
            await asyncio.wait_for(customer.begun.wait(), 30)
    (request,) = customer.requests
    assert by_standardwebhooks(request, names["new"].secret)


@asynccontextmanager
async def example(
    folder: Path, temporal: TemporalServer, monkeypatch: pytest.MonkeyPatch
) -> AsyncGenerator[tuple[Service, InboundWebhook, OutboundWebhook]]:
    monkeypatch.setenv("STRIPE_WEBHOOK_SECRET", STRIPE_SECRET)
    app = load_app("sending.py:app", folder=ROOT / "examples")
    async with running_service(app, folder, temporal) as service:
        (stripe,), (customers,) = app.webhooks, app.publishers
        yield service, stripe, customers


async def test_the_example_tells_the_customer_that_stripe_tells_of(
    tmp_path: Path, temporal: TemporalServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with (
        running_customer() as theirs,
        running_customer() as others,
        example(tmp_path, temporal, monkeypatch) as (service, stripe, customers),
    ):
        request = signed_request(stripe, event_type="invoice.paid", secrets=STRIPE_SECRET)
        told: Any = request.payload
        invoice = told["data"]["object"]
        _, new = await customers.endpoints.create(url=theirs.url, user_id=invoice["customer"])
        await customers.endpoints.create(url=others.url, user_id="somebody else")
        assert new is not None
        answer = await service.post(request.path, body=request.body, **dict(request.headers))
        assert answer.status_code == 202, answer.text
        event_id = answer.json()["event_id"]
        await service.settled(event_id)
        await stripe.events.replay(event_id)
        await service.settled(event_id, replays=1)
        (sent,) = (await customers.events.list()).events
        assert (await service.settled(sent.id)).duplicates == 1
    (received,) = theirs.requests
    assert by_standardwebhooks(received, new.secret)
    said: Any = received.payload
    assert (said["type"], said["data"]) == ("invoice.paid", {"invoice_id": invoice["id"]})
    assert others.requests == []


def test_the_table_of_attempts_is_the_schedule() -> None:
    rows = re.findall(r"(?m)^\| (\d+) \|([^|]+)\|([^|]+)\|$", (DOCS / PAGE).read_text())
    seconds = {"s": 1, "min": 60, "h": 3600}

    def read(text: str) -> float:
        number, unit = text.split()
        return float(number) * seconds[unit]

    delays = OutboundRetry().delays
    assert [int(number) for number, *_ in rows] == list(range(1, len(delays) + 2))
    assert [read(after) for _, after, _ in rows[1:]] == delays
    since = [read(text) for *_, text in rows[1:]]
    assert since == pytest.approx(list(accumulate(delays)), rel=0.02)
    assert seconds["h"] == LONGEST_RETRY_AFTER
