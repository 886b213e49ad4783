"""A worker is killed half-way through a bulk replay: another one ends it.

``BULK_EVENTS`` says how many events it is about; with the two thousand of ``make chaos`` they take
two cores more than a minute.
"""

import os
import signal
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar, cast

import httpx2
import pytest

from layeron.records import BodyReference
from tests.processes.deployed import API, Deployment
from tests.processes.sending import accepted
from tests.support.recorded import put_on_record

T = TypeVar("T")

_EVENTS = int(os.environ.get("BULK_EVENTS", "500"))
_AGO = timedelta(days=3)
_PATIENCE_SECONDS = 240


@pytest.mark.timeout(600)
def test_each_event_is_replayed_once_though_the_worker_was_killed_half_way(
    deployment: Deployment, api: API
) -> None:
    with deployment.worker("bulk-killed") as worker:
        first = api.operator.settled(accepted(api.url, "bulk", "order.created"))
        ids = put_on_record(
            deployment.variables["LAYERON_DATABASE_URL"],
            "default",
            "vendor",
            _EVENTS,
            body=BodyReference(**first["body"]),
            before=_AGO,
        )
        until = (datetime.now(UTC) - _AGO / 2).isoformat()
        dead = {"webhook": "vendor", "status": "dead_letter", "until": until}
        begun = _asked(api, where=dead, rate_per_second=100)
        assert begun["total"] == _EVENTS
        _until(lambda: _bulk(api, begun["id"])["examined"] >= _EVENTS / 2 or None)
        worker.send(signal.SIGKILL)
        worker.ended()
    killed = _bulk(api, begun["id"])
    assert (killed["status"], killed["examined"] < _EVENTS) == ("running", True)
    with deployment.worker("bulk-next"):
        _until(lambda: _bulk(api, begun["id"])["status"] == "finished" or None)
        fine = {**dead, "status": "succeeded"}
        _until(lambda: _asked(api, where=fine, dry_run=True)["total"] == _EVENTS or None)

    done = _bulk(api, begun["id"])
    assert (done["examined"], done["replayed"], done["skipped"]) == (_EVENTS, _EVENTS, 0)
    records = _records(api, until)
    assert [each["id"] for each in records] == ids[::-1]
    assert {each["replay_count"] for each in records} == {1}
    handled = Counter(each["id"] for each in deployment.handled())
    assert set(ids) <= handled.keys()
    for each in [one for one in ids if handled[one] > 1]:
        # Its handler was running, or its outcome was being written, when the worker was killed.
        outcomes = [one["outcome"] for one in api.operator.event(each)["attempts"]]
        assert outcomes == ["interrupted", "succeeded"]
        assert handled[each] == 2


def _asked(api: API, **asked: Any) -> dict[str, Any]:
    answer = api.operator.post("/bulk-replays", asked)
    assert answer.is_success, answer.text
    return cast("dict[str, Any]", answer.json())


def _bulk(api: API, bulk_id: str) -> dict[str, Any]:
    return cast("dict[str, Any]", api.operator.get(f"/bulk-replays/{bulk_id}").json())


def _records(api: API, until: str) -> list[dict[str, Any]]:
    """The events of the bulk replay, newest first."""
    query = httpx2.QueryParams(webhook="vendor", until=until, limit=200)
    found: list[dict[str, Any]] = []
    while True:
        page = api.operator.get(f"/events?{query}").json()
        found += page["events"]
        if page["next_cursor"] is None:
            return found
        query = query.set("cursor", page["next_cursor"])


def _until(look: Callable[[], T | None]) -> T:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < deadline:
        if (found := look()) is not None:
            return found
        time.sleep(0.2)
    raise AssertionError(f"not seen within {_PATIENCE_SECONDS} s")
