"""What becomes of attempts to deliver: asked for again later, taken back, or as they ended."""

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TypeAlias

from layeron.outbound.records import ENDED, DeliveryReport
from layeron.ports.deliveries import Due, Ended, Finished, Later
from layeron.redaction import redact

Outcome: TypeAlias = Finished | Ended | Later
"""How a delivery stands: ended just now, ended before, or to be asked for again."""

_SHORTEST_BUSY, _LONGEST_BUSY = timedelta(seconds=2), timedelta(minutes=1)
_UNSENT = timedelta(seconds=30)


def busy(endpoint_id: str, *, asked: datetime, now: datetime) -> Later:
    """Ask again later: the later the longer it has waited, and those who wait not all together."""
    waited = min(max(now - asked, _SHORTEST_BUSY), _LONGEST_BUSY)
    again = now + waited * random.uniform(1, 2)  # noqa: S311  # spreads load
    return Later(endpoint_id, again, "many requests to it are under way")


def outcome_of(finished: Finished, report: DeliveryReport) -> Outcome:
    """How a delivery stands whose report was written down."""
    if finished.status in ENDED or report.next_attempt_at is None:
        return finished
    return Later(finished.endpoint_id, report.next_attempt_at, report.error or "it failed")


def unsent(due: Due, why: str, at: datetime, *, again: datetime | None = None) -> DeliveryReport:
    """The report of an attempt that was not made: nothing was sent."""
    return DeliveryReport(
        due.endpoint.id,
        due.number,
        "retrying",
        at,
        at,
        next_attempt_at=again or at + _UNSENT,
        error=why,
        unsent=True,
    )


def without(report: DeliveryReport, hidden: Sequence[str]) -> DeliveryReport:
    """The report without what an endpoint may have echoed."""
    return replace(
        report,
        error=report.error and redact(report.error, hidden),
        response_excerpt=report.response_excerpt and redact(report.response_excerpt, hidden),
        response_headers=[(name, redact(value, hidden)) for name, value in report.response_headers],
    )
