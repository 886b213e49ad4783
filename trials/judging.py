"""Whether each accepted event was handled, and none twice: by the records and by the ledger."""

import asyncio
import json
import math
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import httpx2

from layeron.records import FINAL_STATUSES
from trials import ledger
from trials.offers import Offer
from trials.system import System

_LOOK_EVERY_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a run of offers.

    Attributes:
        offered: events that the provider had.
        accepted: answered 202, after whatever number of tries.
        handled: of those, succeeded on record under the id that was answered, and in the ledger.
        doubled: events with two successful handlings on record.
        repeated: runs of the handler beyond the first of an event. What was killed before its
            outcome was written runs again: at least once is the promise.
        suspects: the provider's ids of what was lost, doubled or ran again, by which.
        refusals: tries of the provider that were not accepted, by what they came to.
        drained: when the last event was handled that was due by some time, by the monotonic clock.
    """

    offered: int
    accepted: int
    handled: int
    doubled: int
    repeated: int
    suspects: Mapping[str, Sequence[str]]
    refusals: Counter[str]
    drained: float

    @property
    def lost(self) -> int:
        """Accepted, and never handled."""
        return self.accepted - self.handled

    @property
    def is_good(self) -> bool:
        """Nothing was lost, doubled or never taken."""
        return not self.lost and not self.doubled and self.accepted == self.offered


async def judge(
    system: System,
    offers: Sequence[Offer],
    prefix: str,
    *,
    patience: float,
    due_by: float = math.inf,
) -> Verdict:
    """Wait until all is handled, at most *patience* seconds, and say what became of it."""
    accepted = {each.id: each.event_id for each in offers if each.accepted is not None}
    headers = {"authorization": f"Bearer {system.key}"}
    async with httpx2.AsyncClient(
        base_url=f"{system.url}/api/v1", headers=headers, trust_env=False, timeout=30
    ) as http:
        records = await _settled(http, system, accepted, prefix, patience)
        successes = await _successes(http, records)
    runs = ledger.runs(system.ledger, prefix)
    times = Counter(each.id for each in runs)
    first = {each.id: each.at for each in reversed(runs)}
    handled = {each["external_event_id"]: each["id"] for each in records if successes[each["id"]]}
    of_event: Counter[str] = Counter()
    for each in records:
        of_event[each["external_event_id"]] += successes[each["id"]]
    found_well = {
        id_ for id_, event_id in accepted.items() if id_ in times and handled.get(id_) == event_id
    }
    suspects = {
        "lost": sorted(accepted.keys() - found_well),
        "doubled": [each for each, count in of_event.items() if count > 1],
        "ran again": [each for each, count in times.items() if count > 1],
    }
    return Verdict(
        offered=len(offers),
        accepted=len(accepted),
        handled=len(found_well),
        doubled=len(suspects["doubled"]),
        repeated=times.total() - len(times),
        suspects=suspects,
        refusals=Counter(refusal for each in offers for refusal in each.refusals),
        drained=max(
            (first.get(each.id, 0.0) for each in offers if each.due <= due_by), default=0.0
        ),
    )


async def _settled(
    http: httpx2.AsyncClient,
    system: System,
    accepted: dict[str, str | None],
    prefix: str,
    patience: float,
) -> list[dict[str, Any]]:
    """All records of the run, once each event is at its end, or as they are after *patience*."""
    deadline = time.monotonic() + patience
    records: list[dict[str, Any]] = []
    while time.monotonic() < deadline:
        # The ledger costs the system nothing, so the API is asked only when that is complete.
        if accepted.keys() <= {each.id for each in ledger.runs(system.ledger, prefix)}:
            try:
                records = await _records(http, prefix)
            except httpx2.HTTPError:
                records = []  # it is only just coming back
            known = {each["external_event_id"] for each in records}
            ended = all(each["status"] in FINAL_STATUSES for each in records)
            if ended and accepted.keys() <= known:
                return records
        await asyncio.sleep(_LOOK_EVERY_SECONDS)
    return await _records(http, prefix)


async def _records(http: httpx2.AsyncClient, prefix: str) -> list[dict[str, Any]]:
    answer = await http.get("/events/export", params={"format": "ndjson", "search": prefix})
    answer.raise_for_status()
    return [json.loads(line) for line in answer.text.splitlines()]


async def _successes(http: httpx2.AsyncClient, records: list[dict[str, Any]]) -> Counter[str]:
    """How many successful attempts each event has on record, by our id."""
    found: Counter[str] = Counter()
    for each in records:
        if each["attempt_count"] == 1:
            found[each["id"]] = int(each["status"] == "succeeded")
            continue
        answer = await http.get(f"/events/{each['id']}")
        answer.raise_for_status()
        outcomes = [attempt["outcome"] for attempt in answer.json()["attempts"]]
        found[each["id"]] = outcomes.count("succeeded")
    return found
