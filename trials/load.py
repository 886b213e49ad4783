"""``python -m trials.load [PROFILE …]``: how the system takes a steady load, and a burst.

It runs as processes on files, as on a laptop, and on PostgreSQL and a bucket; the engine is the
embedded one. What it is offered comes over loopback from a process of its own.
"""

import argparse
import asyncio
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import get_args

from tests.support.report import ROOT, circumstances, table, write_section
from trials.judging import judge
from trials.keeping import BadEndingError, kept_if_bad
from trials.offering import begin
from trials.offers import Offer, acknowledgement
from trials.results import HEAD, PARTS_HEAD, Profile, Result
from trials.system import Store, System, running_system
from trials.watching import watched

_PATIENCE_SECONDS = 600
_PAGE = ROOT / "docs" / "load.md"
_LOOK_SECONDS = 1
_SOAK_LOOK_SECONDS = 5
PROFILES = {
    "steady": Profile(per_second=15, seconds=60),
    "burst": Profile(per_second=400, seconds=5, all_at_once=True),
    "soak": Profile(per_second=10, seconds=20 * 60, flat=True),
}
_USUAL = ("steady", "burst")


async def measure(
    system: System, name: str, store: Store, profile: Profile, every: float
) -> Result:
    """Offer what the profile says, and wait until all is handled."""
    async with watched(system, every) as samples:
        offering = await begin(system, per_second=profile.per_second, count=profile.count)
        try:
            offers = await offering.end()
        finally:
            offering.kill()
        verdict = await judge(system, offers, offering.prefix, patience=_PATIENCE_SECONDS)
    return Result(
        name, store, profile, verdict,
        at_once=sum(1 for each in offers if each.accepted and not each.refusals),
        ack=acknowledgement(offers),
        drained=max(verdict.drained - _last_due(offers), 0),
        samples=samples,
    )  # fmt: skip


def _last_due(offers: Sequence[Offer]) -> float:
    return max(each.due for each in offers)


async def run(
    folder: Path, names: Sequence[str], stores: Sequence[Store], *, minutes: float | None = None
) -> list[Result]:
    """Measure these profiles on each of these stores, each store on a system of its own.

    Args:
        folder: an empty one.
        names: of the profiles.
        stores: where records and bodies are kept.
        minutes: how long the soak takes, in place of its own length.
    """
    results: list[Result] = []
    for store in stores:
        within = folder / store
        within.mkdir()
        async with running_system(within, store, work_seconds=0) as system:
            for name in names:
                profile, every = PROFILES[name], _LOOK_SECONDS
                if profile.flat:
                    every = _SOAK_LOOK_SECONDS
                    profile = replace(profile, seconds=minutes * 60 if minutes else profile.seconds)
                result = await measure(system, name, store, profile, every)
                print(", ".join(map(" ".join, zip(HEAD, result.row, strict=True))), file=sys.stderr)
                results.append(result)
    return results


def written(results: Sequence[Result]) -> str:
    """The report."""
    missed = [f"* {each.name} on {each.store}: {miss}" for each in results for miss in each.misses]
    verdict = "**Every target was met.**" if not missed else "**Missed:**"
    return "\n\n".join(
        [
            f"{circumstances()} {verdict}",
            *(["\n".join(missed)] if missed else []),
            table([HEAD, *(each.row for each in results)]),
            table([PARTS_HEAD, *(row for each in results for row in each.part_rows)]),
        ]
    )


def main(arguments: Sequence[str]) -> int:
    """Measure what is asked for; 1 if a target was missed."""
    parser = argparse.ArgumentParser(prog="make load ARGS=…", description=__doc__)
    parser.add_argument("profiles", nargs="*", metavar="PROFILE", help=f"of {', '.join(PROFILES)}")
    parser.add_argument("--on", choices=get_args(Store), help="one store alone")
    parser.add_argument("--minutes", type=float, help="how long the soak takes")
    given = parser.parse_args(arguments)
    if unknown := sorted(set(given.profiles) - set(PROFILES)):
        parser.error(f"there is no profile {unknown[0]!r}; there are {', '.join(PROFILES)}")
    names = given.profiles or _USUAL
    stores = [given.on] if given.on else get_args(Store)
    with suppress(BadEndingError), kept_if_bad() as folder:
        results = asyncio.run(run(folder, names, stores, minutes=given.minutes))
        text = written(results)
        print(text)
        if stores == get_args(Store) and names == _USUAL:
            write_section(_PAGE, "The last run", text)
        if names == ["soak"]:
            write_section(_PAGE, "The last soak", text)
        if any(each.misses for each in results):
            raise BadEndingError
        return 0
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
