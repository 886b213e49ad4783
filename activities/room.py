"""How many requests one worker process makes at once, and how many of them to one endpoint."""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Generator, Sequence
from contextlib import asynccontextmanager, contextmanager

_SLOW_SECONDS = 1


class Room:
    """Places for requests, which no endpoint can have all for itself.

    When half of the places are taken by requests that are slow, each endpoint gets the fewer the
    fewer are left: however many hang, those that answer find a place.

    Args:
        at_once: how many places there are.
        to_one: how many of them one endpoint gets at most.
    """

    def __init__(self, *, at_once: int, to_one: int) -> None:
        self._at_once = at_once
        self._to_one = to_one
        self._free = asyncio.Semaphore(at_once)
        self._under_way: Counter[str] = Counter()
        self._slow = 0

    @contextmanager
    def admit(self, endpoints: Sequence[str]) -> Generator[Sequence[str]]:
        """Those among them that get one request more, until the block ends."""
        left = self._at_once - self._slow
        most = max(1, min(self._to_one, 2 * self._to_one * left // self._at_once))
        admitted = [each for each in endpoints if self._under_way[each] < most]
        self._under_way.update(admitted)
        try:
            yield admitted
        finally:
            self._under_way.subtract(admitted)
            for each in admitted:
                if not self._under_way[each]:
                    del self._under_way[each]

    @asynccontextmanager
    async def place(self) -> AsyncGenerator[None]:
        """A place for one request, as soon as one is free."""
        async with self._free:
            slow = 0

            def count() -> None:
                nonlocal slow
                slow = 1
                self._slow += 1

            timer = asyncio.get_running_loop().call_later(_SLOW_SECONDS, count)
            try:
                yield
            finally:
                timer.cancel()
                self._slow -= slow
