"""Slow down those who guess keys."""

import time
from collections import deque

_MOST = 10
_SPAN_SECONDS = 60
_MOST_CLIENTS = 10_000


class FailedLogins:
    """Counts, in this process, the failed logins of each client; ten in a minute are enough."""

    def __init__(self) -> None:
        self._failures: dict[str, deque[float]] = {}

    def wait_seconds(self, client: str) -> int:
        """How long a client must wait before the next try; 0 for not at all."""
        failures = self._failures.get(client)
        if failures is None or len(failures) < _MOST:
            return 0
        return max(0, int(failures[0] + _SPAN_SECONDS - time.monotonic()) + 1)

    def note(self, client: str) -> None:
        """Count a failure."""
        if len(self._failures) >= _MOST_CLIENTS:
            self._failures.clear()
        self._failures.setdefault(client, deque(maxlen=_MOST)).append(time.monotonic())
