"""What an answer means for a delivery, and when the next attempt is due."""

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus

from layeron.outbound.records import DeliveryReport, EndpointRecord
from layeron.ports.sender import Answered, Unanswered
from layeron.redaction import REDACTED

LONGEST_RETRY_AFTER = 3600.0
"""Seconds that an endpoint can ask for; a mistaken `Retry-After` must not stop deliveries."""

_OVERLOADED = {
    HTTPStatus.TOO_MANY_REQUESTS,
    HTTPStatus.BAD_GATEWAY,
    HTTPStatus.GATEWAY_TIMEOUT,
}
"""Of these the Standard Webhooks specification says that they ask for fewer requests."""

_PRIVATE_HEADERS = {"set-cookie", "authorization", "www-authenticate", "proxy-authenticate"}


def judge(
    endpoint: EndpointRecord,
    number: int,
    answer: Answered | Unanswered,
    *,
    single_attempt: bool,
    started_at: datetime,
    ended_at: datetime,
) -> DeliveryReport:
    """The report of one attempt.

    Args:
        endpoint: where it was sent.
        number: of the attempt, from 1.
        answer: what came back.
        single_attempt: no other one is made.
        started_at: by the engine's clock.
        ended_at: by the engine's clock.
    """
    if isinstance(answer, Unanswered):
        report = DeliveryReport(
            endpoint.id,
            number,
            "retrying",
            started_at,
            ended_at,
            failure=answer.kind,
            error=answer.detail,
            address=answer.address,
        )
    else:
        report = _answered(endpoint, number, answer, started_at, ended_at)
        if report.status == "succeeded":
            return report
    return _with_next_attempt(report, endpoint, single_attempt=single_attempt)


def retry_after(headers: Sequence[tuple[str, str]], at: datetime) -> float | None:
    """Seconds that a `Retry-After` field asks for (RFC 9110 §10.2.3): a number, or a date."""
    for name, text in headers:
        if name.lower() != "retry-after":
            continue
        if text.strip().isascii() and text.strip().isdigit():
            # Digits beyond what any cap allows need not be read.
            return float(text.strip()[:12])
        try:
            moment = parsedate_to_datetime(text)
        except (ValueError, OverflowError):  # a number in it may have any number of digits
            return None
        zoned = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return max((zoned - at).total_seconds(), 0.0)
    return None


def _answered(
    endpoint: EndpointRecord,
    number: int,
    answer: Answered,
    started_at: datetime,
    ended_at: datetime,
) -> DeliveryReport:
    good = HTTPStatus(200) <= answer.status < HTTPStatus(300)
    # A date is by the real clock, which is not the engine's when a test skips time.
    asked = None if good else retry_after(answer.headers, datetime.now(UTC))
    return DeliveryReport(
        endpoint.id,
        number,
        "succeeded" if good else "retrying",
        started_at,
        ended_at,
        failure=None if good else "status",
        error=None if good else _told(answer.status),
        overloaded=answer.status in _OVERLOADED,
        retry_after_seconds=None if asked is None else min(asked, LONGEST_RETRY_AFTER),
        gone=answer.status == HTTPStatus.GONE,
        http_status=answer.status,
        response_headers=[
            (name, REDACTED if name.lower() in _PRIVATE_HEADERS else value)
            for name, value in answer.headers
        ],
        response_excerpt=answer.excerpt.decode("utf-8", "replace"),
        address=answer.address,
        connect_seconds=answer.connect_seconds,
    )


def _told(status: int) -> str:
    phrase = f" {HTTPStatus(status).phrase}" if status in set(HTTPStatus) else ""
    note = "; redirects are not followed" if 300 <= status < 400 else ""  # noqa: PLR2004  # RFC 9110 §15.4
    if status == HTTPStatus.GONE:
        note = "; that disables the endpoint, and what comes for it is held"
    return f"answered {status}{phrase}{note}"


def _with_next_attempt(
    report: DeliveryReport, endpoint: EndpointRecord, *, single_attempt: bool
) -> DeliveryReport:
    """The report of a failure, with what follows from the endpoint's schedule."""
    delays = [] if single_attempt else endpoint.retry_delays
    if report.number > len(delays):
        return replace(report, status="dead_letter")
    delay = max(delays[report.number - 1], report.retry_after_seconds or 0.0)
    delay *= 1 + endpoint.retry_jitter * random.random()  # noqa: S311  # spreads load
    return replace(report, next_attempt_at=report.ended_at + timedelta(seconds=delay))
