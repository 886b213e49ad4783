"""``python -m benchmarks.scale``: what events cost and need, by what one was measured to cost.

`tests/scale/` measures one event of each kind anew and fails where `MEASURED` or `docs/scale.md`
has gone stale. Nothing here runs the system.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from benchmarks.queueing import Load, waits

MILLION = 1_000_000
GIB = 2**30
DAY = 86_400


@dataclass(frozen=True, slots=True)
class Cost:
    """What one event leaves behind, with a body of 1 kB.

    Attributes:
        actions: what Temporal Cloud bills.
        history_events: of its workflows.
        history_bytes: as the engine counts them.
        rows: new ones in our database.
        sqlite_bytes: that the file grows by, indexes included; all bytes are averages of many.
        postgresql_bytes: that tables and indexes grow by.
        objects: new ones in the bucket.
    """

    actions: int
    history_events: int
    history_bytes: int
    rows: int
    sqlite_bytes: int
    postgresql_bytes: int
    objects: int


MEASURED: Mapping[str, Cost] = {
    "received": Cost(2, 11, 6960, 3, 2520, 2720, 1),
    "received, handled at the second attempt": Cost(3, 11, 7730, 4, 2880, 2970, 1),
    "received, a dead letter after 5 attempts": Cost(6, 11, 8700, 7, 4220, 4570, 1),
    "its replay, in addition": Cost(2, 11, 4890, 2, 380, 550, 0),
    "sent to 1 endpoint": Cost(2, 11, 5690, 3, 2370, 2920, 1),
    "sent to 100 endpoints": Cost(2, 11, 12300, 201, 74000, 96000, 1),
}
"""Of 2026-11-25; bytes within `TOLERANCE`."""

TOLERANCE = 0.3
"""Of bytes: an index's pages are half full by chance, and a failure's stack holds lines of code."""


@dataclass(frozen=True, slots=True)
class Prices:
    """List prices in US dollars; `docs/scale.md` tells where each comes from.

    Attributes:
        action: of Temporal Cloud, first tier.
        retained_gib_hour: of Temporal Cloud, for workflows that have ended.
        object_write: one operation of class A.
        bucket_gib_month: Standard, one region.
        database_gib_month: SSD of Cloud SQL, doubled for a standby in another zone.
        vcpu_second: of Cloud Run, billed by instance.
    """

    action: float = 50 / MILLION
    retained_gib_hour: float = 0.00105
    object_write: float = 0.005 / 1000
    bucket_gib_month: float = 0.020
    database_gib_month: float = 0.17 * 2
    vcpu_second: float = 0.000018


@dataclass(frozen=True, slots=True)
class Assumed:
    """What the tables take for granted.

    Attributes:
        history_days: Temporal's retention.
        kept_months: of bodies and records.
        body_bytes: of one event.
        api_seconds: CPU of the API for one event that is received.
        worker_seconds: CPU of a worker for one event whose handler does nothing.
        busy: of each vCPU, at most, so that queues stay short.
        actions_per_second: what a namespace of Temporal Cloud has to begin with.
        bucket_writes_per_second: what a bucket has to begin with.
    """

    history_days: int = 7
    kept_months: int = 1
    body_bytes: int = 1000
    api_seconds: float = 0.0023
    worker_seconds: float = 0.0144
    busy: float = 0.6
    actions_per_second: int = 500
    bucket_writes_per_second: int = 1000


RATES = (100, 10_000, 1_000_000)
"""Events a second."""


def dollars(cost: Cost, prices: Prices, assumed: Assumed) -> Sequence[float]:
    """Of a million such events: actions, history, bucket, database."""
    history = cost.history_bytes / GIB * assumed.history_days * 24 * prices.retained_gib_hour
    stored = assumed.body_bytes / GIB * assumed.kept_months * prices.bucket_gib_month
    rows = cost.postgresql_bytes / GIB * assumed.kept_months * prices.database_gib_month
    bucket = cost.objects * (prices.object_write + stored)
    return [MILLION * each for each in (cost.actions * prices.action, history, bucket, rows)]


def _table(head: Sequence[str], rows: Iterator[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(each)} |" for each in lines)


def cost_table() -> str:
    """What one event of each kind costs."""
    head = ("one event", "actions", "history events", "history bytes", "rows", "bytes, SQLite",
            "bytes, PostgreSQL", "objects")  # fmt: skip
    return _table(
        head,
        (
            (
                kind,
                *(f"{each:,}" for each in (cost.actions, cost.history_events)),
                f"{cost.history_bytes:,}",
                *(f"{each:,}" for each in (cost.rows, cost.sqlite_bytes, cost.postgresql_bytes)),
                str(cost.objects),
            )
            for kind, cost in MEASURED.items()
        ),
    )


def dollar_table(prices: Prices, assumed: Assumed) -> str:
    """What a million events of each kind cost at list prices."""
    head = ("a million events", "actions", "history, 7 days", "bucket, 1 month",
            "database, 1 month", "together")  # fmt: skip
    return _table(
        head,
        (
            (kind, *(f"${each:,.2f}" for each in parts), f"${sum(parts):,.2f}")
            for kind, parts in (
                (kind, dollars(cost, prices, assumed)) for kind, cost in MEASURED.items()
            )
        ),
    )


def need_table(cost: Cost, assumed: Assumed) -> str:
    """What so many received events a second need."""
    head = ("", *(f"{rate:,}/s" for rate in RATES))

    def row(name: str, per_event: float, form: str = ",.0f") -> Sequence[str]:
        return (name, *(format(per_event * rate, form) for rate in RATES))

    vcpu = 1 / assumed.busy
    rows = (
        row("actions a second", cost.actions),
        row("… ÷ what a namespace begins with", cost.actions / assumed.actions_per_second, ",.1f"),
        row("history, GiB a day", cost.history_bytes * DAY / GIB),
        row("rows a second", cost.rows),
        row("database, GiB a day", cost.postgresql_bytes * DAY / GIB),
        row("objects a second", cost.objects),
        row(
            "… ÷ what a bucket begins with",
            cost.objects / assumed.bucket_writes_per_second,
            ",.1f",
        ),
        row("vCPUs of the API", assumed.api_seconds * vcpu, ",.1f"),
        row("vCPUs of workers", assumed.worker_seconds * vcpu, ",.1f"),
    )
    return _table(head, iter(rows))


def waiting_table() -> str:
    """Where queueing begins, by simulation: waits for a free place, in seconds."""
    head = ("busy", "1 place, 50 %", "1 place, 99 %", "10 places, 99 %", "100 places, 99 %")

    def row(busy: float) -> Sequence[str]:
        one, ten, hundred = (
            waits(Load(places=places, busy=busy, service_seconds=1)) for places in (1, 10, 100)
        )
        told = (one.median, one.p99, ten.p99, hundred.p99)
        return (f"{busy:.0%}", *(f"{each:.1f}" for each in told))

    return _table(head, (row(busy) for busy in (0.5, 0.7, 0.9, 0.95)))


def tables() -> Mapping[str, str]:
    """Every table of `docs/scale.md`, by what it is about."""
    prices, assumed = Prices(), Assumed()
    return {
        "cost": cost_table(),
        "dollars": dollar_table(prices, assumed),
        "needs": need_table(next(iter(MEASURED.values())), assumed),
        "waiting": waiting_table(),
    }


if __name__ == "__main__":
    for name, text in tables().items():
        print(f"{name}\n\n{text}\n")
