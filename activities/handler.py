"""Run one attempt of a user's handler and say how it ended; nothing a handler does escapes."""

import asyncio
import contextvars
import inspect
import traceback
from concurrent.futures import Executor
from dataclasses import dataclass
from types import TracebackType
from typing import Any

from layeron.errors import PermanentError
from layeron.event import Context, Event
from layeron.handlers import BoundHandler
from layeron.records import AttemptOutcome

_LONGEST_TEXT = 2**16
"""Characters kept of an error and of its traceback, until secrets are out of them."""
_OUR_WAY = ("activities.", "layeron.", "asyncio.", "concurrent.futures.")


@dataclass(frozen=True, slots=True)
class Ending:
    """How a handler ended.

    Attributes:
        result: what it returned.
        error: type and message of what it raised.
        permanent: it said that another attempt cannot succeed.
    """

    outcome: AttemptOutcome
    result: Any = None
    error: str | None = None
    trace: str | None = None
    permanent: bool = False


class _ExitedError(Exception):
    """The handler asked the interpreter to exit; carried as an ordinary error."""


async def run_handler(
    handler: BoundHandler, event: Event, context: Context, *, limit: float, threads: Executor
) -> Ending:
    """Call the handler, at most *limit* seconds.

    A plain function runs in a thread; when its time is over it is no longer waited for, though
    Python cannot stop it.
    """
    task = asyncio.current_task()
    clock = asyncio.timeout(limit)
    try:
        async with clock:
            result = await _call(handler, event, context, threads)
    except asyncio.CancelledError as error:
        if task is not None and task.cancelling():
            raise  # the worker is stopping: this attempt is interrupted, not failed
        return _failure(error)
    except TimeoutError as error:
        if clock.expired():
            return Ending("timed_out", error=f"the handler took longer than {limit:g} s")
        return _failure(error)
    except Exception as error:  # noqa: BLE001  # whatever a handler raises is its attempt's outcome
        return _failure(error)
    return Ending("succeeded", result)


async def _call(handler: BoundHandler, event: Event, context: Context, threads: Executor) -> Any:
    if handler.is_async:
        try:
            return await handler.call(event, context)
        except (SystemExit, KeyboardInterrupt) as exit_:
            raise _ExitedError(repr(exit_)) from exit_
    copied = contextvars.copy_context()

    def call() -> Any:
        return copied.run(_guarded, handler, event, context)

    result = await asyncio.get_running_loop().run_in_executor(threads, call)
    return await result if inspect.isawaitable(result) else result


def _guarded(handler: BoundHandler, event: Event, context: Context) -> Any:
    try:
        return handler.call(event, context)
    except (SystemExit, KeyboardInterrupt, GeneratorExit) as exit_:
        raise _ExitedError(repr(exit_)) from exit_
    except StopIteration as error:
        # A future cannot carry it.
        raise RuntimeError("the handler raised StopIteration") from error


def _failure(error: BaseException) -> Ending:
    shown = error.__cause__ if isinstance(error, _ExitedError) and error.__cause__ else error
    lines = "".join(traceback.format_exception(type(shown), shown, _in_their_code(shown)))
    return Ending(
        "failed",
        error=f"{type(shown).__name__}: {shown}"[:_LONGEST_TEXT],
        trace=lines[-_LONGEST_TEXT:],
        permanent=isinstance(error, PermanentError),
    )


def _in_their_code(error: BaseException) -> TracebackType | None:
    """Where an error came from, without the way that we took to the handler."""
    place = error.__traceback__
    while place and place.tb_frame.f_globals.get("__name__", "").startswith(_OUR_WAY):
        place = place.tb_next
    return place or error.__traceback__
