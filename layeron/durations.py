"""Durations as people write them in options: ``30s``, ``15m``, ``12h``, ``7d``."""

import re
from datetime import timedelta

FOREVER = timedelta.max

DURATION_SCHEMA = {
    "anyOf": [
        {"type": "string", "pattern": "^[1-9][0-9]{0,8}[smhd]$"},
        {"type": "number", "exclusiveMinimum": 0},
    ]
}
"""What is accepted for a duration, for references."""

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
_FORM = re.compile(r"(\d{1,9})([smhd])")


def parse_duration(value: str | float | timedelta, *, zero: bool = False) -> timedelta:
    """Read a duration: a number of seconds, a timedelta, or a number with a unit.

    Args:
        value: what was written.
        zero: whether none at all will do.

    Raises:
        ValueError: the text has another form, or the duration is not positive.
    """
    if isinstance(value, timedelta):
        duration = value
    elif isinstance(value, str):
        match = _FORM.fullmatch(value)
        if match is None:
            raise ValueError(
                f"{value!r} is not a duration; write one such as '30s', '15m', '12h' or '7d'"
            )
        duration = timedelta(**{_UNITS[match[2]]: int(match[1])})
    else:
        duration = timedelta(seconds=value)
    if duration < timedelta(0) or (not duration and not zero):
        raise ValueError(f"{value!r} is not a positive duration; write one such as '30s' or '7d'")
    return duration


def parse_keeping(value: str | float | timedelta) -> timedelta:
    """Read how long something is kept: a duration, or ``forever``.

    Raises:
        ValueError: it is neither.
    """
    return FOREVER if value == "forever" else parse_duration(value)


def check_keeping(bodies: timedelta | None, records: timedelta | None) -> None:
    """Return if records are kept at least as long as the bodies they are about.

    Raises:
        ValueError: they are not.
    """
    if bodies is not None and records is not None and records < bodies:
        raise ValueError(
            "records are kept less long than the bodies they are about; keep records at least as"
            " long, or bodies less long"
        )
