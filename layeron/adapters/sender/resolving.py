"""Looking up names, so that name servers that hang do not hold up those that answer."""

import asyncio
import socket
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor

Resolve = Callable[[str], Awaitable[list[str]]]
"""Gives the IP addresses of a host name, the best first; raises `socket.gaierror`."""

_THREADS = 64
_PER_DOMAIN, _PER_SUBDOMAIN = 8, 4
"""Look-ups at once below one name of two labels, such as ``example.com``, and of three: where
strangers share what is sold as one label more (``co.uk``), one of them has not all of it."""


class Resolver:
    """Asks the system, in threads of its own: those of the event loop are few and others' too.

    Of the threads each domain gets a few, so one whose name servers hang does not take them all.
    A name that is asked for while it is looked up already is not looked up twice. Nothing is
    remembered afterwards.

    Args:
        look_up: gives the addresses of a name, in a thread.
    """

    def __init__(self, look_up: Callable[[str], list[str]] | None = None) -> None:
        self._look_up = look_up or _ask_the_system
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="layeron-names")
        self._asked: dict[str, asyncio.Future[list[str]]] = {}
        self._under_way: Counter[str] = Counter()
        self._one_ended = asyncio.Event()

    async def __call__(self, host: str) -> list[str]:
        """The addresses of *host* in the order to try them."""
        limits = _limits(host)
        while host not in self._asked and not self._has_room(limits):
            await self._one_ended.wait()
        asked = self._asked.get(host)
        if asked is None:
            loop = asyncio.get_running_loop()
            asked = loop.run_in_executor(self._threads, self._look_up, host)
            self._asked[host] = asked
            self._under_way.update(limits.keys())
            asked.add_done_callback(lambda done: self._forget(host, done))
        return await asyncio.shield(asked)  # one that gives up does not take it from the others

    def close(self) -> None:
        """Let the threads end; what a name server still owes an answer is not waited for."""
        for each in self._asked.values():
            each.cancel()
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _has_room(self, limits: Mapping[str, int]) -> bool:
        return all(self._under_way[name] < most for name, most in limits.items())

    def _forget(self, host: str, done: asyncio.Future[list[str]]) -> None:
        del self._asked[host]
        self._under_way -= Counter(_limits(host).keys())  # what is at zero is dropped
        self._one_ended.set()
        self._one_ended = asyncio.Event()
        if not done.cancelled():
            done.exception()  # it may be that nobody waits for it any more


def _limits(host: str) -> Mapping[str, int]:
    """How many look-ups there may be at once of all names, and below each that *host* ends in."""
    labels = host.rstrip(".").split(".")
    limits = {"": _THREADS, ".".join(labels[-2:]): _PER_DOMAIN}
    if len(labels) > 2:  # noqa: PLR2004  # else it is the domain itself
        limits[".".join(labels[-3:])] = _PER_SUBDOMAIN
    return limits


def _ask_the_system(host: str) -> list[str]:
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))
