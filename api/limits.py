"""How often one caller may ask: a token bucket for each, in this process."""

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from math import ceil

_MOST_CALLERS = 10_000


@dataclass(slots=True)
class _Bucket:
    left: float
    filled_at: float


class Limits:
    """Lets each caller ask so many times a second, and twice as many at once.

    Of the callers the latest ten thousand are kept; one that is forgotten starts anew.

    Args:
        per_second: of each caller.
        clock: seconds that only go on.
    """

    def __init__(self, per_second: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._per_second = per_second
        self._most = max(2 * per_second, 1)
        self._clock = clock
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()

    def wait(self, caller: str) -> int:
        """Whole seconds until this caller may ask again; 0 for now."""
        left = self._filled(caller).left
        return 0 if left >= 1 else ceil((1 - left) / self._per_second)

    def take(self, caller: str) -> int:
        """The same; it has asked if it may."""
        wait = self.wait(caller)
        if not wait:
            self._buckets[caller].left -= 1
        return wait

    def _filled(self, caller: str) -> _Bucket:
        now = self._clock()
        bucket = self._buckets.setdefault(caller, _Bucket(self._most, now))
        self._buckets.move_to_end(caller)
        if len(self._buckets) > _MOST_CALLERS:
            self._buckets.popitem(last=False)
        gained = (now - bucket.filled_at) * self._per_second
        bucket.left, bucket.filled_at = min(self._most, bucket.left + gained), now
        return bucket
