"""A circuit breaker: while a part is known not to answer, nobody waits for it."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Literal, TypeAlias

from layeron.errors import UnavailableError

BreakerState: TypeAlias = Literal["closed", "open", "half-open"]


class Breaker:
    """Opens with the first failure; whoever watches the part half-opens it, a success closes it.

    Half-open, it lets one attempt through at a time.

    Attributes:
        state: closed while the part is known to answer.
    """

    def __init__(self) -> None:
        self.state: BreakerState = "closed"
        self._trying = 0

    @property
    def admits(self) -> bool:
        """Whether an attempt makes sense now."""
        return self.state == "closed" or (self.state == "half-open" and not self._trying)

    @contextmanager
    def attempt(self) -> Generator[None]:
        """Learn from how an attempt ends; what fails for another reason tells nothing."""
        self._trying += 1
        try:
            yield
        except UnavailableError:
            self.state = "open"
            raise
        else:
            self.state = "closed"
        finally:
            self._trying -= 1

    def trip(self) -> None:
        """Open it: the part does not answer."""
        self.state = "open"

    def close(self) -> None:
        """Close it: the part answers."""
        self.state = "closed"

    def half_open(self) -> None:
        """Let it be tried, if it is open: the part seems to answer again."""
        if self.state == "open":
            self.state = "half-open"
