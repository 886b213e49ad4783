"""What came of offering a load, and what of it missed its target."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from trials.judging import Verdict
from trials.offers import Acknowledgement
from trials.system import Store
from trials.watching import Sample

HEAD = ("load", "on", "offered", "a second", "accepted", "at once", "ack p50 ms", "p99 ms",
        "longest ms", "drained after s", "lost", "doubled")  # fmt: skip
PARTS_HEAD = ("load", "on", "part", "MiB before", "most", "after", "files before", "most", "after")
_MORE_MEMORY = 1.1
_MORE_HANDLES = 10


@dataclass(frozen=True, slots=True)
class Profile:
    """How many events are offered, at which pace.

    Attributes:
        all_at_once: each must be answered 202 at its first try, within `p99` seconds but for one
            in a hundred.
        flat: memory and open files must not grow.
    """

    per_second: float
    seconds: float
    all_at_once: bool = False
    p99: float = 1.0
    flat: bool = False

    @property
    def count(self) -> int:
        """How many that are."""
        return round(self.per_second * self.seconds)


@dataclass(frozen=True, slots=True)
class Result:
    """What came of one profile on one store.

    Attributes:
        drained: seconds from the last offer's time to the end of the last handling.
        samples: of memory and open files, by part.
    """

    name: str
    store: Store
    profile: Profile
    verdict: Verdict
    at_once: int
    ack: Acknowledgement
    drained: float
    samples: dict[str, list[Sample]]

    @property
    def misses(self) -> list[str]:
        """What was not reached, in words."""
        return self.judged_by(self.profile)

    def judged_by(self, profile: Profile) -> list[str]:
        """What of this profile's targets was not reached."""
        found = self.verdict
        missed = [] if found.is_good else ["events were lost, doubled or never accepted"]
        if profile.all_at_once:
            if self.at_once < found.offered:
                missed.append(f"{found.offered - self.at_once} were not answered 202 at once")
            if self.ack.p99 >= profile.p99:
                missed.append(f"the p99 is not under {profile.p99:g} s")
        if profile.flat:
            missed += [f"the {part} grows" for part, taken in self.samples.items() if _grows(taken)]
        return missed

    @property
    def row(self) -> Sequence[str]:
        """Its line of the report."""
        found, ack = self.verdict, self.ack
        return (
            self.name,
            self.store,
            *(f"{each:,.0f}" for each in (found.offered, self.profile.per_second, found.accepted)),
            f"{self.at_once:,}",
            *(f"{1000 * each:,.0f}" for each in (ack.p50, ack.p99, ack.longest)),
            f"{self.drained:.1f}",
            str(found.lost),
            str(found.doubled),
        )

    @property
    def part_rows(self) -> list[Sequence[str]]:
        """The lines about its processes."""
        return [
            (
                self.name,
                self.store,
                part,
                *_first_most_last([each.memory for each in samples]),
                *_first_most_last([each.handles for each in samples]),
            )
            for part, samples in self.samples.items()
        ]


def _grows(samples: Sequence[Sample]) -> bool:
    """Whether the last quarter has more than the second; in the first one caches fill."""
    quarter = len(samples) // 4
    early, late = samples[quarter : 2 * quarter], samples[-quarter:]
    memory = [median(each.memory for each in some) for some in (early, late)]
    handles = [median(each.handles for each in some) for some in (early, late)]
    return memory[1] > memory[0] * _MORE_MEMORY or handles[1] > handles[0] + _MORE_HANDLES


def _first_most_last(values: Sequence[float]) -> list[str]:
    return [f"{each:.0f}" for each in (values[0], max(values), values[-1])]
