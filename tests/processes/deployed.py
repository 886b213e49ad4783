"""The service as it is deployed: `serve` and `worker` on products of their own."""

import json
import shutil
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from tests.processes.local import APPLICATION
from tests.processes.sending import Operator
from tests.support.command import Running, running, said
from tests.support.fake_gcs import create_bucket
from tests.support.temporal import NAMESPACE, TemporalServer

BUCKET = "bodies"


@dataclass(frozen=True)
class API:
    """A running `layeron serve`, its address, and somebody with a key to it."""

    process: Running
    url: str
    operator: Operator


@dataclass(frozen=True)
class Deployment:
    """What the processes of a deployment share.

    Attributes:
        folder: where they run; holds the application as ``hooks.py``.
        storage: base URL of the bucket's server.
        variables: their environment.
        key: to the API.
    """

    folder: Path
    temporal: TemporalServer
    storage: str
    variables: Mapping[str, str]
    key: str

    @contextmanager
    def api(self, name: str, **more: str) -> Generator[API]:
        """Run `layeron serve` until the end of the block."""
        with self.running("serve", name, **more) as process:
            url = process.until(r"the API listens on (http://[0-9.:]+)")[1]
            yield API(process, url, Operator(url, self.key))

    @contextmanager
    def worker(self, name: str, **more: str) -> Generator[Running]:
        """Run `layeron worker` until the end of the block."""
        with self.running("worker", name, **more) as process:
            process.until("the worker runs on task queue")
            yield process

    def handled(self) -> list[dict[str, Any]]:
        """What handlers wrote down, in order."""
        path = self.folder / "handled"
        lines = path.read_text().splitlines() if path.exists() else []
        return [json.loads(line) for line in lines]

    def release(self) -> None:
        """Let the held orders go on."""
        (self.folder / "released").touch()

    def hold(self) -> None:
        """Hold orders again."""
        (self.folder / "released").unlink(missing_ok=True)

    @contextmanager
    def running(self, command: str, name: str, **more: str) -> Generator[Running]:
        """Run a command of the deployment until the end of the block."""
        log = self.folder / f"{name}.log"
        with running(command, folder=self.folder, log=log, **{**self.variables, **more}) as process:
            yield process


def deployment_of(
    folder: Path, temporal: TemporalServer, database: str, storage: str
) -> Deployment:
    """Prepare the products and the folder of a deployment."""
    shutil.copy(APPLICATION, folder / "hooks.py")
    create_bucket(storage, BUCKET)
    variables = {
        "LAYERON_PRODUCTION": "true",
        "LAYERON_APP": "hooks:app",
        "LAYERON_DATABASE_URL": database,
        "LAYERON_BLOBS": f"gs://{BUCKET}/raw",
        "STORAGE_EMULATOR_HOST": storage,
        "LAYERON_TEMPORAL_ADDRESS": temporal.address,
        "LAYERON_TEMPORAL_NAMESPACE": NAMESPACE,
        "LAYERON_PORT": "0",
    }
    said("db", "upgrade", folder=folder, **variables)
    key = said("keys", "create", "tests", folder=folder, **variables).strip()
    return Deployment(folder, temporal, storage, variables, key)


def log_lines(process: Running) -> list[dict[str, Any]]:
    """What a process has logged; each line must be JSON."""
    return [cast("dict[str, Any]", json.loads(line)) for line in process.output.splitlines()]
