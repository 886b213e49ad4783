"""The system under measurement, a receiver beside it, and the application sending from here."""

import asyncio
import sys
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager, suppress

from benchmarks.application import app
from benchmarks.system import System, running_system
from layeron.adapters.toolbox import open_toolbox
from layeron.cli.ports import claim
from layeron.cli.process import Child
from layeron.services import connect_services

_READY_SECONDS = 10


@asynccontextmanager
async def running_sender() -> AsyncGenerator[tuple[System, str]]:
    """Run all three; gives the system and the receiver's address.

    This process sends as a web server of the application does, over the service's own parts.
    """
    async with AsyncExitStack() as stack:
        (port,) = claim({"receiver": ("127.0.0.1", 0)})
        command = [sys.executable, "-m", "benchmarks.sending_receiver", str(port)]
        receiver = Child("receiver", command)
        await receiver.start()
        stack.push_async_callback(receiver.stop, patience=5)
        system = await stack.enter_async_context(running_system(worker=True))
        tools = await stack.enter_async_context(open_toolbox(system.settings))
        connect_services(app, tools, system.settings)
        await _listening(port)
        yield system, f"http://127.0.0.1:{port}"


async def _listening(port: int) -> None:
    async with asyncio.timeout(_READY_SECONDS):
        while True:
            with suppress(ConnectionError):
                _, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.close()
                return
            await asyncio.sleep(0.05)
