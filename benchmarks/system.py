"""The system under measurement: engine, API and worker as `layeron dev` starts them."""

import asyncio
import os
import secrets
import sys
import tempfile
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2
from temporalio.client import Client

from benchmarks.application import KEY
from layeron.adapters.database import upgrade
from layeron.adapters.secret_sources import open_secret_source
from layeron.adapters.temporal.connection import connect
from layeron.adapters.temporal.embedded import server_command, wait_until_ready
from layeron.cli.ports import claim
from layeron.cli.process import Child
from layeron.secrets import ENCRYPTION_KEY
from layeron.settings import Settings, load_settings

_READY_SECONDS = 30
_NAMESPACE = "default"


@dataclass(frozen=True, slots=True)
class System:
    """What runs, and how it is reached."""

    settings: Settings
    temporal: Client
    engine: Child

    @property
    def port(self) -> int:
        """Of the API."""
        return self.settings.port


@asynccontextmanager
async def running_system(*, worker: bool) -> AsyncGenerator[System]:
    """Run the system on an empty folder: each part a process, the engine on a durable file."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        ports = claim(dict.fromkeys(("API", "engine", "UI"), ("127.0.0.1", 0)))
        port, temporal_port, ui_port = ports
        settings = load_settings(
            data_dir=folder,
            port=port,
            temporal_address=f"127.0.0.1:{temporal_port}",
            temporal_namespace=_NAMESPACE,
        )
        command = server_command(
            folder / "temporal.db", host="127.0.0.1", port=temporal_port, ui_port=ui_port
        )
        engine = Child("engine", command, log=folder / "engine.log")
        await _start(stack, engine)
        upgrade(settings.effective_database_url)
        await wait_until_ready(f"127.0.0.1:{temporal_port}", _NAMESPACE)
        for part in ("serve", "worker") if worker else ("serve",):
            command = [sys.executable, "-m", "layeron", part]
            environment = _environment(settings)
            log = folder / f"{part}.log"
            await _start(stack, Child(part, command, env=environment, log=log))
        await _ready(settings)
        secrets = open_secret_source(settings.secrets, folder, settings.secrets_refresh)
        yield System(settings, await connect(settings, secrets, lazy=False), engine)


def prepare_environment() -> None:
    """Leave only what is measured: our defaults, keys, and events sent to this machine."""
    for name in [each for each in os.environ if each.startswith(("LAYERON_", "TEMPORAL_"))]:
        del os.environ[name]
    os.environ[KEY] = secrets.token_hex()
    os.environ[ENCRYPTION_KEY.name] = secrets.token_hex()
    os.environ["LAYERON_OUTBOUND_ALLOW"] = "127.0.0.0/8"


def _environment(settings: Settings) -> dict[str, str]:
    return os.environ | {
        "LAYERON_APP": "benchmarks.application:app",
        "LAYERON_DATA_DIR": str(settings.data_dir),
        "LAYERON_PORT": str(settings.port),
        "LAYERON_TEMPORAL_ADDRESS": str(settings.temporal_address),
        "LAYERON_TEMPORAL_NAMESPACE": _NAMESPACE,
    }


async def _start(stack: AsyncExitStack, child: Child) -> None:
    await child.start()
    stack.push_async_callback(child.stop, patience=5)


async def _ready(settings: Settings) -> None:
    url = f"http://127.0.0.1:{settings.port}"
    async with httpx2.AsyncClient(base_url=url, trust_env=False) as http:
        for _ in range(_READY_SECONDS * 10):
            try:
                if (await http.get("/health/ready")).is_success:
                    return
            except httpx2.TransportError:
                pass
            await asyncio.sleep(0.1)
    log = (settings.data_dir / "serve.log").read_text()
    raise RuntimeError(f"the API is not ready after {_READY_SECONDS} s:\n{log[-2_000:]}")
