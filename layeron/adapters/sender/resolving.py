"""Looking up names, so that one name server that hangs does not hold up the others."""

import asyncio
import socket
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor

Resolve = Callable[[str], Awaitable[list[str]]]
"""Gives the IP addresses of a host name, the best first; raises `socket.gaierror`."""

_THREADS = 64


class Resolver:
    """Asks the system, in threads of its own: those of the event loop are few and others' too.

    A name that is asked for while it is looked up already is not looked up twice, so a dead name
    server holds one thread for each of its names. Nothing is remembered afterwards.
    """

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="layeron-names")
        self._asked: dict[str, asyncio.Future[list[str]]] = {}

    async def __call__(self, host: str) -> list[str]:
        """The addresses of *host* in the order to try them."""
        asked = self._asked.get(host)
        if asked is None:
            loop = asyncio.get_running_loop()
            asked = loop.run_in_executor(self._threads, _look_up, host)
            self._asked[host] = asked
            asked.add_done_callback(lambda done: self._forget(host, done))
        return await asyncio.shield(asked)  # one that gives up does not take it from the others

    def _forget(self, host: str, done: asyncio.Future[list[str]]) -> None:
        del self._asked[host]
        if not done.cancelled():
            done.exception()  # it may be that nobody waits for it any more


def _look_up(host: str) -> list[str]:
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))
