"""A queue in front of equal places, simulated event by event: how long work waits for a place."""

import heapq
import random
from dataclasses import dataclass

_SEED = 1
_ARRIVALS = 400_000
_WARM_UP = 0.1
"""Of the arrivals: those before the queue is as it stays."""


@dataclass(frozen=True, slots=True)
class Load:
    """Work that arrives by chance, as senders who know nothing of each other send it.

    Attributes:
        places: that work can be done in at once: slots of workers, connections, CPUs.
        busy: the part of the time that a place is taken.
        service_seconds: how long work takes on average; most takes less, some much more.
    """

    places: int
    busy: float
    service_seconds: float


@dataclass(frozen=True, slots=True)
class Waits:
    """How long work waited, in seconds."""

    mean: float
    median: float
    p99: float


def waits(load: Load) -> Waits:
    """Simulate; the same load gives the same waits."""
    chance = random.Random(_SEED)  # noqa: S311  # a simulation, repeatable
    between = load.service_seconds / (load.busy * load.places)
    free_at = [0.0] * load.places
    now, waited = 0.0, list[float]()
    for _ in range(_ARRIVALS):
        now += chance.expovariate(1 / between)
        begins = max(now, free_at[0])
        waited.append(begins - now)
        heapq.heapreplace(free_at, begins + chance.expovariate(1 / load.service_seconds))
    steady = sorted(waited[int(_WARM_UP * len(waited)) :])
    return Waits(
        mean=sum(steady) / len(steady),
        median=steady[len(steady) // 2],
        p99=steady[int(0.99 * len(steady))],
    )
