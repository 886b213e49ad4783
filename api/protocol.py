"""uvicorn's HTTP, made safe for strangers: a head has a time and a size, and names one host.

uvicorn itself waits for ever for a head that never ends, and reads one of any size. Fields that
trail a body it adds to those of the head.
"""

import asyncio
import re
from collections.abc import Iterator
from functools import partial
from http import HTTPStatus
from typing import Any, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from api.receiver import LARGEST_HEAD

_A_BYTE_AT_A_TIME = len(b"1\r\nx\r\n")
"""What a byte of a body costs at most that comes in chunks without extensions."""


class GuardedProtocol(HttpToolsProtocol):
    """Ends a connection whose sender takes too long, or too much, to say what it wants.

    Args:
        head_seconds: from the connection, or the first byte of a later request, to a head's end.
    """

    def __init__(self, *args: Any, head_seconds: float, **options: Any) -> None:
        super().__init__(*args, **options)
        self._head_seconds = head_seconds
        self._size = 0  # of the message that is being read
        self._body_size = 0
        self._reading_head = True
        self._deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn narrows it
        """Begin to wait for a head."""
        super().connection_made(transport)
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no longer."""
        self._stop_waiting()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Count what is no body, and let uvicorn read it."""
        self._size += len(data)
        if self._reading_head and self._deadline is None and self._nothing_is_due():
            self._wait()
        super().data_received(data)
        # After a head these are extensions of chunks, and fields that trail the last one.
        if self._size - _A_BYTE_AT_A_TIME * self._body_size > LARGEST_HEAD:
            self._refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a field of a head; one that trails a body would pass for one, past every proxy."""
        if self._reading_head:
            super().on_header(name, value)

    def on_body(self, body: bytes) -> None:
        """Part of the body is there."""
        self._body_size += len(body)
        super().on_body(body)

    def on_headers_complete(self) -> None:
        """The head is there: what comes now is the application's to wait for.

        Raises:
            ValueError: it names two hosts, of which a proxy may have gone by the other one; uvicorn
                answers 400.
        """
        if len({*self._hosts()}) > 1:
            raise ValueError
        self._reading_head = False
        self._stop_waiting()
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """What comes now is the next request's head."""
        super().on_message_complete()
        self._reading_head = True
        self._size = self._body_size = 0

    def on_response_complete(self) -> None:
        """Let the connection go if its request was answered before it had come whole."""
        if self.cycle.response_complete and self.cycle.more_body:
            self.transport.close()
        super().on_response_complete()

    def _hosts(self) -> Iterator[bytes]:
        """The hosts that the head names: in a whole URL in its first line, and in ``Host``."""
        scheme, mark, rest = self.url.partition(b"://")
        if mark and scheme.isalpha():
            yield re.split(rb"[/?#]", rest, maxsplit=1)[0].lower()
        yield from (value.lower() for name, value in self.headers if name == b"host")

    def _nothing_is_due(self) -> bool:
        """Whether every request so far has its answer."""
        last = cast("Any", self.cycle)  # None before the first request, whatever its type says
        return last is None or last.response_complete

    def _wait(self) -> None:
        self._deadline = self.loop.call_later(
            self._head_seconds, self._refuse, HTTPStatus.REQUEST_TIMEOUT
        )

    def _stop_waiting(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _refuse(self, status: HTTPStatus) -> None:
        self._stop_waiting()
        if self._size and self._nothing_is_due() and not self.transport.is_closing():
            answer = f"HTTP/1.1 {status} {status.phrase}\r\n"
            answer += "connection: close\r\ncontent-length: 0\r\n\r\n"
            self.transport.write(answer.encode())
        self.transport.close()


def guarded(head_seconds: float) -> type[asyncio.Protocol]:
    """What `uvicorn.Config` takes as ``http`` and makes one of for each connection."""
    return cast("type[asyncio.Protocol]", partial(GuardedProtocol, head_seconds=head_seconds))
