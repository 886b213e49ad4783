"""What customers are told: every program of the page, run against what the worker sends."""

import asyncio
import os
import shutil
import sys
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx2
import pytest
from standardwebhooks import Webhook

from layeron.outbound.judging import LONGEST_RETRY_AFTER
from layeron.outbound.retry import OutboundRetry
from layeron.ports.sender import LARGEST_EXCERPT
from layeron.request import Request, headers_of
from tests.sending.declared import publisher
from tests.sending.documents import DOCS, block
from tests.support.customer import running_customer
from tests.support.node import FOLDER, NODE, install_packages
from tests.support.rules import with_header
from tests.support.service import eventually, running_service
from tests.support.temporal import TemporalServer, free_port

PAGE = "verifying.md"
OTHER = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"
ID = "whevt_1"
PAYLOAD = {"customer": "Søren 🧾", "amount": 5}
PROGRAMS = [
    "Python, with the library",
    "Python, without a library",
    "Node, with the library",
    "Node, without a library",
]
IS_GENUINE = "curl and openssl: is this request genuine?"
TRY_YOURS = "curl and openssl: try your own receiver"


@pytest.fixture(scope="module", autouse=True)
def _tools() -> None:
    for each in ("sh", "openssl", "curl", "od"):
        assert shutil.which(each), f"{each} is missing; install it: apt-get install {each}"


@dataclass(frozen=True)
class Place:
    """Where a program of the page is going to listen."""

    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/webhooks"


@asynccontextmanager
async def running(heading: str, place: Place, secret: str, folder: Path) -> AsyncGenerator[None]:
    """Save a program and run it, as the page tells its reader to."""
    if "Node" in heading:
        await asyncio.to_thread(install_packages)
        program, file = NODE, folder / f"receive{place.port}.mjs"
        if not (folder / "node_modules").exists():
            (folder / "node_modules").symlink_to(FOLDER / "node_modules")
    else:
        program, file = sys.executable, folder / f"receive{place.port}.py"
    file.write_text(block(PAGE, heading))
    process = await asyncio.create_subprocess_exec(
        program,
        str(file),
        env={**os.environ, "WEBHOOK_SECRET": secret, "PORT": str(place.port)},
        stderr=asyncio.subprocess.DEVNULL,
    )

    async def listens() -> bool | None:
        assert process.returncode is None
        _, writer = await asyncio.open_connection("127.0.0.1", place.port)
        writer.close()
        await writer.wait_closed()
        return True

    try:
        await eventually(listens)
        yield
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


def signed(secret: str, *, age: timedelta = timedelta(0), body: str = '{"type":"t"}') -> Request:
    """A request by the official library, signed a while ago."""
    at = datetime.now(UTC) - age
    signature = Webhook(secret.removeprefix("whcms_")).sign(ID, at, body)
    headers = {
        "webhook-id": ID,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": signature,
    }
    return Request("POST", "http://localhost/", "/", "", headers_of(headers.items()), body.encode())


async def answer(place: Place, request: Request) -> int:
    """The status of what a program answers."""
    async with httpx2.AsyncClient(trust_env=False) as http:
        said = await http.post(place.url, headers=dict(request.headers), content=request.body)
    return said.status_code


@pytest.mark.parametrize("heading", PROGRAMS)
async def test_a_program_takes_what_the_worker_sends_and_refuses_all_else(
    heading: str, tmp_path: Path, temporal: TemporalServer
) -> None:
    own, users = Place(free_port()), Place(free_port())
    app, out = publisher()
    async with running_service(app, tmp_path, temporal) as service, AsyncExitStack() as programs:
        secrets: list[str] = []
        for place, user in ((own, None), (users, "nina")):
            _, new = await out.endpoints.create(url=place.url, user_id=user, retry={"schedule": []})
            assert new is not None
            secrets.append(new.secret)
            program = running(heading, place, new.secret, tmp_path)
            await programs.enter_async_context(program)
        assert [each[:6] for each in secrets] == ["whsec_", "whcms_"]
        sent = await out.send("invoice.paid", PAYLOAD, user_id="nina")
        record = await service.settled(sent.event_id)
        assert [each.http_status for each in record.attempts] == [204, 204]

        good = signed(secrets[0])
        signature = good.headers["webhook-signature"]
        beside = "v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4="
        for fine in (
            good,
            signed(secrets[0], age=timedelta(minutes=4)),
            with_header(good, "webhook-signature", f"{beside} {signature}"),
            with_header(good, "webhook-signature", f"{signature} {beside}"),
        ):
            assert await answer(own, fine) == 204
        for wrong in (
            signed(OTHER),
            signed(secrets[0], age=timedelta(minutes=6)),
            signed(secrets[0], age=timedelta(minutes=-6)),
            replace(good, body=good.body + b" "),
            with_header(good, "webhook-id", "whevt_2"),
            with_header(good, "webhook-timestamp", "now"),
            with_header(good, "webhook-timestamp"),
            with_header(good, "webhook-signature"),
            with_header(good, "webhook-signature", "junk"),
            with_header(good, "webhook-signature", beside),
            signed(secrets[0], body="not json"),
        ):
            assert await answer(own, wrong) == 401, wrong


async def shell(script: str, folder: Path, **variables: str) -> tuple[int, str]:
    """How a script of the page ends, and what it says."""
    process = await asyncio.create_subprocess_exec(
        "sh",
        "-c",
        script,
        cwd=folder,
        env={**os.environ, **variables},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await process.communicate()
    assert process.returncode is not None
    return process.returncode, said.decode()


@pytest.mark.parametrize("user_id", [None, "nina"])
async def test_openssl_tells_what_the_worker_sent_from_all_else(
    user_id: str | None, tmp_path: Path, temporal: TemporalServer
) -> None:
    async with running_customer() as customer:
        app, out = publisher()
        async with running_service(app, tmp_path, temporal) as service:
            _, new = await out.endpoints.create(url=customer.url, user_id=user_id)
            assert new is not None
            sent = await out.send("invoice.paid", PAYLOAD, user_id=user_id)
            await service.settled(sent.event_id)
    (request,) = customer.requests
    (tmp_path / "body.json").write_bytes(request.body)
    names = ("webhook-id", "webhook-timestamp", "webhook-signature")
    given = {each.upper().replace("-", "_"): request.headers[each] for each in names}
    given["WEBHOOK_SECRET"] = new.secret
    script = block(PAGE, IS_GENUINE)
    code, told = await shell(script, tmp_path, **given)
    assert (code, told.startswith("genuine, signed ")) == (0, True), told
    for changed in (
        {"WEBHOOK_SECRET": OTHER},
        {"WEBHOOK_ID": "whevt_2"},
        {"WEBHOOK_TIMESTAMP": str(int(given["WEBHOOK_TIMESTAMP"]) + 1)},
        {"WEBHOOK_SIGNATURE": "v1,"},
    ):
        refused = (1, "not signed with this secret, or altered\n")
        assert await shell(script, tmp_path, **given | changed) == refused
    (tmp_path / "body.json").write_bytes(request.body + b"\n")
    assert (await shell(script, tmp_path, **given))[0] == 1


@pytest.mark.parametrize("secret", [OTHER, OTHER.replace("whsec_", "whcms_")])
async def test_a_receiver_is_tried_with_curl(secret: str, tmp_path: Path) -> None:
    place = Place(free_port())
    script = block(PAGE, TRY_YOURS)
    assert "http://127.0.0.1:8000/webhooks" in script
    script = script.replace("http://127.0.0.1:8000/webhooks", place.url)
    async with running(PROGRAMS[1], place, secret, tmp_path):
        _, told = await shell(script, tmp_path, WEBHOOK_SECRET=secret)
        assert " 204 " in told
        wrong = secret.replace("C2FV", "D2FV")
        _, told = await shell(script, tmp_path, WEBHOOK_SECRET=wrong)
        assert " 401 " in told


def test_the_page_says_the_schedule_and_the_limits_as_they_are() -> None:
    text = " ".join((DOCS / PAGE).read_text().split())
    minute, hour = 60, 3600
    said = [5, 5 * minute, 30 * minute, *(hour * each for each in (2, 5, 10, 14, 20, 24))]
    assert OutboundRetry().delays == said
    assert (
        "after 5 seconds, 5 minutes, 30 minutes, 2 hours, 5 hours, 10 hours, 14 hours, 20 hours and"
        " 24 hours, each made up to a tenth longer"
    ) in text
    assert OutboundRetry().jitter == 0.1
    assert f"its first {LARGEST_EXCERPT:,} bytes" in text
    assert hour == LONGEST_RETRY_AFTER
