"""Receivers of webhooks on loopback: well-behaved ones that count, and hostile ones."""

import asyncio
import ssl
from collections.abc import AsyncGenerator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from tests.support.broken_server import Connection, read_request, serving

CHUNK = b"x" * 2**16
GIGABYTE = 10**9


@dataclass
class Receiver:
    """What a receiver saw.

    Attributes:
        host: ``host:port`` it listens on.
    """

    host: str = ""
    connections: int = 0
    requests: list[bytes] = field(default_factory=list[bytes])

    @property
    def port(self) -> int:
        return int(self.host.rpartition(":")[2])


@asynccontextmanager
async def receiving(
    answer: bytes, *, a_connection: int = 1000, tls: ssl.SSLContext | None = None
) -> AsyncGenerator[Receiver]:
    """Answer every request by these bytes.

    Args:
        answer: status line, header and body.
        a_connection: how many requests are answered on each; the next is read, and then the
            connection is closed.
        tls: what to present itself with.
    """
    seen = Receiver()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.connections += 1
        for _ in range(a_connection):
            request = await read_request(reader)
            if not request:
                return
            seen.requests.append(request)
            writer.write(answer)
            await writer.drain()
        await read_request(reader)

    async with serving(talk, tls=tls) as host:
        seen.host = host
        yield seen


def saying(*parts: bytes, forever: bytes = b"", pause: float = 0, close: bool = True) -> Connection:
    """Answer a request with *parts*, then by *forever* again and again, then close or hang.

    Args:
        parts: what is written at once.
        forever: what is written until the client has enough.
        pause: seconds before each *forever*.
        close: the connection, if there is no *forever*.
    """

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        await _write(writer, parts)
        while forever:
            await asyncio.sleep(pause)
            await _write(writer, [forever])
        if not close:
            await reader.read()

    return talk


def gigabyte(sent: list[int]) -> Connection:
    """Answer with a body of 1 GB, and note in *sent* how much of it was taken."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        head = f"HTTP/1.1 200 OK\r\nContent-Length: {GIGABYTE}\r\n\r\n"
        await _write(writer, [head.encode()])
        sent.append(0)
        while sent[0] < GIGABYTE:
            await _write(writer, [CHUNK])
            sent[0] += len(CHUNK)

    return talk


async def _write(writer: asyncio.StreamWriter, parts: Iterable[bytes]) -> None:
    for part in parts:
        writer.write(part)
    await writer.drain()
