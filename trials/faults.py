"""Which faults are tried, in which order, and what of this machine they need."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TypeAlias

from trials import strikes
from trials.clock import Clock
from trials.disk import SmallDisk
from trials.system import System

Strike: TypeAlias = Callable[[System, float], Awaitable[None]]

CLOCK_JUMP = "clock-jump"
FULL_DISK = "full-disk"
ALL_AT_ONCE = ("api", "worker", "engine", "database", "bucket")


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that goes wrong.

    Attributes:
        about: what is done, as one sentence for the report.
        strike: does it for so many seconds.
    """

    about: str
    strike: Strike
    seconds: float = 9


def faults(disk: SmallDisk | None, clock: Clock | None) -> Mapping[str, Fault]:
    """All faults by name, with the tools that they need; without a clock none that sets it."""
    kill, freeze = strikes.kill, strikes.freeze
    found = {
        "kill-api": Fault("`kill -9` of the API, every four seconds.", _on(kill, "api")),
        "kill-worker": Fault("`kill -9` of the worker, every four seconds.", _on(kill, "worker")),
        "kill-engine": Fault("`kill -9` of Temporal, every four seconds.", _on(kill, "engine")),
        "kill-database": Fault(
            "`kill -9` of every process of PostgreSQL, every four seconds.", _on(kill, "database")
        ),
        "kill-bucket": Fault(
            "`kill -9` of fake-gcs-server, every four seconds.", _on(kill, "bucket")
        ),
        "kill-all": Fault(
            "`kill -9` of all five at one moment, and again.", _on(kill, *ALL_AT_ONCE), 5
        ),
        FULL_DISK: Fault(
            "No byte of space is left to Temporal, PostgreSQL and the bucket."
            if disk
            else "PostgreSQL may write no file any further (`RLIMIT_FSIZE`, as this user may not"
            " mount a small disk; Temporal's and the bucket's disk was not filled).",
            partial(strikes.fill_disk, disk=disk),
        ),
        "bucket-503": Fault("The bucket answers 503 to everything.", strikes.refuse_bodies, 60),
        "slow-database": Fault(
            "Each question to the database and its answer are held up for half a second in all.",
            strikes.slow_database,
            15,
        ),
        "cut-engine": Fault("Temporal is stopped, and goes on (`SIGSTOP`).", _on(freeze, "engine")),
        "cut-database": Fault(
            "Every process of PostgreSQL is stopped, and goes on.", _on(freeze, "database")
        ),
        "cut-worker": Fault(
            "The worker is stopped for longer than its heartbeats may stay away, and goes on with"
            " handlers that were given up.",
            _on(freeze, "worker"),
            30,
        ),
        "bad-secret": Fault(
            "The webhook's secret and its previous value are replaced by wrong ones, then mended.",
            strikes.confuse_secret,
        ),
        "storm": Fault(
            "A slow database and a bucket that answers 503, while API, worker and Temporal are"
            " killed.",
            strikes.storm,
            12,
        ),
    }
    if clock is not None:
        found[CLOCK_JUMP] = Fault(
            "The clock of API and worker jumps an hour ahead, then two back, then to the truth"
            " (libfaketime).",
            partial(strikes.jump, clock=clock),
            12,
        )
    return found


def _on(strike: Callable[..., Awaitable[None]], *names: str) -> Strike:
    """A strike on these parts."""

    async def on(system: System, seconds: float) -> None:
        await strike(system, seconds, *names)

    return on
