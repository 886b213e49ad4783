"""The network as the connection pool sees it: a name leads to checked addresses alone."""

from collections.abc import Iterable
from ipaddress import IPv6Address, ip_address
from typing import Final

import httpcore2

from layeron.adapters.sender.guard import Guard, NotSentError
from layeron.adapters.sender.network import Network
from layeron.outbound.addresses import IPAddress

_MOST_ADDRESSES: Final = 4
_SECONDS_PER_ADDRESS: Final = 4.0
"""Before the next one is tried: two repetitions of a lost packet. The last has all that is left."""


class GuardedNetwork(Network):
    """Resolves once, checks what it got, and connects to exactly that.

    Args:
        guard: the rules.
        secure: whether TLS follows on every connection.
    """

    def __init__(self, guard: Guard, *, secure: bool) -> None:
        super().__init__()
        self._guard = guard
        self._secure = secure

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - the interface is httpcore2's
        local_address: str | None = None,  # noqa: ARG002 - see above
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,  # noqa: ARG002 - see above
    ) -> httpcore2.AsyncNetworkStream:
        """Connect to the first address of *host* that takes the connection.

        Raises:
            NotSentError: the address is refused, or nobody took the connection.
        """
        found = await self._guard.addresses(host.strip("[]"), port, secure=self._secure)
        *others, last = found[:_MOST_ADDRESSES]
        for address in others:
            try:
                return await self._connect(address, port, _SECONDS_PER_ADDRESS)
            except NotSentError:
                continue  # the last one's failure is told
        return await self._connect(last, port, timeout)

    async def _connect(
        self, address: IPAddress, port: int, seconds: float | None
    ) -> httpcore2.AsyncNetworkStream:
        shown = f"[{address}]" if isinstance(address, IPv6Address) else str(address)
        where = f"{shown}:{port}"
        try:
            stream = await super().connect_tcp(str(address), port, seconds)
        except httpcore2.ConnectTimeout as error:
            raise NotSentError("connect", f"no answer from {where}") from error
        except httpcore2.ConnectError as error:
            raise NotSentError("connect", _why(error, where)) from error
        peer = stream.get_extra_info("server_addr")
        if peer and ip_address(peer[0]) == address:
            return stream
        await stream.aclose()
        if peer:
            raise NotSentError("refused_url", f"{where} was connected to at another address")
        raise NotSentError("connect", f"{where} broke off the connection at once")


def _why(error: BaseException, where: str) -> str:
    while error.__cause__ is not None:
        error = error.__cause__
    if isinstance(error, ConnectionRefusedError):
        return f"connection refused by {where}"
    said = error.strerror if isinstance(error, OSError) else None
    return f"no connection to {where}: {said or 'it failed'}"
