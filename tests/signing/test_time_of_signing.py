"""The time of signing: strict, in both directions, the bounds included."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from layeron.signing.rule import Signature
from layeron.signing.sign import sign
from layeron.signing.timestamp import TimestampFormat, read_timestamp, write_timestamp
from layeron.signing.verdict import Cause, RefusalError, Verdict
from layeron.signing.verify import verify
from tests.support.rules import KEY, NOW, STRIPE_LIKE, UNSIGNED, rule, values, with_header


async def after(seconds: float, chosen: Signature | None = None) -> Verdict:
    chosen = chosen or rule(STRIPE_LIKE)
    signed = sign(chosen, UNSIGNED, [KEY], now=NOW)
    return await verify(chosen, signed, values(KEY), now=NOW + timedelta(seconds=seconds))


@pytest.mark.parametrize("seconds", [0, 299.999, 300, -299.999, -300])
async def test_a_time_within_the_tolerance_is_accepted_the_bounds_included(seconds: float) -> None:
    assert (await after(seconds)).accepted


@pytest.mark.parametrize(
    ("seconds", "cause", "detail"),
    [
        (301, Cause.STALE_TIMESTAMP, "stale by 1 s: signed 301 s ago, 300 s allowed"),
        (712, Cause.STALE_TIMESTAMP, "stale by 412 s: signed 712 s ago, 300 s allowed"),
        (-301, Cause.FUTURE_TIMESTAMP, "ahead by 1 s: signed 301 s from now, 300 s allowed"),
        (300.001, Cause.STALE_TIMESTAMP, "stale by 0 s: signed 300 s ago, 300 s allowed"),
    ],
)
async def test_a_time_outside_the_tolerance_is_refused_with_the_distance(
    seconds: float, cause: Cause, detail: str
) -> None:
    assert await after(seconds) == Verdict("failed", cause, detail)


async def test_the_tolerance_is_the_rules_own() -> None:
    narrow = rule({**STRIPE_LIKE, "tolerance_seconds": 5})
    assert (await after(5, narrow)).accepted
    assert (await after(6, narrow)).cause is Cause.STALE_TIMESTAMP
    unlimited = rule({**STRIPE_LIKE, "tolerance_seconds": None})
    assert (await after(10**9, unlimited)).accepted


async def test_milliseconds_where_seconds_are_expected_are_refused_with_a_hint() -> None:
    in_milliseconds = sign(
        rule({**STRIPE_LIKE, "timestamp_format": "unix-ms"}), UNSIGNED, [KEY], now=NOW
    )
    verdict = await verify(rule(STRIPE_LIKE), in_milliseconds, values(KEY), now=NOW)
    assert verdict.cause is Cause.FUTURE_TIMESTAMP
    assert verdict.detail.endswith("; it looks like milliseconds: timestamp_format='unix-ms'")


@pytest.mark.parametrize(
    ("header", "cause"),
    [
        ("v1=" + "0" * 64, Cause.MISSING_TIMESTAMP),
        ("t=,v1=" + "0" * 64, Cause.MALFORMED_TIMESTAMP),
        ("t=NaN,v1=" + "0" * 64, Cause.MALFORMED_TIMESTAMP),
        ("t=1,t=2,v1=" + "0" * 64, Cause.MALFORMED_TIMESTAMP),
        ("t=1777888800,t=1777888800,v1=" + "0" * 64, Cause.NO_MATCH),
    ],
)
async def test_a_missing_time_is_told_from_a_malformed_one(header: str, cause: Cause) -> None:
    asked = with_header(UNSIGNED, "x-signature", header)
    assert (await verify(rule(STRIPE_LIKE), asked, values(KEY), now=NOW)).cause is cause


@pytest.mark.parametrize(
    ("text", "form", "seconds"),
    [
        ("1777888800", "unix", 1777888800),
        ("0", "unix", 0),
        ("1777888800123", "unix-ms", 1777888800.123),
        ("2026-05-04T10:00:00Z", "iso8601", 1777888800),
        ("2026-05-04T12:00:00.5+02:00", "iso8601", 1777888800.5),
        ("2026-05-04T10:00:00.123456789Z", "iso8601", 1777888800.123456),
    ],
)
def test_a_time_is_read(text: str, form: TimestampFormat, seconds: float) -> None:
    assert read_timestamp(text, form) == seconds


@pytest.mark.parametrize("form", ["unix", "unix-ms", "iso8601"])
@pytest.mark.parametrize(
    "text",
    ["", " ", "-1", "+1", "1.5", "1e3", "NaN", "inf", "1_000", "0x1", "٣", "²", "9" * 16, "\ud800",
     "2026-05-04T10:00:00", "2026-13-04T10:00:00Z", "today"],
)  # fmt: skip
def test_every_other_text_is_malformed(text: str, form: TimestampFormat) -> None:
    with pytest.raises(RefusalError) as refusal:
        read_timestamp(text, form)
    assert refusal.value.cause is Cause.MALFORMED_TIMESTAMP


def test_a_hostile_time_is_shown_short_and_printable() -> None:
    with pytest.raises(RefusalError) as refusal:
        read_timestamp("\x1b[31m\n" + "9" * 10_000, "unix")
    assert len(refusal.value.detail) < 150
    assert refusal.value.detail.isprintable()


@pytest.mark.parametrize(
    ("form", "text"),
    [
        ("unix", "1777888800"),
        ("unix-ms", "1777888800123"),
        ("iso8601", "2026-05-04T10:00:00.123Z"),
    ],
)
def test_a_time_is_written_in_utc_whatever_its_zone(form: TimestampFormat, text: str) -> None:
    for zone in (UTC, timezone(timedelta(hours=2))):
        at = datetime(2026, 5, 4, 10, 0, 0, 123456, tzinfo=UTC).astimezone(zone)
        assert write_timestamp(at, form) == text
