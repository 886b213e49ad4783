"""A provider that sends signed events as fast, or as steadily, as it is told."""

import asyncio
import json
import os
import time
import uuid
from collections.abc import Iterable, Sequence

from benchmarks.application import FINE, KEY, orders
from layeron.request import Request
from layeron.testing import signed_request

CONCURRENCY = 16
"""Past ten at once, more only wait longer."""
FILLER = "x" * 900
"""Makes a body about 1 kB large."""


def new_event(event_type: str = FINE) -> Request:
    """A signed event that nobody saw before."""
    payload = {"id": f"evt_{uuid.uuid4().hex}", "type": event_type, "note": FILLER}
    return signed_request(orders, payload, secrets=os.environ[KEY])


def on_the_wire(request: Request) -> bytes:
    """The request as HTTP/1.1."""
    fields: Sequence[tuple[str, str]] = [
        ("host", "127.0.0.1"),
        ("content-length", str(len(request.body))),
        *request.headers.items(),
    ]
    head = "".join(f"{name}: {value}\r\n" for name, value in fields)
    return f"{request.method} {request.path} HTTP/1.1\r\n{head}\r\n".encode() + request.body


async def send_all(port: int, events: Iterable[Request]) -> float:
    """Send over `CONCURRENCY` connections, each event when the one before it is answered.

    Gives the events accepted a second.
    """
    waiting = [on_the_wire(each) for each in events]
    count = len(waiting)

    async def send_some() -> None:
        connection = await Connection.open(port)
        while waiting:
            await connection.send(waiting.pop())
        connection.close()

    start = time.perf_counter()
    await asyncio.gather(*(send_some() for _ in range(CONCURRENCY)))
    return count / (time.perf_counter() - start)


async def send_steadily(port: int, events: Iterable[Request], *, per_second: float) -> list[float]:
    """Send at an even pace, whether or not earlier ones are answered.

    Gives what each took in milliseconds, counted from when it was due.
    """
    requests = [on_the_wire(each) for each in events]
    free: list[Connection] = []
    start = time.perf_counter() + 0.1

    async def send_at(due: float, request: bytes) -> float:
        await asyncio.sleep(due - time.perf_counter())
        connection = free.pop() if free else await Connection.open(port)
        await connection.send(request)
        free.append(connection)
        return (time.perf_counter() - due) * 1000

    times = await asyncio.gather(
        *(send_at(start + number / per_second, each) for number, each in enumerate(requests))
    )
    for connection in free:
        connection.close()
    return times


class Connection:
    """One connection kept alive: so little code that it costs the system nothing."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @classmethod
    async def open(cls, port: int) -> "Connection":
        """Connect to the API."""
        return cls(*await asyncio.open_connection("127.0.0.1", port))

    async def send(self, request: bytes) -> str:
        """Send a request that `on_the_wire` made ready, and must be accepted; its event's id."""
        self._writer.write(request)
        head = (await self._reader.readuntil(b"\r\n\r\n")).lower()
        length = int(head.partition(b"content-length:")[2].partition(b"\r\n")[0])
        body = await self._reader.readexactly(length)
        told = json.loads(body)
        if not head.startswith(b"http/1.1 202 ") or told["status"] != "accepted":
            raise RuntimeError(f"not accepted: {head!r} {body!r}")
        return str(told["event_id"])

    def close(self) -> None:
        """Disconnect."""
        self._writer.close()
