"""Beat while an activity works, so that a dead worker is noticed within seconds."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager

from temporalio import activity

_EVERY_SECONDS = 5


@asynccontextmanager
async def heartbeats(details: Sequence[object] = ()) -> AsyncGenerator[Callable[[], None]]:
    """Beat in the background; gives a function that beats at once, from any thread.

    Args:
        details: what the next attempt of the activity is told, as it is at each beat.
    """
    loop = asyncio.get_running_loop()

    def beat() -> None:
        activity.heartbeat(*details)

    async def beat_on() -> None:
        while True:
            await asyncio.sleep(_EVERY_SECONDS)
            beat()

    def beat_now() -> None:
        loop.call_soon_threadsafe(beat)

    beating = asyncio.create_task(beat_on())
    try:
        yield beat_now
    finally:
        beating.cancel()
