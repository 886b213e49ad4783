"""How an endpoint is doing: failures, throttles, trials, limits, and the end of patience."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from layeron.outbound.health import (
    PATIENCE,
    Wait,
    admit,
    after_failure,
    after_report,
    after_success,
    ask_again,
)
from layeron.outbound.records import DeliveryReport, EndpointRecord, EndpointState

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
ENDPOINT = EndpointRecord(
    "whep_1",
    "default",
    "orders",
    "crm",
    declared=True,
    url="https://example.com",
    timeout_seconds=7,
)


def after(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def report(at: datetime = NOON, *, started_at: datetime | None = None, **changes: Any) -> Any:
    made = DeliveryReport(
        "whep_1", 1, "retrying", started_at or at, at, failure="status", error="answered 500"
    )
    return replace(made, **changes)


def failing(times: int, **changes: Any) -> EndpointState:
    """The state after so many failures, a second apart from noon on."""
    state = EndpointState()
    for number in range(times):
        state = after_failure(state, report(after(number), **changes))
    return state


def admitted(result: EndpointState | Wait) -> EndpointState:
    assert isinstance(result, EndpointState), result
    return result


def test_failures_in_a_row_are_counted_from_the_first() -> None:
    assert failing(3) == EndpointState(failing_since=NOON, failures=3)


def test_a_success_forgets_the_failures() -> None:
    state = replace(failing(5, failure="timeout"), next_slot=after(9))
    assert state.throttled_until is not None
    assert after_success(state, report(after(9))) == EndpointState(next_slot=after(9))


def test_a_success_of_a_healthy_endpoint_changes_nothing() -> None:
    assert after_success(EndpointState(), report()) == EndpointState()


def test_requests_that_fail_together_are_one_failure() -> None:
    state = after_failure(EndpointState(), report(after(10), started_at=NOON))
    for seconds in range(11, 20):
        state = after_failure(state, report(after(seconds), started_at=after(9), overloaded=True))
    assert (state.failures, state.failing_since) == (1, after(10))
    # Each of them may still ask for its own time.
    assert state.throttled_until == after(19 + 1)


def test_a_success_from_before_the_first_failure_tells_nothing_new() -> None:
    state = after_failure(EndpointState(), report(after(10), overloaded=True))
    assert after_success(state, report(after(11), started_at=after(9))) == state


@pytest.mark.parametrize("kind", ["timeout", "connect"])
def test_an_endpoint_out_of_reach_is_throttled_from_the_third_failure_on(kind: str) -> None:
    assert failing(2, failure=kind).throttled_until is None
    assert failing(3, failure=kind).throttled_until == after(2 + 4)
    assert failing(4, failure=kind).throttled_until == after(3 + 8)


@pytest.mark.parametrize("kind", ["status", "dns", "tls", "protocol", "refused_url"])
def test_other_failures_do_not_throttle(kind: str) -> None:
    assert failing(9, failure=kind).throttled_until is None


def test_an_overloaded_endpoint_is_left_alone_twice_as_long_each_time() -> None:
    pauses: list[float] = []
    for times in (1, 2, 3, 9, 10, 1_000):
        until = failing(times, overloaded=True).throttled_until
        assert until is not None
        pauses.append((until - after(times - 1)).total_seconds())
    assert pauses == [1, 2, 4, 256, 300, 300]


@pytest.mark.parametrize(("asked", "pause"), [(60.0, 60), (0.0, 1), (3_600.0, 3_600)])
def test_an_overloaded_endpoint_gets_at_least_the_time_it_asked_for(
    asked: float, pause: float
) -> None:
    state = failing(1, overloaded=True, retry_after_seconds=asked)
    assert state.throttled_until == after(pause)


def test_a_throttle_is_never_made_shorter() -> None:
    state = failing(1, overloaded=True, retry_after_seconds=600.0)
    assert after_failure(state, report(after(5), overloaded=True)).throttled_until == after(600)


def test_an_endpoint_that_is_gone_is_disabled_at_once() -> None:
    state = failing(1, gone=True)
    assert (state.status, state.disabled_reason, state.disabled_at) == ("disabled", "gone", NOON)


def test_an_endpoint_is_disabled_when_patience_ends() -> None:
    first = failing(1)
    just_before = report(NOON + PATIENCE - timedelta(seconds=1))
    assert after_failure(first, just_before).status == "enabled"
    state = after_failure(first, report(NOON + PATIENCE))
    assert (state.status, state.disabled_reason) == ("disabled", "failing")
    assert state.disabled_at == NOON + PATIENCE


def test_a_disabled_endpoint_stays_as_it_is() -> None:
    state = EndpointState("disabled", "operator", NOON)
    for made in (report(after(1)), report(after(1), gone=True)):
        assert after_failure(state, made) == state
    assert after_success(state, report(after(1))) == state


@pytest.mark.parametrize(
    "made",
    [
        report(failure="unsigned"),
        report(failure=None, status="dead_letter"),
        report(failure=None, unsent=True),
    ],
)
def test_what_is_our_fault_is_not_held_against_the_endpoint(made: DeliveryReport) -> None:
    assert after_report(EndpointState(), made) == EndpointState()


def test_every_report_is_read_by_its_status() -> None:
    state = failing(2)
    assert after_report(state, report(after(9), status="succeeded", failure=None)).failures == 0
    assert after_report(state, report(after(9))).failures == 3
    assert after_report(state, report(after(9), status="dead_letter")).failures == 3


def test_a_healthy_endpoint_without_a_limit_admits_and_stays_as_it_is() -> None:
    assert admit(EndpointState(), ENDPOINT, at=NOON) == EndpointState()


def test_a_throttled_endpoint_admits_nothing_before_its_time() -> None:
    state = EndpointState(failures=1, failing_since=NOON, throttled_until=after(60))
    wait = admit(state, ENDPOINT, at=after(59))
    assert wait == Wait(after(60), "the endpoint is throttled after failures")
    assert isinstance(admit(state, ENDPOINT, at=after(59), force=True), EndpointState)


def test_after_a_throttle_one_goes_first_and_the_others_wait_as_long_as_it_may_take() -> None:
    state = EndpointState(failures=1, failing_since=NOON, throttled_until=after(60))
    on_trial = admitted(admit(state, ENDPOINT, at=after(61)))
    assert on_trial == replace(state, throttled_until=after(61 + 7))
    assert isinstance(admit(on_trial, ENDPOINT, at=after(67)), Wait)
    assert admitted(admit(on_trial, ENDPOINT, at=after(68))).throttled_until == after(68 + 7)


@pytest.mark.parametrize(("limit", "burst"), [(0.5, 1), (1, 1), (2, 2), (10, 10), (1_000, 1_000)])
def test_after_a_lull_as_many_are_admitted_as_a_second_has_room_for(
    limit: float, burst: int
) -> None:
    endpoint = replace(ENDPOINT, rate_limit=limit)
    state, count = EndpointState(next_slot=after(-600)), 0
    while isinstance(result := admit(state, endpoint, at=NOON), EndpointState):
        state, count = result, count + 1
    assert count == burst
    assert result.until - NOON == timedelta(seconds=1 / limit)


@pytest.mark.parametrize("limit", [0.3, 1, 3, 7, 40])
def test_a_limit_is_kept_over_time(limit: float) -> None:
    endpoint, state, count = replace(ENDPOINT, rate_limit=limit), EndpointState(), 0
    for tick in range(2_000):
        result = admit(state, endpoint, at=after(tick / 20))
        if isinstance(result, EndpointState):
            state, count = result, count + 1
    most = limit * 100 + max(limit, 1)
    assert min(most, 2_000) * 0.95 - 1 <= count <= most


def test_what_is_forced_counts_against_the_limit() -> None:
    endpoint = replace(ENDPOINT, rate_limit=1)
    state = admitted(admit(EndpointState(), endpoint, at=NOON))
    assert isinstance(admit(state, endpoint, at=NOON), Wait)
    forced = admitted(admit(state, endpoint, at=NOON, force=True))
    assert forced.next_slot == after(2)


def test_those_who_wait_come_back_spread_the_more_the_longer_they_waited() -> None:
    keys = [f"whevt_{n}" for n in range(200)]

    def spread(since: datetime, until: datetime) -> tuple[float, float]:
        moments = [
            (ask_again(Wait(until, "?"), key=key, at=NOON, since=since) - until).total_seconds()
            for key in keys
        ]
        assert len(set(moments)) > 190
        return min(moments), max(moments)

    for since, until, widest in ((0, 0.1, 1), (-20, 0.1, 20), (0, 40, 40), (-9_999, 1, 60)):
        first, last = spread(after(since), after(until))
        assert widest * 0.5 <= first < widest * 0.55
        assert widest * 0.95 < last <= widest


def test_the_same_one_is_told_the_same() -> None:
    wait = Wait(after(1), "?")
    told = {ask_again(wait, key="whevt_1", at=NOON, since=NOON) for _ in range(3)}
    assert len(told) == 1
