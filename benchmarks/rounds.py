"""Two ways to do the same, measured in turns: what changes on the machine meets both alike."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from statistics import median

Measure = Callable[[], Awaitable[float]]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Medians over the rounds.

    Attributes:
        ratio: of ours to bare, within each round.
    """

    ours: float
    bare: float
    ratio: float


async def compare(ours: Measure, bare: Measure, *, rounds: int) -> Comparison:
    """Measure both so many times, each going first in every other round, after a round unseen."""
    await ours()
    await bare()
    pairs: list[tuple[float, float]] = []
    for number in range(rounds):
        if number % 2:
            second = await bare()
            pairs.append((await ours(), second))
        else:
            pairs.append((await ours(), await bare()))
    return Comparison(
        ours=median(ours for ours, _ in pairs),
        bare=median(bare for _, bare in pairs),
        ratio=median(ours / bare for ours, bare in pairs),
    )
