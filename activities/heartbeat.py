"""Beat while a handler runs, so that a dead worker is noticed within seconds."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager

from temporalio import activity

_EVERY_SECONDS = 5


@asynccontextmanager
async def heartbeats() -> AsyncGenerator[Callable[[], None]]:
    """Beat in the background; gives a function that beats at once, from any thread."""
    loop, beat = asyncio.get_running_loop(), activity.heartbeat

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
