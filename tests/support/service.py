"""The whole service in one process, on real parts: what most tests speak to."""

import asyncio
import json
import uuid
from collections.abc import AsyncGenerator, Awaitable, Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol, TypeVar, cast

import httpx2
from temporalio.client import Client

from api.application import build_api
from layeron.adapters.database import upgrade
from layeron.adapters.temporal.connection import connect
from layeron.adapters.toolbox import open_toolbox
from layeron.application import Backend
from layeron.keys import new_key
from layeron.ports.toolbox import Toolbox
from layeron.records import FINAL_STATUSES, EventRecord, EventStatus
from layeron.settings import Settings, load_settings
from tests.support.temporal import NAMESPACE
from worker import running_workers

T = TypeVar("T")

PATIENCE_SECONDS = 30


class Temporal(Protocol):
    """A server of Temporal's, as a service needs it."""

    @property
    def address(self) -> str: ...

    async def connect(self) -> Client: ...


@dataclass
class Service:
    """A running service and a client that holds a key."""

    app: Backend
    settings: Settings
    tools: Toolbox
    http: httpx2.AsyncClient
    key: str
    temporal: Client
    stack: AsyncExitStack = field(repr=False)

    async def post(
        self, path: str, payload: object = None, *, body: bytes | None = None, **headers: str
    ) -> httpx2.Response:
        """Send as a provider does."""
        sent = json.dumps(payload).encode() if body is None else body
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.http.post(path, content=sent, headers=named)

    async def api(self, method: str, path: str, **options: Any) -> httpx2.Response:
        """Ask the API as an operator does."""
        headers = {"authorization": f"Bearer {self.key}"}
        return await self.http.request(method, f"/api/v1{path}", headers=headers, **options)

    async def settled(
        self,
        event_id: str,
        statuses: Collection[EventStatus] = FINAL_STATUSES,
        *,
        replays: int = 0,
    ) -> EventRecord:
        """The event, once it has one of these statuses (and that many replays have one too)."""

        async def look() -> EventRecord | None:
            record = await self.tools.records.get_event(event_id)
            ended = [each for each in record.replays if each.status in statuses]
            return record if record.status in statuses and len(ended) >= replays else None

        return await eventually(look)

    async def work(self) -> None:
        """Start a worker, which runs until the service is closed."""
        threads = ThreadPoolExecutor(self.settings.concurrency)
        self.stack.callback(threads.shutdown, wait=False, cancel_futures=True)
        workers = running_workers(self.temporal, self.app, self.tools, self.settings, threads)
        await self.stack.enter_async_context(workers)


async def eventually(look: Callable[[], Awaitable[T | None]]) -> T:
    """What *look* gives, once it gives something; failures of a moment are looked past."""
    trouble: Exception | None = None
    for _ in range(PATIENCE_SECONDS * 20):
        try:
            if (found := await look()) is not None:
                return found
        except Exception as error:  # noqa: BLE001  # told below if it lasts
            trouble = error
        await asyncio.sleep(0.05)
    raise AssertionError(f"not seen within {PATIENCE_SECONDS} s") from trouble


@asynccontextmanager
async def running_service(
    app: Backend,
    folder: Path,
    temporal: Temporal,
    *,
    worker: bool = True,
    drainer: bool = True,
    **settings: object,
) -> AsyncGenerator[Service]:
    """Run *app* with its own data folder and task queue; settings as `load_settings` takes them."""
    known = load_settings(
        **{
            "data_dir": folder,
            "temporal_address": temporal.address,
            "temporal_namespace": NAMESPACE,
            "task_queue": f"test-{uuid.uuid4()}",
            "drain_timeout": 1,
            "api_rate": 100_000,
            **settings,
        }
    )
    await asyncio.to_thread(upgrade, known.effective_database_url)
    async with AsyncExitStack() as stack:
        tools = await stack.enter_async_context(open_toolbox(known))
        await tools.check(app)
        front = build_api(app, tools, known)
        stack.push_async_callback(front.close)
        if drainer:
            await stack.enter_async_context(front.draining())
        http = await stack.enter_async_context(
            httpx2.AsyncClient(
                transport=httpx2.ASGITransport(cast("Any", front)),
                base_url="http://hooks.example.com",
                timeout=60,
            )
        )
        record, key = new_key("tests")
        await tools.records.add_key(record)
        if known.codec is None:
            client = await temporal.connect()
        else:
            client = await connect(known, tools.secrets, lazy=False)
        service = Service(app, known, tools, http, key, client, stack)
        if worker:
            await service.work()
        yield service
