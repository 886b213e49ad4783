"""The time of signing: reading it strictly, writing it, and whether it is fresh."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Literal, TypeAlias

from layeron.signing.verdict import Cause, RefusalError
from layeron.text import printable

TimestampFormat: TypeAlias = Literal["unix", "unix-ms", "iso8601"]

_UNITS: Mapping[TimestampFormat, timedelta] = {
    "unix": timedelta(seconds=1),
    "unix-ms": timedelta(milliseconds=1),
}
# Fifteen digits are thirty million years of seconds: enough to say how wrong a time is.
_NUMBER = re.compile(r"[0-9]{1,15}(\.[0-9]{1,9})?", re.ASCII)
_DESCRIPTIONS: Mapping[TimestampFormat, str] = {
    "unix": "seconds since 1970",
    "unix-ms": "milliseconds since 1970",
    "iso8601": "ISO 8601 with a time zone",
}
_LONGEST_SHOWN = 40


def read_timestamp(text: str, form: TimestampFormat) -> float:
    """Seconds since 1970.

    Raises:
        RefusalError: the text is no time of this form.
    """
    try:
        return _read_iso8601(text) if form == "iso8601" else _read_number(text, form)
    except (ValueError, OverflowError):
        raise RefusalError(
            Cause.MALFORMED_TIMESTAMP,
            f"the timestamp {printable(text, _LONGEST_SHOWN)!r} is not {_DESCRIPTIONS[form]}",
        ) from None


def write_timestamp(at: datetime, form: TimestampFormat) -> str:
    """A time the way a sender writes it."""
    if form == "iso8601":
        return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return str((at - datetime.fromtimestamp(0, UTC)) // _UNITS[form])


def refuse_unless_fresh(seconds: float, *, now: datetime, tolerance: float) -> None:
    """Let pass a time within *tolerance* seconds of *now*, before or after, the bounds included.

    Raises:
        RefusalError: it is stale, or lies in the future.
    """
    age = now.timestamp() - seconds
    if age > tolerance:
        raise RefusalError(
            Cause.STALE_TIMESTAMP,
            f"stale by {age - tolerance:.0f} s: signed {age:.0f} s ago, {tolerance:g} s allowed",
        )
    if -age > tolerance:
        raise RefusalError(
            Cause.FUTURE_TIMESTAMP,
            f"ahead by {-age - tolerance:.0f} s: signed {-age:.0f} s from now, {tolerance:g} s"
            f" allowed{_hint(seconds, now)}",
        )


def _hint(seconds: float, now: datetime) -> str:
    """A time a thousand times too late was most likely written in milliseconds."""
    looks_like_milliseconds = abs(seconds / 1000 - now.timestamp()) < timedelta(days=365) / (
        timedelta(seconds=1)
    )
    return (
        "; it looks like milliseconds: timestamp_format='unix-ms'"
        if looks_like_milliseconds
        else ""
    )


def _read_number(text: str, form: TimestampFormat) -> float:
    if not _NUMBER.fullmatch(text):
        raise ValueError(text)
    return float(text) * _UNITS[form].total_seconds()


def _read_iso8601(text: str) -> float:
    time = datetime.fromisoformat(text)
    if time.tzinfo is None:
        raise ValueError(text)
    return time.timestamp()
