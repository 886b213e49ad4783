"""How much waits for workers, as far as the engine tells it soon enough for people to look at."""

import asyncio
from collections.abc import Sequence

from layeron.errors import UnavailableError
from layeron.ports.engine import Backlog, Engine

_PATIENCE_SECONDS = 2.0
"""What is on record is shown all the same; whoever looks at it does not wait for an outage."""


async def known_backlog(engine: Engine) -> Sequence[Backlog] | None:
    """What waits; None if the engine does not answer now."""
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            return await engine.backlog()
    except (TimeoutError, UnavailableError):
        return None
