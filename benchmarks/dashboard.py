"""How pages fare as records pile up: 10,000 against 1,000,000, on SQLite and on PostgreSQL.

Each request goes through the whole application in process, from the session's cookie or the key to
the rendered bytes. Medians are compared: the tail of a page of some milliseconds is whatever else
the machine does, and that of the queries alone is measured by `benchmarks.listing`. Beside it, how
soon a browser shows the list, over HTTP, and how much JavaScript it is sent.
"""

import asyncio
import hashlib
import tempfile
import time
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any, cast

import httpx2

from api.application import build_api
from api.dashboard.rendering import STATIC
from api.dashboard.session import COOKIE, Sessions
from benchmarks.application import app
from benchmarks.figure import Figure
from benchmarks.listing import FEW, MANY, TARGET_RATIO, fill
from benchmarks.painting import Place, first_paints
from layeron.adapters.database import upgrade
from layeron.adapters.toolbox import open_toolbox
from layeron.identity import new_event_id
from layeron.keys import new_key
from layeron.ports.toolbox import Toolbox
from layeron.records import AttemptReport, BodyReference, InboundEvent
from layeron.settings import load_settings
from tests.api.serving import listening
from tests.support.postgres import running_postgres

_CALLS = 40
_LARGEST_SCRIPTS_KB = 30
_AT = datetime(2026, 4, 17, 12, tzinfo=UTC)
"""In the middle of what `fill` loads."""
_BODY = b'{"id": "evt_shown", "type": "order.created", "lines": [%s]}' % (
    b", ".join(b'{"sku": "A-%d", "quantity": 2}' % n for n in range(100))
)

PAGES = {
    "event list": (
        "/dashboard/events",
        "/dashboard/events?status=dead_letter",
        "/dashboard/events?webhook=default%2Fgithub&type=push",
        "/dashboard/events?search=evt_7f",
        "/dashboard/events?cursor={event_id}",
    ),
    "event page": ("/dashboard/events/{event_id}",),
    "API's list": (
        "/api/v1/events",
        "/api/v1/events?status=dead_letter&limit=200",
        "/api/v1/events?type=invoice.*&webhook=stripe",
        "/api/v1/events?cursor={event_id}",
    ),
}


@dataclass(frozen=True, slots=True)
class Site:
    """The application over one database, and somebody who is logged in.

    Attributes:
        event_id: of an event to look at.
        list: the list of events, as a browser reaches it.
    """

    http: httpx2.AsyncClient
    event_id: str
    list: Place

    async def seconds(self, path: str) -> float:
        """How long a page takes."""
        start = time.perf_counter()
        response = await self.http.get(path.format(event_id=self.event_id))
        taken = time.perf_counter() - start
        response.raise_for_status()
        return taken


def run() -> list[Figure]:
    """Fill, measure in turns and compare; the worst of each page's addresses and databases."""
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in PAGES}
    paints: list[tuple[float, float]] = []
    with tempfile.TemporaryDirectory() as folder, running_postgres({}) as server:
        urls = (f"sqlite:///{folder}/few.db", f"sqlite:///{folder}/many.db")
        for few, many in (urls, [server.url(server.create_database()) for _ in range(2)]):
            measured, painted = asyncio.run(_compare(Path(folder), few, many))
            paints.append(painted)
            for name, found in measured.items():
                times[name] += found
    figures: list[Figure] = []
    for name, found in times.items():
        ratio = max(many / few for few, many in found)
        slowest = max(many for _, many in found) * 1000
        figures += [
            Figure(f"{name} p50, {MANY:,} records ÷ {FEW:,}", ratio, at_most=TARGET_RATIO),
            Figure(f"{name} p50 at {MANY:,} records", slowest, "ms"),
        ]
    at_few, at_many = (max(found) for found in zip(*paints, strict=True))
    figures += [
        Figure(f"event list, first contentful paint at {MANY:,} records", at_many, "ms"),
        Figure(f"event list, first contentful paint at {FEW:,} records", at_few, "ms"),
    ]
    scripts = sum(each.stat().st_size for each in Path(STATIC).rglob("*.js")) / 1000
    return [*figures, Figure("JavaScript shipped", scripts, "kB", at_most=_LARGEST_SCRIPTS_KB)]


async def _compare(
    folder: Path, few_url: str, many_url: str
) -> tuple[Mapping[str, list[tuple[float, float]]], tuple[float, float]]:
    """The pairs of medians of each page's addresses, and of the list's first paint."""
    for url, count in ((few_url, FEW), (many_url, MANY)):
        upgrade(url)
        fill(url, count)
    async with _site(folder / "few", few_url) as few, _site(folder / "many", many_url) as many:
        medians = {
            name: [await _medians(path, few, many) for path in paths]
            for name, paths in PAGES.items()
        }
        at_few, at_many = await first_paints([few.list, many.list])
        return medians, (at_few, at_many)


async def _medians(path: str, few: Site, many: Site) -> tuple[float, float]:
    """The median of both in seconds, measured in turns after a round unseen."""
    times: tuple[list[float], list[float]] = ([], [])
    for number in range(_CALLS + 1):
        for site, taken in zip((few, many), times, strict=True):
            seconds = await site.seconds(path)
            if number:
                taken.append(seconds)
    return median(times[0]), median(times[1])


@asynccontextmanager
async def _site(folder: Path, url: str) -> AsyncGenerator[Site]:
    settings = load_settings(data_dir=folder, database_url=url, api_rate=1_000_000)
    async with open_toolbox(settings) as tools:
        front = build_api(app, tools, settings)
        key, text = new_key("benchmark")
        await tools.records.add_key(key)
        cookie = await Sessions(tools.sessions, tools.records).open(key)
        async with (
            listening(front, settings) as address,
            httpx2.AsyncClient(
                transport=httpx2.ASGITransport(cast("Any", front)),
                base_url="http://hooks.example.com",
                headers={"authorization": f"Bearer {text}", "cookie": f"{COOKIE}={cookie}"},
            ) as http,
        ):
            shown = Place(f"http://{address}/dashboard/events", cookie)
            yield Site(http, await _handled(tools), shown)
        await front.close()


async def _handled(tools: Toolbox) -> str:
    """Put an event with a body on record that was handled at the third attempt; its id."""
    body = BodyReference("shown", len(_BODY), hashlib.sha256(_BODY).hexdigest())
    await tools.blobs.put(body.name, _BODY)
    event = InboundEvent(
        event_id=new_event_id(_AT),
        workflow_id="inbound/default/orders/evt_shown",
        namespace="default",
        webhook="orders",
        provider="custom",
        event_type="order.created",
        external_event_id="evt_shown",
        dedupe_key="evt_shown",
        dedupe_ttl_seconds=86_400,
        method="POST",
        url="/webhooks/orders",
        headers=[("content-type", "application/json"), ("user-agent", "a provider")],
        body=body,
        body_stored=True,
        signature_status="verified",
        received_at=_AT,
    )
    for number in (1, 2, 3):
        at, last = _AT + timedelta(seconds=number), number == 3  # noqa: PLR2004  # of three
        await tools.records.begin_attempt(event, number=number, run_id="run", at=at)
        report = AttemptReport(
            number,
            "succeeded" if last else "failed",
            "succeeded" if last else "retrying",
            at,
            at + timedelta(milliseconds=40),
            error=None if last else "ConnectionError: not yet",
            error_trace=None if last else "Traceback (most recent call last):\n" + "  File\n" * 30,
        )
        await tools.records.finish_attempt(event, report)
    return event.event_id
