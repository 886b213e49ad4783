"""How listing fares as records pile up: 10,000 against 1,000,000, on SQLite and on PostgreSQL.

Run ``python -m benchmarks.listing``. The target: at a million, the 95th percentile of every shape
of filter takes at most twice as long as at ten thousand.
"""

import asyncio
import random
import sqlite3
import tempfile
import time
from collections.abc import Generator
from datetime import UTC, datetime, timedelta
from statistics import quantiles
from typing import Any

import psycopg
from ulid import ULID

from layeron.adapters.database import open_record_store, upgrade
from layeron.ports.records import RecordStore
from layeron.records import EventFilter
from tests.support.postgres import running_postgres

FEW, MANY = 10_000, 1_000_000
TARGET_RATIO = 2
_CALLS = 100

_END = datetime(2026, 6, 1, tzinfo=UTC)
_DAYS = 90
_WEBHOOKS = {
    ("default", "stripe"): ("invoice.paid", "invoice.created", "charge.succeeded", "payout.paid"),
    ("default", "github"): ("push", "pull_request.opened", "issues.closed", "check_run.created"),
    ("default", "shopify"): ("orders/create", "orders/paid", "products/update"),
    ("billing", "stripe"): ("invoice.paid", "invoice.voided", "customer.created"),
}
_STATUSES = {"succeeded": 96, "dead_letter": 2, "unhandled": 1, "retrying": 1}
_HEADERS = str([["Content-Type", "application/json"], ["User-Agent", "x" * 400]]).replace("'", '"')

SHAPES = {
    "newest": EventFilter(),
    "webhook": EventFilter(namespace="default", webhook="github"),
    "webhook of any namespace": EventFilter(webhook="stripe"),
    "namespace with one event": EventFilter(namespace="lab"),
    "common status": EventFilter(status="succeeded"),
    "dead letters": EventFilter(status="dead_letter"),
    "status of one event": EventFilter(status="failed"),
    "webhook and status of one event": EventFilter(webhook="stripe", status="failed"),
    "type": EventFilter(event_type="invoice.paid"),
    "type of one event": EventFilter(event_type="account.closed"),
    "group of types": EventFilter(event_type="invoice.*"),
    "group, webhook and status": EventFilter(
        event_type="invoice.*", namespace="default", webhook="stripe", status="dead_letter"
    ),
    "external id": EventFilter(external_event_id="evt_lab"),
    "search of a type": EventFilter(search="inv"),
    "search every external id begins with": EventFilter(search="evt_"),
    "search one external id in 256 begins with": EventFilter(search="evt_7f"),
    "a day, by status": EventFilter(
        since=_END - timedelta(days=40), until=_END - timedelta(days=39), status="succeeded"
    ),
}


def fill(url: str, count: int) -> None:
    """Load so many events into an empty database that was upgraded; the same ones each time."""
    if url.startswith("sqlite"):
        _fill_sqlite(url.removeprefix("sqlite:///"), count)
    else:
        _fill_postgresql(url, count)


def _rows(count: int) -> Generator[dict[str, Any]]:
    chance = random.Random(1)  # noqa: S311  # examples
    step = timedelta(days=_DAYS) / count
    statuses, weights = list(_STATUSES), list(_STATUSES.values())
    kinds = [(*webhook, kind) for webhook, kinds in _WEBHOOKS.items() for kind in kinds]
    for n in range(count):
        at = _END - timedelta(days=_DAYS) + n * step
        namespace, webhook, kind = chance.choice(kinds)
        (status,) = chance.choices(statuses, weights)
        external_id = f"evt_{chance.getrandbits(64):016x}"
        if n == count // 3:  # the needle in the haystack
            namespace, webhook, kind, status = "lab", "stripe", "account.closed", "failed"
            external_id = "evt_lab"
        milliseconds = int(at.timestamp() * 1000)
        ulid = ULID.from_bytes(milliseconds.to_bytes(6, "big") + chance.randbytes(10))
        yield {
            "id": f"whevt_{ulid}",
            "direction": "inbound",
            "namespace": namespace,
            "webhook": webhook,
            "provider": webhook,
            "event_type": kind,
            "external_event_id": external_id,
            "external_event_key": external_id,
            "status": status,
            "signature_status": "verified",
            "received_at": f"{at:%Y-%m-%d %H:%M:%S.%f}",
            "updated_at": f"{at:%Y-%m-%d %H:%M:%S.%f}",
            "method": "POST",
            "url": f"/webhooks/{webhook}",
            "headers": _HEADERS,
            "body_name": f"{namespace}/{webhook}/{at:%Y/%m/%d}/{external_id}",
            "body_size": chance.randrange(200, 20_000),
            "body_sha256": f"{n:064x}",
            "dedupe_key": external_id,
            "workflow_id": f"inbound/{namespace}/{webhook}/{external_id}",
            "run_id": f"{n:036x}",
            "attempt_count": 1,
            "replay_count": 0,
        }


def _columns() -> list[str]:
    return list(next(_rows(1)))


def _webhook_rows() -> list[tuple[str, str, str]]:
    return [(*webhook, "inbound") for webhook in (*_WEBHOOKS, ("lab", "stripe"))]


def _fill_sqlite(path: str, count: int) -> None:
    columns = _columns()
    connection = sqlite3.connect(path)
    for pragma in ("journal_mode = DELETE", "synchronous = OFF", "cache_size = -1000000"):
        connection.execute(f"PRAGMA {pragma}")
    indexes = connection.execute(
        "SELECT name, sql FROM sqlite_master WHERE tbl_name = 'events' AND name LIKE 'ix_%'"
    ).fetchall()
    with connection:
        for name, _ in indexes:
            connection.execute(f"DROP INDEX {name}")
        names, marks = ", ".join(columns), ", ".join("?" * len(columns))
        connection.executemany(
            f"INSERT INTO events ({names}) VALUES ({marks})",  # noqa: S608  # names of ours
            (tuple(row.values()) for row in _rows(count)),
        )
        connection.executemany("INSERT INTO webhooks VALUES (?, ?, ?)", _webhook_rows())
        for _, definition in indexes:
            connection.execute(definition)
    connection.close()


def _fill_postgresql(url: str, count: int) -> None:
    with psycopg.connect(url, autocommit=True) as connection, connection.cursor() as cursor:
        indexes = cursor.execute(
            "SELECT indexname, indexdef FROM pg_indexes WHERE indexname LIKE 'ix_events_%'"
        ).fetchall()
        cursor.execute("SET TIME ZONE 'UTC'")
        for name, _ in indexes:
            cursor.execute(f"DROP INDEX {name}".encode())
        with cursor.copy(f"COPY events ({', '.join(_columns())}) FROM STDIN".encode()) as copy:
            for row in _rows(count):
                copy.write_row(tuple(row.values()))
        cursor.executemany("INSERT INTO webhooks VALUES (%s, %s, %s)", _webhook_rows())
        for _, definition in indexes:
            cursor.execute(definition)
        cursor.execute("VACUUM ANALYZE events")  # as the server does by itself after a while


async def _measure(few: RecordStore, many: RecordStore) -> dict[str, tuple[float, float]]:
    """The 95th percentile of each shape in milliseconds, few and many in turns."""
    found: dict[str, tuple[float, float]] = {}
    for shape, where in SHAPES.items():
        times: dict[RecordStore, list[float]] = {few: [], many: []}
        for _ in range(_CALLS):
            for store, taken in times.items():
                start = time.perf_counter()
                await store.list_events(where, limit=25)
                taken.append((time.perf_counter() - start) * 1000)
        found[shape] = (quantiles(times[few], n=20)[-1], quantiles(times[many], n=20)[-1])
    return found


async def _compare(few_url: str, many_url: str) -> dict[str, tuple[float, float]]:
    for url, count in ((few_url, FEW), (many_url, MANY)):
        upgrade(url)
        fill(url, count)
    few, many = open_record_store(few_url), open_record_store(many_url)
    try:
        await _measure(few, many)  # once to warm up
        return await _measure(few, many)
    finally:
        await few.close()
        await many.close()


def run() -> dict[str, Any]:
    """Fill, measure and compare; per database and shape the two times and their ratio."""
    report: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder:
        measured = asyncio.run(
            _compare(f"sqlite:///{folder}/few.db", f"sqlite:///{folder}/many.db")
        )
        report["sqlite"] = _with_ratios(measured)
    with running_postgres({}) as server:
        few, many = server.url(server.create_database()), server.url(server.create_database())
        report["postgresql"] = _with_ratios(asyncio.run(_compare(few, many)))
    report["worst_ratio"] = max(
        shape["ratio"] for database in report.values() for shape in database.values()
    )
    return report


def _with_ratios(measured: dict[str, tuple[float, float]]) -> dict[str, dict[str, float]]:
    return {
        shape: {"few_ms": few, "many_ms": many, "ratio": many / few}
        for shape, (few, many) in measured.items()
    }


def main() -> None:
    """Print the report."""
    report = run()
    print(f"95th percentile of list_events in ms, at {FEW:,} and at {MANY:,} records")
    for database in ("sqlite", "postgresql"):
        print(f"\n{database}")
        for shape, figures in report[database].items():
            few, many, ratio = figures["few_ms"], figures["many_ms"], figures["ratio"]
            print(f"  {shape:44}{few:8.2f}{many:8.2f}   x{ratio:.2f}")
    print(f"\nworst ratio {report['worst_ratio']:.2f} (target: at most {TARGET_RATIO})")


if __name__ == "__main__":
    main()
