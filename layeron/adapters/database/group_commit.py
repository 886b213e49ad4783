"""Writes that come at once, made durable together: the disk is waited for once, not for each."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

from layeron.errors import UnavailableError

Item = TypeVar("Item")
Result = TypeVar("Result")


class GroupCommit(Generic[Item, Result]):
    """Gathers what comes while a write is under way, and writes that next, in the order it came.

    Whoever gives up waiting for its item may find it written all the same, if that has begun.
    """

    def __init__(
        self, write: Callable[[Sequence[Item]], Awaitable[Sequence[Result]]], *, most: int
    ) -> None:
        """Make it.

        Args:
            write: writes several durably, or none of them; gives a result for each.
            most: how many it is given at once.
        """
        self._write = write
        self._most = most
        self._queue: list[tuple[Item, asyncio.Future[Result]]] = []
        self._writing: asyncio.Task[None] | None = None

    async def add(self, item: Item) -> Result:
        """Write one, beside those that come at the same time.

        Raises:
            UnavailableError: nothing can be written now.
        """
        result: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._queue.append((item, result))
        if self._writing is None:
            self._writing = asyncio.create_task(self._write_all())
        return await result

    async def _write_all(self) -> None:
        try:
            # For those who gave up waiting, nothing is written, and nothing is kept.
            while wanted := [each for each in self._queue if not each[1].done()]:
                batch, self._queue = wanted[: self._most], wanted[self._most :]
                try:
                    await self._write_some(batch)
                except UnavailableError as trouble:
                    # Those that came meanwhile have waited for the same, and are told as soon.
                    _fail([*batch, *self._queue], trouble)
                    self._queue.clear()
            self._queue.clear()
        finally:
            self._writing = None

    async def _write_some(self, batch: Sequence[tuple[Item, asyncio.Future[Result]]]) -> None:
        try:
            results = await self._write([item for item, _ in batch])
        except UnavailableError:
            raise
        except Exception as error:  # noqa: BLE001  # whoever waits is told
            if len(batch) == 1:
                _fail(batch, error)
                return
            for each in batch:  # what is wrong with one of them is not the others' matter
                await self._write_some([each])
            return
        for (_, waiting), result in zip(batch, results, strict=True):
            if not waiting.done():
                waiting.set_result(result)


def _fail(batch: Sequence[tuple[Item, asyncio.Future[Result]]], error: Exception) -> None:
    for _, waiting in batch:
        if not waiting.done():
            waiting.set_exception(error)
