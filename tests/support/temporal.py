"""A real Temporal server for tests: the one that ``layeron dev`` embeds."""

import asyncio
import os
import signal
import socket
from collections.abc import AsyncGenerator, Generator, Mapping
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from temporalio.client import Client

from layeron.adapters.temporal.converter import DATA_CONVERTER
from layeron.adapters.temporal.embedded import server_command, wait_until_ready
from layeron.cli.process import Child

NAMESPACE = "default"

_FORGET_AT_ONCE = {
    "history.transferProcessorEnsureCloseBeforeDelete": "false",
    "history.visibilityProcessorEnsureCloseBeforeDelete": "false",
}
"""Lets a test delete a workflow in milliseconds instead of half a minute."""


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


class TemporalServer:
    """The server's process, which a test may kill and start again on the same file."""

    def __init__(self, folder: Path, settings: Mapping[str, str] | None = None) -> None:
        self.port = free_port()
        command = server_command(
            folder / "temporal.db", host="127.0.0.1", port=self.port, ui_port=free_port()
        )
        for name, value in {**_FORGET_AT_ONCE, **(settings or {})}.items():
            command += ["--dynamic-config-value", f"{name}={value}"]
        self._child = Child("engine", command, log=folder / "temporal.log")

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    async def start(self) -> None:
        await self._child.start()
        await wait_until_ready(self.address, NAMESPACE)

    async def kill(self) -> None:
        await self._child.kill()

    @contextmanager
    def frozen(self) -> Generator[None]:
        """Meanwhile it answers nobody; what it was sent it does in the end."""
        os.kill(self._child.pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(self._child.pid, signal.SIGCONT)

    async def stop(self) -> None:
        await self._child.stop(patience=5)

    async def connect(self) -> Client:
        return await Client.connect(
            self.address, namespace=NAMESPACE, data_converter=DATA_CONVERTER
        )


@asynccontextmanager
async def running_temporal(
    folder: Path, settings: Mapping[str, str] | None = None
) -> AsyncGenerator[TemporalServer]:
    """Run a server until the end of the block; *settings* are its own, by their names."""
    server = TemporalServer(folder, settings)
    await server.start()
    try:
        yield server
    finally:
        await asyncio.shield(server.stop())
