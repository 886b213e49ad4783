"""Starts what waits in the inbox, in the order in which it came, as soon as the engine takes it."""

import asyncio
import logging
import uuid
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from layeron.errors import UnavailableError
from layeron.ports.engine import Duplicate, Engine
from layeron.ports.inbox import Inbox, Pending, Settled
from layeron.starts import Starts, is_queued, start_now
from layeron.tracing import continuing

logger = logging.getLogger("layeron.inbox")

_PAUSE_SECONDS = 1
_BATCH = 64
_AT_ONCE = 16
_FIRST_DELAY = timedelta(seconds=1)
_MOST_DOUBLINGS = 9  # of the delay, to about ten minutes


@dataclass(slots=True)
class _Round:
    """What became of a batch: those in neither list were not tried."""

    started: list[Settled] = field(default_factory=list[Settled])
    refused: list[Pending] = field(default_factory=list[Pending])


class Drainer:
    """One of them runs in every process; at a time, one of them has events to start.

    A process that dies leaves them to the next one: a start that is made again is found to be the
    same event.
    """

    def __init__(self, starts: Starts, engine: Engine, inbox: Inbox, *, lease: timedelta) -> None:
        """Make it.

        Args:
            starts: what the process starts events with; is told whether the engine answers.
            engine: where workflows run.
            inbox: what is drained.
            lease: after this time, others may have what this one took and did not start.
        """
        self._starts = starts
        self._engine = engine
        self._inbox = inbox
        self._lease = lease
        self._owner = uuid.uuid4().hex
        self._has_some = False
        self._troubled = False

    async def run(self) -> None:
        """Drain until cancelled."""
        try:
            while True:
                if not await self._drain_safely():
                    await asyncio.sleep(_PAUSE_SECONDS)
        finally:
            if self._has_some:
                with suppress(UnavailableError):
                    await self._inbox.release(self._owner, at=datetime.now(UTC))

    async def drain(self) -> bool:
        """Start some of what waits, if the engine takes it; whether any was.

        Raises:
            UnavailableError: the inbox does not answer.
        """
        breaker = self._starts.breaker
        if breaker.state == "open" and await self._engine_answers():
            breaker.half_open()
        waiting = await self._starts.look()
        if not waiting.events or breaker.state == "open":
            return False
        # The first alone tells whether the engine takes starts again.
        return await self._drain_some(_BATCH if breaker.state == "closed" else 1)

    async def _drain_safely(self) -> bool:
        try:
            progress = await self.drain()
        except UnavailableError as trouble:
            if not self._troubled:
                logger.warning("the inbox cannot be drained now: %s", trouble)
            self._troubled = True
            return False
        except Exception:
            logger.exception("draining the inbox failed")
            return False
        self._troubled = False
        return progress

    async def _drain_some(self, limit: int) -> bool:
        now = datetime.now(UTC)
        batch = await self._inbox.claim(self._owner, limit=limit, at=now, until=now + self._lease)
        self._has_some = bool(batch)
        if not batch:
            return False
        done = await self._start_in_order(batch)
        if done.started:
            await self._inbox.settle(done.started, at=datetime.now(UTC))
            logger.info("%d events that waited in the inbox were started", len(done.started))
        await self._set_aside(done.refused)
        if len(done.started) < len(batch):
            await self._inbox.release(self._owner, at=datetime.now(UTC))
        self._has_some = False
        return bool(done.started)

    async def _start_in_order(self, batch: Sequence[Pending]) -> _Round:
        """Begin them in their order; each one for queues only after the one before it."""
        done, limit = _Round(), asyncio.Semaphore(_AT_ONCE)
        queued = [each for each in batch if is_queued(each.event)]
        others = [[each] for each in batch if not is_queued(each.event)]

        async def start(several: Sequence[Pending]) -> None:
            async with limit:
                for each in several:
                    if done.refused:
                        return  # the others are not made to wait for an engine that is away
                    await self._start(each, done)

        await asyncio.gather(*map(start, [queued, *others]))
        return done

    async def _start(self, pending: Pending, done: _Round) -> None:
        try:
            with continuing(pending.event.traceparent):
                answer = await start_now(self._engine, pending.event, pending.body)
        except UnavailableError as trouble:
            logger.warning("%s: not started yet: %s", pending.event.event_id, trouble)
            done.refused.append(pending)
        except Exception:
            # Whatever is wrong with this one, those behind it shall be started.
            logger.exception("%s: not started yet", pending.event.event_id)
            done.refused.append(pending)
        else:
            self._starts.breaker.close()
            repeats = answer if isinstance(answer, Duplicate) else None
            done.started.append(Settled(pending, repeats))

    async def _set_aside(self, refused: Sequence[Pending]) -> None:
        """If the engine answers otherwise, it is these that it does not take: others go first."""
        if not refused:
            return
        if not await self._engine_answers():
            self._starts.breaker.trip()
            return
        for each in refused:
            delay = _FIRST_DELAY * 2 ** min(each.refusals, _MOST_DOUBLINGS)
            await self._inbox.postpone([each.number], until=datetime.now(UTC) + delay)

    async def _engine_answers(self) -> bool:
        try:
            await self._engine.check()
        except UnavailableError:
            return False
        return True


@asynccontextmanager
async def draining(drainer: Drainer) -> AsyncGenerator[None]:
    """Drain until the end of the block."""
    running = asyncio.create_task(drainer.run())
    try:
        yield
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
