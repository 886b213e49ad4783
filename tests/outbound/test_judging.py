"""What an answer means for a delivery."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from layeron.outbound.judging import LONGEST_RETRY_AFTER, judge, retry_after
from layeron.outbound.records import DeliveryReport, EndpointRecord
from layeron.outbound.retry import OutboundRetry
from layeron.ports.sender import Answered, Unanswered

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
DEFAULT = OutboundRetry()


def endpoint(*delays: float, jitter: float = 0) -> EndpointRecord:
    return EndpointRecord(
        "whep_1", "default", "out", "crm", declared=True, url="https://crm.example.com/hooks",
        retry_delays=list(delays), retry_jitter=jitter,
    )  # fmt: skip


def answered(status: int, *headers: tuple[str, str], body: bytes = b"") -> Answered:
    return Answered(
        status, list(headers), body, truncated=False, address=None, connect_seconds=None
    )


def judged(
    answer: Answered | Unanswered, *delays: float, number: int = 1, jitter: float = 0
) -> DeliveryReport:
    return judge(
        endpoint(*delays, jitter=jitter),
        number,
        answer,
        single_attempt=False,
        started_at=NOW,
        ended_at=NOW + timedelta(seconds=1),
    )


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_any_2xx_is_a_success(status: int) -> None:
    report = judged(answered(status), 5)
    assert (report.status, report.failure, report.error) == ("succeeded", None, None)


@pytest.mark.parametrize("status", [100, 300, 301, 302, 307, 308, 400, 404, 500, 599])
def test_anything_else_is_a_failure_that_is_tried_again(status: int) -> None:
    report = judged(answered(status), 5)
    assert (report.status, report.failure, report.http_status) == ("retrying", "status", status)
    assert str(status) in (report.error or "")
    assert report.next_attempt_at == NOW + timedelta(seconds=6)


def test_a_redirect_is_said_not_to_be_followed() -> None:
    report = judged(answered(302, ("location", "http://169.254.169.254/")), 5)
    assert report.error == "answered 302 Found; redirects are not followed"


@pytest.mark.parametrize("status", [429, 502, 504])
def test_an_overloaded_endpoint_is_known_by_its_status(status: int) -> None:
    assert judged(answered(status), 5).overloaded


@pytest.mark.parametrize("status", [500, 503, 404])
def test_other_failures_ask_for_nothing(status: int) -> None:
    assert not judged(answered(status), 5).overloaded


def test_410_is_told_apart() -> None:
    assert judged(answered(410), 5).gone


def test_out_of_the_schedule_is_a_dead_letter() -> None:
    report = judged(answered(500), 5, 10, number=3)
    assert (report.status, report.next_attempt_at) == ("dead_letter", None)


def test_a_single_attempt_has_no_other() -> None:
    report = judge(endpoint(5), 1, answered(500), single_attempt=True, started_at=NOW, ended_at=NOW)
    assert report.status == "dead_letter"


def test_retry_after_makes_the_wait_longer_and_never_shorter() -> None:
    longer = judged(answered(503, ("Retry-After", "120")), 5)
    assert longer.next_attempt_at == NOW + timedelta(seconds=121)
    shorter = judged(answered(503, ("Retry-After", "1")), 300)
    assert shorter.next_attempt_at == NOW + timedelta(seconds=301)


def test_retry_after_is_capped() -> None:
    report = judged(answered(429, ("Retry-After", "1000000000")), 5)
    assert report.retry_after_seconds == LONGEST_RETRY_AFTER


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("0", 0),
        (" 30 ", 30),
        (format_datetime(NOW + timedelta(seconds=90), usegmt=True), 90),
        ("Sunday, 01-Mar-26 12:01:30 GMT", 90),
        (format_datetime(NOW - timedelta(days=1), usegmt=True), 0),
        ("-5", None),
        ("soon", None),
        ("", None),
        ("١٢", None),
        ("9" * 5000, 999_999_999_999),
        (f"Sun, 01 Mar 2026 12:01:30 +{'9' * 20}", None),
        (f"Sun, 01 Mar 2026 {'9' * 20}:01:30 GMT", None),
    ],
)
def test_retry_after_is_a_number_or_a_date(text: str, seconds: float | None) -> None:
    assert retry_after([("retry-after", text)], NOW) == seconds


def test_the_wait_is_spread_but_never_shorter_than_scheduled() -> None:
    waits = {judged(answered(500), 100, jitter=0.5).next_attempt_at for _ in range(50)}
    seconds = sorted((each - NOW).total_seconds() for each in waits if each)
    assert len(seconds) > 25
    assert seconds[0] >= 101
    assert seconds[-1] <= 151


def test_without_options_ten_attempts_are_spread_over_more_than_75_hours() -> None:
    assert len(DEFAULT.delays) + 1 == 10
    assert sum(DEFAULT.delays) >= 75 * 3600


def test_what_could_not_be_sent_keeps_its_kind_and_its_words() -> None:
    report = judged(Unanswered("tls", "the certificate of crm.example.com has expired"), 5)
    assert (report.failure, report.status) == ("tls", "retrying")
    assert report.error == "the certificate of crm.example.com has expired"


def test_cookies_of_an_endpoint_are_not_kept() -> None:
    report = judged(answered(200, ("Set-Cookie", "session=abc"), ("x-id", "7")))
    assert report.response_headers == [("Set-Cookie", "[redacted]"), ("x-id", "7")]
