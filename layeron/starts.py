"""Starting events: in the engine or, while that does not take them, by way of the inbox."""

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import TypeVar

from layeron.breaker import Breaker
from layeron.errors import EngineUnavailableError, UnavailableError
from layeron.outbound.records import OutboundEvent
from layeron.ports.engine import Duplicate, Engine, Execution, Started
from layeron.ports.inbox import Inbox, Waiting
from layeron.ports.records import RecordStore
from layeron.records import EventFilter, InboundEvent
from layeron.tracing import traceparent

logger = logging.getLogger("layeron.inbox")

Answer = TypeVar("Answer")

_AT_ONCE = 32
"""So many starts one process asks of the engine at once. A slow one gets no more in a burst than it
can take while senders like to wait: what comes beyond waits in the inbox instead."""

_EVENT_BYTES = 1_000
"""What an event takes beside its body, about, until what waits is counted again."""


class Starts:
    """Makes events durable, once per key and window, whichever part takes them.

    A start goes to the engine. What that does not take within *patience*, or would not for all we
    know, goes to the inbox, from where a `Drainer` starts it. If the inbox does not take it either,
    the engine is asked once more before anybody is refused.

    Attributes:
        breaker: tells whether the engine is worth asking.
    """

    def __init__(
        self,
        engine: Engine,
        inbox: Inbox,
        records: RecordStore,
        *,
        patience: timedelta,
        limit: int,
    ) -> None:
        """Make it.

        Args:
            engine: where workflows run.
            inbox: where events wait.
            records: which events of before are known.
            patience: how long a sender waits for the engine.
            limit: bytes that the inbox may hold, about: it is looked at every second.
        """
        self.breaker = Breaker()
        self._engine = engine
        self._inbox = inbox
        self._records = records
        self._patience = patience.total_seconds()
        self._limit = limit
        self._flying: Counter[str] = Counter()
        self._known: Waiting | None = None
        self._retention: timedelta | None = None
        # Bytes this process put into the inbox, ever, and those of them that were counted.
        self._added = self._counted = 0

    async def start(
        self, event: InboundEvent | OutboundEvent, body: bytes | None
    ) -> Started | Duplicate:
        """Make an event durable, unless one with its key is inside the window.

        Args:
            event: its workflow id is that of the first generation.
            body: the raw bytes, or None when they are stored already.

        Raises:
            UnavailableError: neither the engine nor the inbox took it.
        """
        if is_queued(event) and not self._held:
            with suppress(UnavailableError):
                await self.look()  # whether it would overtake others, of another process too
        # What goes to the inbox is looked for there anyway.
        if self._admits(event) and (first := await self._waiting_first(event)):
            return first
        asked = self._admits(event)
        if asked:
            with suppress(EngineUnavailableError):
                return await self._ask_to_start(event, body)
        try:
            return await self._keep(event, body)
        except UnavailableError as trouble:
            if asked or (is_queued(event) and self._held):
                raise  # it was not taken, or would overtake others
            logger.warning("%s: the inbox does not take it: %s", event.event_id, trouble)
        return await self._ask_to_start(event, body)

    async def find(self, event_id: str) -> Execution | None:
        """What is known of an event that has no record yet.

        Raises:
            UnavailableError: inbox or engine does not answer.
        """
        if pending := await self._inbox.find(event_id):
            return Execution(pending.event, pending.body, None, "accepted")
        return await self._engine.find(event_id)

    async def retention(self) -> timedelta:
        """How long the engine remembers what has ended; none, while that cannot be asked."""
        if self._retention is None and self.breaker.admits:
            with suppress(EngineUnavailableError):
                self._retention = await self._ask(self._engine.retention())
        return self._retention or timedelta(0)

    async def look(self) -> Waiting:
        """Count what waits; to be done often, as what comes next depends on it.

        Raises:
            DatabaseUnavailableError: the inbox does not answer.
        """
        counted = self._added
        self._known = await self._inbox.waiting()
        self._counted = counted
        return self._known

    async def check_inbox(self) -> None:
        """Return if the inbox takes events.

        Raises:
            UnavailableError: it does not answer, or is full.
        """
        await self.look()
        self._refuse_if_full()

    @property
    def _held(self) -> int | None:
        """Bytes in the inbox; None before they were counted."""
        if self._known is None:
            return None
        return self._known.size + self._added - self._counted

    def _admits(self, event: InboundEvent | OutboundEvent) -> bool:
        """Whether the engine shall be asked to start an event now."""
        if is_queued(event) and self._held:
            return False  # it would overtake those before it in its queue
        # A repeat of what is being started asks as that did, to get the same answer.
        return bool(self._flying[event.workflow_id]) or (
            self.breaker.admits and self._flying.total() < _AT_ONCE
        )

    async def _waiting_first(self, event: InboundEvent | OutboundEvent) -> Duplicate | None:
        """The event with the same key in the inbox; if it is missed, a drainer sees to it."""
        if self._held == 0 or _key_of(event) is None:
            return None
        with suppress(UnavailableError, TimeoutError):
            async with asyncio.timeout(self._patience):
                return await self._inbox.find_first(event)
        return None

    async def _ask_to_start(
        self, event: InboundEvent | OutboundEvent, body: bytes | None
    ) -> Started | Duplicate:
        self._flying[event.workflow_id] += 1
        try:
            return await self._ask(start_now(self._engine, event, body))
        finally:
            self._flying[event.workflow_id] -= 1
            if not self._flying[event.workflow_id]:
                del self._flying[event.workflow_id]

    async def _ask(self, question: Awaitable[Answer]) -> Answer:
        before = self.breaker.state
        try:
            with self.breaker.attempt():
                try:
                    async with asyncio.timeout(self._patience):
                        return await question
                except TimeoutError as error:
                    raise EngineUnavailableError("the engine did not answer in time") from error
        except EngineUnavailableError as trouble:
            if before == "closed":
                logger.warning("%s; events wait in the inbox until it takes them", trouble)
            raise

    async def _keep(
        self, event: InboundEvent | OutboundEvent, body: bytes | None
    ) -> Started | Duplicate:
        self._refuse_if_full()
        first = await self._on_record(event)
        if first == event.event_id:
            # It was started after all, and has been begun.
            begun = await self._records.get_event(event.event_id)
            return Started(replace(event, workflow_id=begun.workflow_id))
        if first is not None:
            return Duplicate(first, event.workflow_id, None)
        if waiting := await self._inbox.add(replace(event, traceparent=traceparent()), body):
            return waiting
        self._added += len(body or b"") + _EVENT_BYTES
        return Started(event, waits=True)

    async def _on_record(self, event: InboundEvent | OutboundEvent) -> str | None:
        """The id of an event with the same key that is known from before the engine went away."""
        key = _key_of(event)
        if key is None:
            return None
        if isinstance(event, InboundEvent):
            return await self._records.find_live_key(
                event.namespace,
                event.webhook,
                key,
                ttl_seconds=event.dedupe_ttl_seconds,
                at=event.received_at,
            )
        same_key = EventFilter(
            direction="outbound",
            namespace=event.namespace,
            webhook=event.webhook,
            external_event_id=key,
        )
        page = await self._records.list_events(same_key, limit=1)
        return page.events[0].id if page.events else None

    def _refuse_if_full(self) -> None:
        if (self._held or 0) >= self._limit:
            raise UnavailableError(
                f"the inbox holds {self._held} bytes, and LAYERON_INBOX_LIMIT is {self._limit}"
            )


async def start_now(
    engine: Engine, event: InboundEvent | OutboundEvent, body: bytes | None
) -> Started | Duplicate:
    """Start an event in the engine, and put it into the queues it goes to.

    Raises:
        EngineUnavailableError: the engine does not take it.
    """
    answer = await engine.start(event, body)
    if isinstance(answer, Started) and isinstance(event, OutboundEvent):
        with suppress(UnavailableError):
            # For the order of sending; the workflow tells the queues again, to be sure.
            for each in event.lanes:
                await engine.enqueue(event, each)
    return answer


def is_queued(event: InboundEvent | OutboundEvent) -> bool:
    """Whether it goes to an endpoint that takes one after the other."""
    return isinstance(event, OutboundEvent) and bool(event.lanes)


def _key_of(event: InboundEvent | OutboundEvent) -> str | None:
    return event.dedupe_key if isinstance(event, InboundEvent) else event.idempotency_key
