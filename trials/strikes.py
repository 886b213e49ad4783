"""What each fault does to the system; when a strike returns, it is over and nobody lends a hand."""

import asyncio
import resource
import secrets
import time
from contextlib import suppress

from tests.support.broken_server import answering
from trials.clock import Clock
from trials.disk import SmallDisk
from trials.system import System

_BETWEEN_KILLS_SECONDS = 4
_FILL_EVERY_SECONDS = 0.5
_AN_HOUR_SECONDS = 3600


async def kill(system: System, seconds: float, *names: str) -> None:
    """Kill these parts at one moment, again and again."""
    until = time.monotonic() + seconds
    while True:
        for each in names:
            system.parts[each].kill()
        if time.monotonic() + _BETWEEN_KILLS_SECONDS > until:
            return
        await asyncio.sleep(_BETWEEN_KILLS_SECONDS)


async def freeze(system: System, seconds: float, name: str) -> None:
    """Stop a part as if its network were cut, and let it go on."""
    system.parts[name].freeze()
    await asyncio.sleep(seconds)
    system.parts[name].thaw()


async def refuse_bodies(system: System, seconds: float) -> None:
    """Have the bucket answer 503 to everything."""
    assert system.bucket is not None
    await system.bucket.guard(answering(503))
    await asyncio.sleep(seconds)
    await system.bucket.shut()
    await system.bucket.open()


async def slow_database(system: System, seconds: float) -> None:
    """Hold up what goes to the database and what comes back, half a second in all."""
    assert system.database is not None
    system.database.delay = 0.25
    await asyncio.sleep(seconds)
    system.database.delay = 0.0


async def fill_disk(system: System, seconds: float, *, disk: SmallDisk | None) -> None:
    """Leave no space to engine, database and bucket; without a disk of ours, to the database."""
    until = time.monotonic() + seconds
    if disk is None:
        _limit_files(system, 0)
        await asyncio.sleep(seconds)
        _limit_files(system, resource.RLIM_INFINITY)
        return
    while time.monotonic() < until:
        await asyncio.to_thread(disk.fill)
        await asyncio.sleep(_FILL_EVERY_SECONDS)
    disk.clear()


def _limit_files(system: System, size: int) -> None:
    for each in system.parts["database"].processes():
        with suppress(ProcessLookupError):
            resource.prlimit(each.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


async def jump(system: System, seconds: float, *, clock: Clock) -> None:
    """Let the clock of API and worker jump an hour ahead, two back, and to the truth."""
    for offset in (_AN_HOUR_SECONDS, -_AN_HOUR_SECONDS):
        clock.set(offset)
        await asyncio.sleep(seconds / 2)
    clock.set(0)
    del system


async def confuse_secret(system: System, seconds: float) -> None:
    """Replace the webhook's secret and its previous value by wrong ones, and set it right."""
    for _ in range(2):
        await system.set_secret(secrets.token_hex())
    await asyncio.sleep(seconds)
    await system.set_secret(system.secret)


async def storm(system: System, seconds: float) -> None:
    """A slow database and a bucket that refuses, while API, worker and engine are killed."""
    async with asyncio.TaskGroup() as together:
        together.create_task(slow_database(system, seconds))
        together.create_task(refuse_bodies(system, seconds))
        together.create_task(kill(system, seconds, "api", "worker"))
        together.create_task(kill(system, seconds / 2, "engine"))
