"""The whole system as processes, which the trials know over HTTP, the command line and signals.

Its parts: the API, a worker, Temporal on its durable file, PostgreSQL, and a bucket. Between them
and the last two stand gates, which can slow them down or answer for them.
"""

import asyncio
import os
import re
import secrets
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, TypeVar

import httpx2
import psycopg

from layeron.adapters.temporal.embedded import server_command, wait_until_ready
from layeron.cli.ports import claim
from layeron.cli.process import OURSELVES
from tests.support import fake_gcs
from tests.support.gate import Gate, gate_before
from tests.support.postgres import PostgresServer
from trials.application import KEY, LEDGER, WORK_SECONDS
from trials.part import Part

Store = Literal["embedded", "postgres"]
T = TypeVar("T")

_ROOT = Path(__file__).resolve().parents[1]
_READY_SECONDS = 60
_NAMESPACE = "default"
_BUCKET = "bodies"
_OTHERS = r"(LAYERON|TEMPORAL|TRIALS|STORAGE)_"
_SMALL_WAL = {"max_wal_size": "64MB", "min_wal_size": "32MB"}
"""So that the database stays small enough for a small disk."""


@dataclass
class System:
    """What runs, and how it is reached.

    Attributes:
        folder: with the data and, in ``logs``, what each part says.
        key: to the API.
        secret: what providers sign with.
        environment: of the API and the worker, read whenever they start.
        parts: in the order in which they start.
        database, bucket: the gates; none where the products are files.
    """

    folder: Path
    url: str
    secret: str
    environment: dict[str, str]
    key: str = ""
    parts: dict[str, Part] = field(default_factory=dict[str, Part])
    database: Gate | None = None
    bucket: Gate | None = None

    @property
    def ledger(self) -> Path:
        """Where the handler writes."""
        return Path(self.environment[LEDGER])

    async def add(self, stack: AsyncExitStack, name: str, command: list[str]) -> None:
        """Run a part until the end of the stack."""
        log = self.folder / "logs" / f"{name}.log"
        part = Part(name, command, env=self.environment, log=log)
        self.parts[name] = part
        stack.push_async_callback(part.stop)
        await part.start()

    async def layeron(self, *arguments: str, stdin: str = "") -> str:
        """What a command prints.

        Raises:
            RuntimeError: it failed; with what it said.
        """
        process = await asyncio.create_subprocess_exec(
            *OURSELVES,
            *arguments,
            env=self.environment,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        output, errors = await process.communicate(stdin.encode())
        if process.returncode:
            raise RuntimeError(f"layeron {' '.join(arguments)}: {errors.decode()}")
        return output.decode().strip()

    async def set_secret(self, value: str) -> None:
        """Have providers' signatures checked with this value."""
        await self.layeron("secrets", "set", KEY, stdin=value)

    async def redeploy(self) -> None:
        """Start API and worker again in order, with the environment as it is now."""
        await asyncio.gather(*(self.parts[name].restart() for name in ("api", "worker")))
        await self.until_ready()

    async def until_ready(self) -> None:
        """Return when the API says that all its parts answer."""
        async with httpx2.AsyncClient(trust_env=False) as http:

            async def ready() -> None:
                (await http.get(f"{self.url}/health/ready")).raise_for_status()

            await _eventually("the API", ready, httpx2.HTTPError)


@asynccontextmanager
async def running_system(
    folder: Path, store: Store, *, work_seconds: float, data: Path | None = None
) -> AsyncGenerator[System]:
    """Run the system until the end of the block.

    Args:
        folder: an empty one.
        store: PostgreSQL and a bucket, or files, as on a laptop.
        work_seconds: how long a handler takes.
        data: where engine, database and bucket keep what they have, if not in the folder.
    """
    data = data or folder
    for each in (folder / "logs", data / "objects"):
        each.mkdir()
    port, engine, ui, bucket = claim(
        dict.fromkeys(("API", "engine", "UI", "bucket"), ("127.0.0.1", 0))
    )
    settings = {
        LEDGER: str(folder / "ledger"),
        WORK_SECONDS: str(work_seconds),
        "PYTHONPATH": str(_ROOT),
        "TEMPORAL_CONFIG_FILE": os.devnull,
        "LAYERON_APP": "trials.application:app",
        "LAYERON_DATA_DIR": str(folder / "layeron"),
        "LAYERON_PORT": str(port),
        "LAYERON_API_RATE": "100000",
        "LAYERON_TEMPORAL_ADDRESS": f"127.0.0.1:{engine}",
        "LAYERON_TEMPORAL_NAMESPACE": _NAMESPACE,
    }
    kept = {name: value for name, value in os.environ.items() if not re.match(_OTHERS, name)}
    system = System(folder, f"http://127.0.0.1:{port}", secrets.token_hex(), kept | settings)
    async with AsyncExitStack() as stack:
        command = server_command(data / "temporal.db", host="127.0.0.1", port=engine, ui_port=ui)
        await system.add(stack, "engine", command)
        if store == "postgres":
            await _add_products(stack, system, data, bucket)
        await wait_until_ready(f"127.0.0.1:{engine}", _NAMESPACE)
        await system.layeron("db", "upgrade")
        system.key = await system.layeron("keys", "create", "trials")
        await system.set_secret(system.secret)
        await system.add(stack, "api", [*OURSELVES, "serve"])
        await system.add(stack, "worker", [*OURSELVES, "worker"])
        await system.until_ready()
        yield system


async def _add_products(stack: AsyncExitStack, system: System, data: Path, port: int) -> None:
    server = PostgresServer(_SMALL_WAL, within=data)
    stack.callback(server.remove)
    await system.add(stack, "database", server.command)
    system.database = await stack.enter_async_context(gate_before(str(server.socket)))
    host, _, database_port = system.database.address.rpartition(":")

    system.bucket = await stack.enter_async_context(gate_before(f"127.0.0.1:{port}"))
    await system.add(
        stack,
        "bucket",
        fake_gcs.server_command(port, folder=data / "objects", public=system.bucket.address),
    )
    endpoint = f"http://{system.bucket.address}"
    system.environment |= {
        "LAYERON_PRODUCTION": "true",
        "LAYERON_DATABASE_URL": f"postgresql://postgres@{host}:{database_port}/postgres",
        "LAYERON_BLOBS": f"gs://{_BUCKET}/raw",
        "STORAGE_EMULATOR_HOST": endpoint,
    }

    async def connect() -> None:
        await asyncio.to_thread(lambda: psycopg.connect(server.url()).close())

    async def create_bucket() -> None:
        await asyncio.to_thread(fake_gcs.create_bucket, endpoint, _BUCKET)

    await _eventually("PostgreSQL", connect, psycopg.OperationalError)
    await _eventually("the bucket", create_bucket, OSError)


async def _eventually(
    name: str, attempt: Callable[[], Awaitable[T]], trouble: type[Exception]
) -> T:
    """What *attempt* gives, once it raises no such trouble."""
    with suppress(TimeoutError):
        async with asyncio.timeout(_READY_SECONDS):
            while True:
                try:
                    return await attempt()
                except trouble:
                    await asyncio.sleep(0.1)
    raise RuntimeError(f"{name} is not ready after {_READY_SECONDS} s; see its log")
