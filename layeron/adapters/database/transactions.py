"""Transactions in threads of their own, repeated where that is safe, under one deadline."""

import asyncio
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from typing import TypeAlias, TypeVar

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from layeron.adapters.database.faults import lost_a_race, unavailable
from layeron.errors import DatabaseUnavailableError

Result = TypeVar("Result")
Work: TypeAlias = Callable[[Session], Result]

DEADLINE_SECONDS = 5
# A failure that took longer than this has waited enough; repeating it would pass the deadline.
_QUICK_SECONDS = 2
_PAUSES = (0.02, 0.1, 0.3)


class Transactions:
    """Runs functions of a session, each as one transaction.

    They raise `DatabaseUnavailableError` for failures of the database, and when it gives no
    answer within `DEADLINE_SECONDS`, whatever the reason.
    """

    def __init__(self, engine: Engine, *, threads: int) -> None:
        self._reader = engine
        self._writer = engine.execution_options(writes=True)
        self._threads = ThreadPoolExecutor(threads, "layeron-database")
        # SQLite has one writer at a time; queueing for it here is fairer than its polling.
        self._turn: AbstractContextManager[object] = (
            threading.Lock() if engine.dialect.name == "sqlite" else nullcontext()
        )

    async def read(self, work: Work[Result]) -> Result:
        """Run a function that only reads."""
        return await self._run(self._reader, nullcontext(), work)

    async def write(self, work: Work[Result]) -> Result:
        """Run a function and make all it wrote durable, or nothing of it."""
        return await self._run(self._writer, self._turn, work)

    async def close(self) -> None:
        """Wait for what is under way, and disconnect."""
        await asyncio.to_thread(self._threads.shutdown, cancel_futures=True)
        self._reader.dispose()

    async def _run(
        self, engine: Engine, turn: AbstractContextManager[object], work: Work[Result]
    ) -> Result:
        abandoned = threading.Event()
        answer = asyncio.get_running_loop().run_in_executor(
            self._threads, _repeat, engine, turn, work, abandoned
        )
        try:
            async with asyncio.timeout(DEADLINE_SECONDS):
                return await answer
        except TimeoutError:
            raise no_answer() from None
        finally:
            abandoned.set()


def _repeat(
    engine: Engine,
    turn: AbstractContextManager[object],
    work: Work[Result],
    abandoned: threading.Event,
) -> Result:
    pauses = iter(_PAUSES)
    slow = time.monotonic() + _QUICK_SECONDS
    while True:
        committing = False
        with turn, Session(engine, expire_on_commit=False) as session:
            try:
                result = work(session)
                session.flush()
                if abandoned.is_set():
                    # Nobody waits any more, and whoever does the work again must not meet it.
                    raise no_answer()
                committing = True
                session.commit()
            except DBAPIError as error:
                failure = unavailable(error)
                if failure is None:
                    raise
                # A commit whose answer was lost may have happened: only its caller can tell.
                is_undone = not committing or lost_a_race(error)
                pause = next(pauses, None)
                if pause is None or not is_undone or time.monotonic() > slow:
                    raise failure from error
            else:
                return result
        time.sleep(pause)


def no_answer() -> DatabaseUnavailableError:
    """What is told after `DEADLINE_SECONDS`."""
    return DatabaseUnavailableError(f"the database did not answer within {DEADLINE_SECONDS} s.")
