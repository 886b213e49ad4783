"""How much memory and how many open files the processes of the system have."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

import psutil

from trials.system import System

WATCHED = ("api", "worker")


@dataclass(frozen=True, slots=True)
class Sample:
    """One look at a part.

    Attributes:
        memory: resident, in MiB.
        handles: open files, sockets among them.
    """

    memory: float
    handles: int


def sample(system: System, name: str) -> Sample | None:
    """What a part has now; None between two of its lives."""
    with suppress(psutil.NoSuchProcess):
        processes = system.parts[name].processes()
        memory = sum(each.memory_info().rss for each in processes) / 2**20
        if processes:
            return Sample(memory, sum(each.num_fds() for each in processes))
    return None


@asynccontextmanager
async def watched(system: System, every: float) -> AsyncGenerator[dict[str, list[Sample]]]:
    """Samples of API and worker, taken each so many seconds until the end of the block."""
    found: dict[str, list[Sample]] = {name: [] for name in WATCHED}

    def look() -> None:
        for name, samples in found.items():
            if taken := sample(system, name):
                samples.append(taken)

    async def look_on() -> None:
        while True:
            look()
            await asyncio.sleep(every)

    looking = asyncio.create_task(look_on())
    try:
        yield found
    finally:
        looking.cancel()
        look()
