"""A provider's process, as the trials see it: it offers, and is asked for what came of it."""

import asyncio
import os
import secrets
import sys
from pathlib import Path

from trials import offers
from trials.application import KEY
from trials.offers import Offer
from trials.system import System

_UNTIL_STOPPED = 1_000_000


class Offering:
    """Events of one provider, whose ids begin alike.

    Attributes:
        prefix: what they begin with.
    """

    def __init__(self, prefix: str, process: asyncio.subprocess.Process, result: Path) -> None:
        self.prefix = prefix
        self._process = process
        self._result = result

    async def stop(self) -> list[Offer]:
        """Offer nothing more, and give everything once each offer was answered or given up."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        return await self.end()

    async def end(self) -> list[Offer]:
        """Everything, once all was offered and answered.

        Raises:
            RuntimeError: the provider itself failed, with what it said on standard error.
        """
        if await self._process.wait():
            raise RuntimeError("the provider failed")
        return await asyncio.to_thread(offers.read, self._result)

    def kill(self) -> None:
        """End the process, if it still runs."""
        if self._process.returncode is None:
            self._process.kill()


async def begin(
    system: System,
    *,
    per_second: float,
    count: int = _UNTIL_STOPPED,
    patience: float = 120,
    large_every: int = 0,
) -> Offering:
    """Begin to offer events; by themselves they end after *count*."""
    prefix = f"{secrets.token_hex(6)}-"
    result = system.folder / f"offers-{prefix}"
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "trials.provider", system.url, str(result)),
        *("--prefix", prefix, "--count", str(count), "--per-second", str(per_second)),
        *("--patience", str(patience), "--large-every", str(large_every)),
        env={**os.environ, KEY: system.secret, "PYTHONPATH": system.environment["PYTHONPATH"]},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    await process.stdout.readline()  # it says that it begins
    return Offering(prefix, process, result)
