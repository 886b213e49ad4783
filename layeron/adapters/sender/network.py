"""The network of httpcore2, with every connection closed that nobody will use."""

import select
import socket
import ssl
from collections.abc import Iterable
from typing import Any, cast

import httpcore2


class Network(httpcore2.AsyncNetworkBackend):
    """Connects over asyncio."""

    def __init__(self) -> None:
        # A cast, because it is declared a second time for where anyio is missing.
        self._network = cast("httpcore2.AsyncNetworkBackend", httpcore2.AnyIOBackend())

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - the interface is httpcore2's
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        """Connect to a name or an address."""
        return _Stream(
            await self._network.connect_tcp(host, port, timeout, local_address, socket_options)
        )


class _Stream(httpcore2.AsyncNetworkStream):
    """Closes itself when its TLS handshake is cancelled, as happens at a deadline.

    httpcore2 does so after errors alone, and what hangs would pile up. Besides, the pool asks all
    idle connections whether they ended, at each request: here that is one look at the socket.
    """

    def __init__(self, stream: httpcore2.AsyncNetworkStream) -> None:
        self._stream = stream
        self._peer = stream.get_extra_info("server_addr")
        self._socket: socket.socket | None = stream.get_extra_info("socket")
        self._ended = select.poll()
        if self._socket is not None and self._socket.fileno() >= 0:
            self._ended.register(self._socket, select.POLLIN)

    async def read(
        self,
        max_bytes: int,
        timeout: float | None = None,  # noqa: ASYNC109 - the interface is httpcore2's
    ) -> bytes:
        return await self._stream.read(max_bytes, timeout)

    async def write(
        self,
        buffer: bytes,
        timeout: float | None = None,  # noqa: ASYNC109 - the interface is httpcore2's
    ) -> None:
        await self._stream.write(buffer, timeout)

    async def aclose(self) -> None:
        await self._stream.aclose()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109 - the interface is httpcore2's
    ) -> httpcore2.AsyncNetworkStream:
        try:
            return _Stream(await self._stream.start_tls(ssl_context, server_hostname, timeout))
        except BaseException:
            await self._stream.aclose()
            raise

    def get_extra_info(self, info: str) -> Any:
        if info == "is_readable":
            gone = self._socket is None or self._socket.fileno() < 0
            return gone or bool(self._ended.poll(0))
        if info == "server_addr":
            return self._peer
        return self._stream.get_extra_info(info)
