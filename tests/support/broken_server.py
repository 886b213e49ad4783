"""Servers on loopback that misbehave on purpose."""

import asyncio
import socket
import ssl
import struct
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from urllib.parse import urlsplit

Connection = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def serving(answer: Connection, *, tls: ssl.SSLContext | None = None) -> AsyncGenerator[str]:
    """Let *answer* deal with each connection to a free port, and give the ``host:port``."""
    talking: set[asyncio.Task[None]] = set()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async with _closing(writer):
            await answer(reader, writer)

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(talk(reader, writer))
        talking.add(task)
        task.add_done_callback(talking.discard)

    server = await asyncio.start_server(accept, "127.0.0.1", 0, ssl=tls)
    host, port = server.sockets[0].getsockname()
    try:
        yield f"{host}:{port}"
    finally:
        server.close()
        for task in talking:
            task.cancel()
        await asyncio.gather(*talking, return_exceptions=True)
        await server.wait_closed()


async def hang(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Take everything and never answer."""
    del writer
    await reader.read()


async def reset(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Break the connection off as soon as something was said."""
    await reader.read(1)
    raw: socket.socket = writer.get_extra_info("socket")
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def answering(status: int, body: bytes = b"{}") -> Connection:
    """Answer each HTTP request with this status and body, and end the connection."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        await respond(writer, status, body)

    return answer


async def respond(writer: asyncio.StreamWriter, status: int, body: bytes = b"{}") -> None:
    """Write one HTTP answer after which the connection ends."""
    head = f"HTTP/1.1 {status} As Told\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    writer.write(head.encode() + body)
    await writer.drain()


async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Send the body of an answer one byte at a time, without an end."""
    await read_request(reader)
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n")
    while not writer.is_closing():
        writer.write(b"x")
        await writer.drain()
        await asyncio.sleep(0.05)


def first(times: int, trouble: Connection, then: Connection) -> Connection:
    """Give the first connections to *trouble* and all others to *then*."""
    left = times

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal left
        left -= 1
        await (trouble if left >= 0 else then)(reader, writer)

    return answer


def passing_on(
    endpoint: str, *, sent: tuple[bytes, bytes] = (b"", b""), got: tuple[bytes, bytes] = (b"", b"")
) -> Connection:
    """Pass bytes on to the HTTP server at *endpoint* and back, altering some on their way.

    Args:
        endpoint: base URL of the server.
        sent: which bytes to replace by which in what the client sends.
        got: the same in what the server answers.
    """
    target = urlsplit(endpoint)

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        back, forth = await asyncio.open_connection(target.hostname, target.port)
        async with _closing(forth):
            await asyncio.gather(_pump(reader, forth, *sent), _pump(back, writer, *got))

    return answer


@asynccontextmanager
async def _closing(writer: asyncio.StreamWriter) -> AsyncGenerator[None]:
    """Close a connection at the end, whatever the other side does to it."""
    try:
        yield
    except asyncio.CancelledError:
        writer.transport.abort()
        raise
    except (ConnectionError, asyncio.IncompleteReadError):
        pass
    finally:
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()


async def _pump(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, old: bytes, new: bytes
) -> None:
    while chunk := await reader.read(2**16):
        writer.write(chunk.replace(old, new) if old else chunk)
        await writer.drain()
    writer.write_eof()


async def read_request(reader: asyncio.StreamReader) -> bytes:
    """Read one HTTP request whole; nothing at the end of the connection."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return b""
    body = b""
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            body = await reader.readexactly(int(line.partition(b":")[2]))
    return head + body
