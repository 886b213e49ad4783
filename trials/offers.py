"""What a provider offered, and how it was answered: passed between two processes as lines."""

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import quantiles

_FEWEST = 2


@dataclass(frozen=True, slots=True)
class Offer:
    """One event and the provider's tries to hand it over.

    Attributes:
        id: the provider's.
        due: when it was to be sent first, by the machine's monotonic clock.
        accepted: when it was answered 202; None if it never was.
        event_id: what our system calls it, by its answer.
        refusals: what the tries before came to, such as ``503`` or ``ClientOSError``.
    """

    id: str
    due: float
    accepted: float | None
    event_id: str | None
    refusals: list[str]

    @property
    def acknowledged_in(self) -> float:
        """Seconds from when it was due to its 202, with all tries; it must have come."""
        if self.accepted is None:
            raise ValueError(f"{self.id} was never accepted")
        return self.accepted - self.due


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """How long 202 took, in seconds."""

    p50: float
    p99: float
    longest: float


def acknowledgement(offers: Iterable[Offer]) -> Acknowledgement:
    """Over all that were accepted; without two of them nobody can say."""
    times = [each.acknowledged_in for each in offers if each.accepted is not None]
    if len(times) < _FEWEST:
        return Acknowledgement(math.inf, math.inf, math.inf)
    hundredths = quantiles(times, n=100, method="inclusive")
    return Acknowledgement(hundredths[49], hundredths[98], max(times))


def write(path: Path, offers: Sequence[Offer]) -> None:
    """Hand them over to whoever reads the file."""
    path.write_text("".join(f"{json.dumps(asdict(each))}\n" for each in offers))


def read(path: Path) -> list[Offer]:
    """What a provider wrote."""
    return [Offer(**json.loads(line)) for line in path.read_text().splitlines()]
