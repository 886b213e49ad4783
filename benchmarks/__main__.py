"""``python -m benchmarks [NAME …]``: measure, and hold each figure to its target.

Everything runs here and now, on loopback: what is compared is measured side by side, in turns, and
told as a ratio, because two runs on one machine differ by a fifth.
"""

import asyncio
import sys
import time
from collections.abc import Callable

from benchmarks import accepting, completing, history, listing, verifying
from benchmarks.figure import Figure, table
from benchmarks.system import prepare_environment


def _listing() -> list[Figure]:
    name = f"list p95, {listing.MANY:,} records ÷ {listing.FEW:,}"
    return [Figure(name, listing.run()["worst_ratio"], at_most=listing.TARGET_RATIO)]


BENCHMARKS: dict[str, Callable[[], list[Figure]]] = {
    "history": lambda: asyncio.run(history.run()),
    "accepting": lambda: asyncio.run(accepting.run()),
    "completing": lambda: asyncio.run(completing.run()),
    "listing": _listing,
    "verifying": verifying.run,
}


def main(asked: list[str]) -> int:
    """Run what was asked for, or everything; the exit code."""
    if unknown := sorted(set(asked) - set(BENCHMARKS)):
        print(f"no benchmark {unknown[0]!r}; there are {', '.join(BENCHMARKS)}", file=sys.stderr)
        return 2
    prepare_environment()
    figures: list[Figure] = []
    for name in asked or BENCHMARKS:
        start = time.perf_counter()
        figures += BENCHMARKS[name]()
        print(f"{name}: {time.perf_counter() - start:.0f} s", file=sys.stderr)
    print(table(figures))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
