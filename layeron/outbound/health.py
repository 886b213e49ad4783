"""How an endpoint is doing after each delivery, and when it takes the next one.

* *Throttled*: an overloaded endpoint, and one that does not take connections or answers late for
  the third time in a row, is left alone for a while that doubles with each failure.
* *On trial*: when that while is over, one delivery goes first. The others wait for its success,
  or for as long as it may take, after which the next one goes.
* *Disabled*: an endpoint that is gone, or for days took nothing, until an operator enables it.

What was under way already when an endpoint began to fail tells nothing new, whichever way it
ends: a hundred requests that fail together are one failure.
"""

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import ceil

from layeron.outbound.records import DeliveryReport, EndpointRecord, EndpointState, FailureKind

PATIENCE = timedelta(days=5)
"""An endpoint that only failed for so long is disabled."""

_SHORTEST_PAUSE, _LONGEST_PAUSE = timedelta(seconds=1), timedelta(minutes=5)
_UNREACHED: frozenset[FailureKind | None] = frozenset({"timeout", "connect"})
_MOST_UNREACHED = 2  # in a row, before an endpoint is throttled for them
_NOT_ITS_FAULT: frozenset[FailureKind | None] = frozenset({None, "unsigned"})
_BURST = timedelta(seconds=1)
_SHORTEST_SPREAD, _LONGEST_SPREAD = timedelta(seconds=1), timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Wait:
    """An endpoint takes nothing before *until*."""

    until: datetime
    why: str


def after_report(state: EndpointState, report: DeliveryReport) -> EndpointState:
    """How an endpoint is doing after an attempt, whichever way that ended."""
    if report.status == "succeeded":
        return after_success(state, report)
    if report.unsent or report.failure in _NOT_ITS_FAULT:
        return state
    return after_failure(state, report)


def after_success(state: EndpointState, report: DeliveryReport) -> EndpointState:
    """Its failures are forgotten; one that is disabled stays so."""
    if state.status == "disabled" or _was_under_way(state, report):
        return state
    return replace(state, failing_since=None, failures=0, throttled_until=None)


def after_failure(state: EndpointState, report: DeliveryReport) -> EndpointState:
    """One failure more, and what follows from it."""
    if state.status == "disabled":
        return state
    at = report.ended_at
    if not _was_under_way(state, report):
        state = replace(state, failures=state.failures + 1, failing_since=state.failing_since or at)
    if report.gone:
        return replace(state, status="disabled", disabled_reason="gone", disabled_at=at)
    if state.failing_since is not None and at - state.failing_since >= PATIENCE:
        return replace(state, status="disabled", disabled_reason="failing", disabled_at=at)
    until = [each for each in (state.throttled_until, _throttle(state, report)) if each is not None]
    return replace(state, throttled_until=max(until, default=None))


def admit(
    state: EndpointState, endpoint: EndpointRecord, *, at: datetime, force: bool = False
) -> EndpointState | Wait:
    """Let a delivery through, and say how that changes the state, or say until when to wait.

    Args:
        state: of the endpoint, which is enabled.
        endpoint: its timeout and its rate limit. That lets through one delivery each ``1/rate``
            seconds, and after a lull as many at once as a second has room for (the generic cell
            rate algorithm).
        at: now.
        force: let it through all the same; it counts as any other.
    """
    throttled_until, next_slot = state.throttled_until, state.next_slot
    if throttled_until is not None:
        if at < throttled_until and not force:
            return Wait(throttled_until, "the endpoint is throttled after failures")
        on_trial = at + timedelta(seconds=endpoint.timeout_seconds) if state.failures else None
        throttled_until = on_trial
    if endpoint.rate_limit is not None:
        # Rounded up: never more than the limit.
        interval = timedelta(microseconds=ceil(1_000_000 / endpoint.rate_limit))
        room = max(_BURST - interval, timedelta(0))
        slot = max(next_slot or at, at)
        if slot - at > room and not force:
            return Wait(slot - room, "the rate limit of the endpoint is used up")
        next_slot = slot + interval
    return replace(state, throttled_until=throttled_until, next_slot=next_slot)


def ask_again(wait: Wait, *, key: str, at: datetime, since: datetime) -> datetime:
    """When one of many that wait asks again, so that they do not all come back at once.

    The longer it has waited, the more wait beside it: the spread grows with that.

    Args:
        wait: what it was told.
        key: who asks; the same one is told the same.
        at: now.
        since: it waits.
    """
    spread = max(at - since, wait.until - at)
    spread = min(max(spread, _SHORTEST_SPREAD), _LONGEST_SPREAD)
    share = int.from_bytes(hashlib.sha256(key.encode()).digest()[:4]) / 2**32
    return wait.until + spread * (1 + share) / 2


def _was_under_way(state: EndpointState, report: DeliveryReport) -> bool:
    return state.failing_since is not None and report.started_at < state.failing_since


def _throttle(state: EndpointState, report: DeliveryReport) -> datetime | None:
    unreached = report.failure in _UNREACHED and state.failures > _MOST_UNREACHED
    if not report.overloaded and not unreached:
        return None
    # The exponent is bounded, as the failures in a row are not.
    doublings = min(max(state.failures - 1, 0), 16)
    pause = min(_SHORTEST_PAUSE * (1 << doublings), _LONGEST_PAUSE)
    if report.overloaded and report.retry_after_seconds is not None:
        pause = max(pause, timedelta(seconds=report.retry_after_seconds))
    return report.ended_at + pause
