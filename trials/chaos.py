"""``python -m trials.chaos [FAULT …]``: break the system under load, and see that nothing is lost.

The whole system runs as processes; a provider in a process of its own offers signed events and
tries again as providers do. Each fault is followed by silence: whatever heals, heals by itself.
"""

import argparse
import asyncio
import sys
import time
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import ExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tests.support.report import ROOT, circumstances, table, write_section
from trials.clock import Clock, find_library
from trials.disk import small_disk
from trials.faults import CLOCK_JUMP, FULL_DISK, Fault, faults
from trials.judging import Verdict, judge
from trials.keeping import BadEndingError, kept_if_bad
from trials.offering import begin
from trials.system import System, running_system

_AROUND_SECONDS = 2
_PATIENCE_SECONDS = 240
_WORK_SECONDS = 0.1
_LARGE_EVERY = 5
_MOST_NAMED = 10
_PAGE = ROOT / "docs" / "faults.md"
_HEAD = ("fault", "lasts s", "restarts", "offered", "accepted", "handled", "lost", "doubled",
         "tried again", "ran again", "seconds to recover")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Trial:
    """One fault and what came of it.

    Attributes:
        lasted: seconds.
        restarts: of parts that ended, until all was handled.
        recovered: seconds from the fault's end until all that had been offered by then was handled.
    """

    name: str
    verdict: Verdict
    lasted: float
    restarts: int
    recovered: float

    @property
    def row(self) -> Sequence[str]:
        """Its line of the report."""
        found = self.verdict
        counts = (self.restarts, found.offered, found.accepted, found.handled, found.lost,
                  found.doubled, found.refusals.total(), found.repeated)  # fmt: skip
        return (
            self.name,
            f"{self.lasted:.0f}",
            *(f"{each:,}" for each in counts),
            f"{self.recovered:.1f}",
        )


async def attempt(
    system: System,
    name: str,
    fault: Fault,
    *,
    seconds: float,
    per_second: float,
    around_seconds: float = _AROUND_SECONDS,
) -> Trial:
    """Break the system in one way, while events come in: also for a while before and after it."""
    deaths = _deaths(system)
    offering = await begin(system, per_second=per_second, large_every=_LARGE_EVERY)
    try:
        await asyncio.sleep(around_seconds)
        began = time.monotonic()
        await fault.strike(system, seconds)
        over = time.monotonic()
        await asyncio.sleep(around_seconds)
        offers = await offering.stop()
    finally:
        offering.kill()
    verdict = await judge(system, offers, offering.prefix, patience=_PATIENCE_SECONDS, due_by=over)
    restarts = _deaths(system) - deaths
    return Trial(name, verdict, over - began, restarts, max(verdict.drained - over, 0))


def _deaths(system: System) -> int:
    return sum(each.deaths for each in system.parts.values())


async def run(
    folder: Path,
    names: Sequence[str],
    *,
    seconds: float | None = None,
    per_second: float = 10,
    library: Path | None = None,
) -> tuple[list[Trial], Mapping[str, Fault]]:
    """Try these faults in turn on one system, or all; gives what was found and what there is.

    Args:
        folder: an empty one.
        names: of the faults.
        seconds: how long each fault lasts, in place of its own length.
        per_second: events offered meanwhile.
        library: of the clock that jumps; without one that fault is not tried.
    """
    clock = Clock(library, folder / "clock") if library else None
    with ExitStack() as stack:
        fills = not names or FULL_DISK in names
        disk = stack.enter_context(small_disk(folder / "disk")) if fills else None
        known = faults(disk, clock)
        async with running_system(
            folder, "postgres", work_seconds=_WORK_SECONDS, data=disk.folder if disk else None
        ) as system:
            trials: list[Trial] = []
            for name in names or known:
                fault = known[name]
                print(f"{name}: {fault.about}", file=sys.stderr)
                async with _going_by(clock if name == CLOCK_JUMP else None, system):
                    trial = await attempt(
                        system, name, fault, seconds=seconds or fault.seconds, per_second=per_second
                    )
                print(f"  {_said(trial)}", file=sys.stderr)
                trials.append(trial)
    return trials, known


@asynccontextmanager
async def _going_by(clock: Clock | None, system: System) -> AsyncGenerator[None]:
    """API and worker go by this clock, which costs them something, until the end of the block."""
    if clock is None:
        yield
        return
    before = dict(system.environment)
    system.environment.update(clock.environment)
    await system.redeploy()
    yield
    system.environment.clear()
    system.environment.update(before)
    await system.redeploy()


def _said(trial: Trial) -> str:
    """A trial in one line, with the causes of what was not accepted at once, and a line of ids."""
    counts = zip(_HEAD[1:], trial.row[1:], strict=True)
    causes = ", ".join(f"{cause} x {n}" for cause, n in trial.verdict.refusals.most_common())
    said = ", ".join(f"{name} {count}" for name, count in counts)
    said += f" ({causes})" if causes else ""
    for kind, ids in trial.verdict.suspects.items():
        said += f"\n  {kind}: {', '.join(ids[:_MOST_NAMED])}" if ids else ""
    return said


def written(trials: Sequence[Trial], known: Mapping[str, Fault]) -> str:
    """The report."""
    good = sum(1 for each in trials if each.verdict.is_good)
    parts = [
        f"{circumstances()} **{good} of {len(trials)} faults: nothing lost, nothing doubled.**",
        table([_HEAD, *(each.row for each in trials)]),
        "\n".join(f"* **{each.name}**: {known[each.name].about}" for each in trials),
    ]
    if CLOCK_JUMP not in known:
        parts.append("Not run, as libfaketime was not found: **clock-jump**.")
    return "\n\n".join(parts)


def main(arguments: Sequence[str]) -> int:
    """Try the faults that are asked for, or all; 1 if anything was lost or doubled."""
    library = find_library()
    names = [*faults(None, None), CLOCK_JUMP]
    parser = argparse.ArgumentParser(prog="make chaos ARGS=…", description=__doc__)
    parser.add_argument("faults", nargs="*", metavar="FAULT", help=f"of {', '.join(names)}")
    parser.add_argument("--seconds", type=float, help="how long each fault lasts")
    parser.add_argument("--per-second", type=float, default=10, help="events offered meanwhile")
    given = parser.parse_args(arguments)
    for name in given.faults:
        if name not in names:
            parser.error(f"there is no fault {name!r}; there are {', '.join(names)}")
        if name == CLOCK_JUMP and library is None:
            parser.error(f"{name} needs libfaketime; install it: pip install libfaketime")
    with suppress(BadEndingError), kept_if_bad() as folder:
        trials, known = asyncio.run(
            run(
                folder,
                given.faults,
                seconds=given.seconds,
                per_second=given.per_second,
                library=library,
            )
        )
        text = written(trials, known)
        print(text)
        if not given.faults:
            write_section(_PAGE, "The last run", text)
        if not all(each.verdict.is_good for each in trials):
            raise BadEndingError
        return 0
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
