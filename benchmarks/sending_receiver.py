"""``python -m benchmarks.sending_receiver PORT``: where events are sent, in a process of its own.

It does so little with a request that it costs the system next to nothing. What it does goes by the
path's first part: ``/well`` takes all, ``/once`` fails each event's first attempt, ``/hang`` never
answers. ``/arrivals`` tells when each event came first, by the clock of `perf_counter`, which all
processes share.
"""

import asyncio
import json
import re
import sys
import time

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_ID = re.compile(rb"\r\nwebhook-id: *([^\r]+)", re.IGNORECASE)
_OK = b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n%s"
_FAILED = b"HTTP/1.1 500 Internal Server Error\r\ncontent-length: 0\r\n\r\n"


class Receiver(asyncio.Protocol):
    """One connection, on which requests come one after the other."""

    arrivals: dict[str, float] = {}  # noqa: RUF012  # of all connections
    _failed: set[tuple[bytes, str]] = set()  # noqa: RUF012  # of all connections

    def __init__(self) -> None:
        self._waiting = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep what answers are written to."""
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer each request when it is whole."""
        self._waiting += data
        while (end := self._waiting.find(b"\r\n\r\n")) >= 0:
            head = self._waiting[:end]
            length = _LENGTH.search(head)
            end += 4 + (int(length[1]) if length else 0)
            if len(self._waiting) < end:
                return
            self._waiting = self._waiting[end:]
            self._answer(head)

    def _answer(self, head: bytes) -> None:
        path = head.split(b" ", 2)[1]
        answer: bytes | None
        if path == b"/arrivals":
            told = json.dumps(self.arrivals).encode()
            answer = _OK % (len(told), told)
        else:
            event_id = _ID.search(head)
            answer = self._take(path, event_id[1].decode() if event_id else "")
        if answer is not None and isinstance(self._transport, asyncio.WriteTransport):
            self._transport.write(answer)

    def _take(self, path: bytes, event_id: str) -> bytes | None:
        self.arrivals.setdefault(event_id, time.perf_counter())
        if path.startswith(b"/hang"):
            return None
        if path.startswith(b"/once") and (path, event_id) not in self._failed:
            self._failed.add((path, event_id))
            return _FAILED
        return _OK % (0, b"")


async def serve(port: int) -> None:
    """Answer until the process is ended."""
    server = await asyncio.get_running_loop().create_server(Receiver, "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))
