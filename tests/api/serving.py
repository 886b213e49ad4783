"""The API behind a real uvicorn on loopback, and connections that say any bytes."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

from api.application import Front, build_api
from api.main import server_config
from layeron.adapters.server import Server
from layeron.listening import listen
from layeron.settings import Settings
from tests.support.service import Service

_PATIENCE_SECONDS = 20


@asynccontextmanager
async def serving(service: Service, **settings: object) -> AsyncGenerator[str]:
    """Serve the service's application over HTTP, as ``api.main`` does; gives ``host:port``.

    Args:
        service: its parts are used.
        settings: what to set otherwise than the service has it, as values of `Settings`.
    """
    known = service.settings.model_copy(update=settings)
    front = build_api(service.app, service.tools, known)
    try:
        async with listening(front, known) as address:
            yield address
    finally:
        await front.close()


@asynccontextmanager
async def listening(front: Front, settings: Settings) -> AsyncGenerator[str]:
    """Serve an application over HTTP, as ``api.main`` does; gives ``host:port``."""
    with listen("127.0.0.1", 0, "the test's port") as listener:
        server = Server(server_config(front, settings))
        task = asyncio.create_task(server.serve(sockets=[listener]))
        while not server.started:
            assert not task.done()
            await asyncio.sleep(0.01)
        host, port = listener.getsockname()
        try:
            yield f"{host}:{port}"
        finally:
            server.should_exit = True
            await task


@dataclass
class Connection:
    """One connection to a server."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def say(self, data: bytes) -> None:
        """Send bytes; a server that has hung up already is for `answer` to see."""
        with suppress(ConnectionError):
            self.writer.write(data)
            await self.writer.drain()

    async def drip(self, data: bytes) -> None:
        """Send bytes one after the other, slowly, until the server hangs up."""
        for byte in data:
            if self.reader.at_eof() or self.reader.exception():
                return
            await self.say(bytes([byte]))
            await asyncio.sleep(0.02)

    async def answer(self) -> tuple[int, bytes]:
        """Status and body of the next answer; status 0 if the connection ends without one."""
        async with asyncio.timeout(_PATIENCE_SECONDS):
            try:
                head = await self.reader.readuntil(b"\r\n\r\n")
            except (asyncio.IncompleteReadError, ConnectionError):
                return 0, b""
            status = int(head.split(b" ")[1])
            lines = head.lower().split(b"\r\n")
            length = next(each for each in lines if each.startswith(b"content-length:"))
            return status, await self.reader.readexactly(int(length.partition(b":")[2]))

    async def is_ended(self) -> bool:
        """Wait until the server hangs up; what it says before is dropped."""
        async with asyncio.timeout(_PATIENCE_SECONDS):
            with suppress(ConnectionError):
                await self.reader.read()
        return True


@asynccontextmanager
async def connected(address: str) -> AsyncGenerator[Connection]:
    """Connect to ``host:port``."""
    host, _, port = address.partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    try:
        yield Connection(reader, writer)
    finally:
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()


def head(
    *fields: str,
    method: str = "POST",
    path: str = "/webhooks/vendor",
    host: str = "hooks.example.com",
) -> bytes:
    """The head of a request with these header fields."""
    lines = [f"{method} {path} HTTP/1.1", f"Host: {host}", *fields, "", ""]
    return "\r\n".join(lines).encode("latin-1")


async def exchange(address: str, data: bytes) -> int:
    """Send bytes on a connection of their own; the status of the answer, 0 for none."""
    async with connected(address) as connection:
        await connection.say(data)
        status, _ = await connection.answer()
        return status
