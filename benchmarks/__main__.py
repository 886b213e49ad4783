"""``python -m benchmarks [NAME …]``: measure, and hold each figure to its target.

Without names everything is measured, and the report in ``docs/benchmarks.md`` is written anew.

Everything runs here and now, on loopback: what is compared is measured side by side, in turns, and
told as a ratio, because two runs on one machine differ by a fifth.
"""

import asyncio
import os
import sys
import time
from collections.abc import Awaitable, Callable

from benchmarks import (
    accepting,
    completing,
    dashboard,
    history,
    inbox,
    listing,
    sending,
    sending_history,
    sending_isolation,
    verifying,
)
from benchmarks.figure import Figure, table, table_rows
from benchmarks.system import prepare_environment
from tests.support import report

_LONGEST_SECONDS = 600
_PAGE = report.ROOT / "docs" / "benchmarks.md"


def _on_a_system(measure: Callable[[], Awaitable[list[Figure]]]) -> Callable[[], list[Figure]]:
    """A benchmark that runs on an event loop, and not for ever."""
    return lambda: asyncio.run(asyncio.wait_for(measure(), _LONGEST_SECONDS))


def _listing() -> list[Figure]:
    name = f"list p95, {listing.MANY:,} records ÷ {listing.FEW:,}"
    return [Figure(name, listing.run()["worst_ratio"], at_most=listing.TARGET_RATIO)]


BENCHMARKS: dict[str, Callable[[], list[Figure]]] = {
    "history": _on_a_system(history.run),
    "accepting": _on_a_system(accepting.run),
    "completing": _on_a_system(completing.run),
    "inbox": _on_a_system(inbox.run),
    "sending-history": _on_a_system(sending_history.run),
    "sending": _on_a_system(sending.run),
    "sending-isolation": _on_a_system(sending_isolation.run),
    "listing": _listing,
    "dashboard": dashboard.run,
    "verifying": verifying.run,
}


def main(asked: list[str]) -> int:
    """Run what was asked for, or everything; the exit code."""
    if unknown := sorted(set(asked) - set(BENCHMARKS)):
        print(f"no benchmark {unknown[0]!r}; there are {', '.join(BENCHMARKS)}", file=sys.stderr)
        return 2
    prepare_environment()
    circumstances = f"{report.circumstances()} Load before the start: {os.getloadavg()[0]:.1f}."
    print(circumstances, file=sys.stderr)
    figures: list[Figure] = []
    for name in asked or BENCHMARKS:
        start = time.perf_counter()
        figures += BENCHMARKS[name]()
        print(f"{name}: {time.perf_counter() - start:.0f} s", file=sys.stderr)
    print(table(figures))
    if not asked:
        text = f"{circumstances}\n\n{report.table(table_rows(figures))}"
        report.write_section(_PAGE, "The last run", text)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
