"""What is remembered of secrets whose store is a network away."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, TypeAlias

from layeron.errors import SecretUnavailableError
from layeron.secrets import Secret, SecretValue

_CALM: Final = 10.0  # seconds at most before a store that gave nothing is asked again

logger = logging.getLogger(__name__)


class SecretRefusedError(SecretUnavailableError):
    """The store did answer, and there is no value for us: what is remembered no longer counts."""


Fetch: TypeAlias = Callable[[Secret, Sequence[SecretValue]], Awaitable[Sequence[SecretValue]]]
"""Asks the store for the live values of a secret; the second argument is what it said last.

Raises `SecretRefusedError`, or another `SecretUnavailableError` if the store does not answer.
"""


@dataclass(slots=True)
class _Known:
    """What is known of one secret; times are seconds of the monotonic clock.

    Attributes:
        values: what the store said last; none if it refused.
        read_at: when it said so.
        next_read: from when on it is asked again.
        trouble: why the last read brought nothing; empty if it brought values.
    """

    values: Sequence[SecretValue] = ()
    read_at: float = 0
    next_read: float = 0
    trouble: str = ""


class SecretMemory:
    """Asks the store once for all who want to know, and remembers what it said.

    When values are older than *refresh*, a look-up waits for the store. While the store does not
    answer, look-ups are content with what is remembered, and only the first of them waits.

    Args:
        fetch: asks the store.
        refresh: how long values are used before the store is asked again.
        keep: how long values are used while the store does not answer.
    """

    def __init__(self, fetch: Fetch, *, refresh: timedelta, keep: timedelta) -> None:
        self._fetch = fetch
        self._refresh = refresh.total_seconds()
        self._keep = keep.total_seconds()
        self._known: dict[Secret, _Known] = {}
        self._reading: dict[Secret, asyncio.Task[None]] = {}

    async def values(self, secret: Secret) -> Sequence[SecretValue]:
        """The live values, newest first.

        Raises:
            SecretUnavailableError: the store refused, or has not answered for too long.
        """
        known = self._known.setdefault(secret, _Known())
        if time.monotonic() >= known.next_read:
            reading = self._start_reading(secret, known)
            if not (known.trouble and self._usable(known)):
                await asyncio.shield(reading)  # others may be waiting for it
        if not self._usable(known):
            raise SecretUnavailableError(known.trouble)
        return known.values

    async def close(self) -> None:
        """Stop asking."""
        reading = tuple(self._reading.values())
        for task in reading:
            task.cancel()
        await asyncio.gather(*reading, return_exceptions=True)

    def _usable(self, known: _Known) -> bool:
        fresh_enough = not known.trouble or time.monotonic() - known.read_at < self._keep
        return bool(known.values) and fresh_enough

    def _start_reading(self, secret: Secret, known: _Known) -> asyncio.Task[None]:
        """The read of this secret that is under way; begun now if there is none."""
        reading = self._reading.get(secret)
        if reading is None:
            reading = asyncio.create_task(self._read(secret, known))
            reading.add_done_callback(lambda _: self._reading.pop(secret))
            self._reading[secret] = reading
        return reading

    async def _read(self, secret: Secret, known: _Known) -> None:
        try:
            known.values = await self._fetch(secret, known.values)
        except SecretUnavailableError as error:
            known.trouble = str(error)
            known.next_read = time.monotonic() + min(self._refresh, _CALM)
            if isinstance(error, SecretRefusedError):
                known.values = ()
            elif self._usable(known):
                logger.warning("%s Until it answers, what it said last is used.", error)
        else:
            known.trouble = ""
            known.read_at = time.monotonic()
            known.next_read = known.read_at + self._refresh
