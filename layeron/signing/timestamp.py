"""The time of signing: reading it strictly, writing it, and whether it is fresh."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Literal, TypeAlias

from layeron.signing.verdict import Cause, RefusalError
from layeron.text import printable

TimestampFormat: TypeAlias = Literal["unix", "unix-ms", "iso8601"]

_EPOCH = datetime.fromtimestamp(0, UTC)
_PER_SECOND: Mapping[TimestampFormat, int] = {"unix": 1, "unix-ms": 1000}
_MOST_DIGITS = 15  # thirty million years of seconds: enough to say how wrong a time is
_DESCRIPTIONS: Mapping[TimestampFormat, str] = {
    "unix": "seconds since 1970",
    "unix-ms": "milliseconds since 1970",
    "iso8601": "ISO 8601 with a time zone",
}
_LONGEST_SHOWN = 40
_YEAR_SECONDS = 365 * 86_400


def read_timestamp(text: str, form: TimestampFormat) -> float:
    """Seconds since 1970.

    Raises:
        RefusalError: the text is no time of this form.
    """
    if form == "iso8601":
        seconds = _read_iso8601(text)
    elif text.isascii() and text.isdecimal() and len(text) <= _MOST_DIGITS:
        seconds = int(text) / _PER_SECOND[form]
    else:
        seconds = None
    if seconds is None:
        raise RefusalError(
            Cause.MALFORMED_TIMESTAMP,
            f"the timestamp {printable(text, _LONGEST_SHOWN)!r} is not {_DESCRIPTIONS[form]}",
        )
    return seconds


def write_timestamp(at: datetime, form: TimestampFormat) -> str:
    """A time the way a sender writes it."""
    if form == "iso8601":
        return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return str((at - _EPOCH) // (timedelta(seconds=1) / _PER_SECOND[form]))


def staleness(seconds: float, *, now: datetime, tolerance: float) -> RefusalError | None:
    """Why a time is not within *tolerance* seconds of *now*, the bounds included; None if it is."""
    age = now.timestamp() - seconds
    if -tolerance <= age <= tolerance:
        return None
    limit = f"{tolerance:g} s allowed"
    if age > 0:
        return RefusalError(
            Cause.STALE_TIMESTAMP,
            f"stale by {age - tolerance:.0f} s: signed {age:.0f} s ago, {limit}",
        )
    return RefusalError(
        Cause.FUTURE_TIMESTAMP,
        f"ahead by {-age - tolerance:.0f} s: signed {-age:.0f} s from now, {limit}"
        f"{_hint(seconds, now)}",
    )


def _hint(seconds: float, now: datetime) -> str:
    """A time a thousand times too late was most likely written in milliseconds."""
    if abs(seconds / 1000 - now.timestamp()) > _YEAR_SECONDS:
        return ""
    return "; it looks like milliseconds: timestamp_format='unix-ms'"


def _read_iso8601(text: str) -> float | None:
    try:
        time = datetime.fromisoformat(text)
        return time.timestamp() if time.tzinfo else None
    except (ValueError, OverflowError):
        return None
