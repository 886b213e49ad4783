"""Templates and what they may call; whatever a stranger wrote is text in them."""

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.responses import Response

from layeron.text import printable

FOLDER = Path(__file__).parent
STATIC = FOLDER / "static"

STATUSES: Mapping[str, tuple[str, str, str]] = {
    "accepted": ("busy", "○", "accepted"),
    "processing": ("busy", "◐", "processing"),
    "running": ("busy", "◐", "running"),
    "queued": ("busy", "○", "queued"),
    "retrying": ("warn", "↻", "retrying"),
    "succeeded": ("good", "✓", "succeeded"),
    "dead_letter": ("bad", "✕", "dead letter"),
    "failed": ("bad", "✕", "failed"),
    "timed_out": ("bad", "✕", "timed out"),
    "interrupted": ("warn", "!", "interrupted"),
    "unhandled": ("calm", "-", "unhandled"),
    "rejected": ("bad", "⊘", "rejected"),
    "held": ("warn", "‖", "held"),
    "skipped": ("calm", "»", "skipped"),
    "paused": ("warn", "‖", "paused"),
    "stopped": ("calm", "■", "stopped"),
    "finished": ("good", "✓", "finished"),
    "enabled": ("good", "✓", "enabled"),
    "disabled": ("bad", "⊘", "disabled"),
}
"""Of every status: its tone (a colour), its sign and its words; never the colour alone."""

_KIB = 1024


def page(template: str, values: Mapping[str, Any], status: int = 200) -> Response:
    """Render a page or a fragment."""
    text = _ENVIRONMENT.get_template(template).render(values)
    # What strangers call their events may hold lone surrogates, which UTF-8 cannot carry.
    return Response(
        text.encode("utf-8", "backslashreplace"), status, media_type="text/html; charset=utf-8"
    )


def line(text: object, longest: int = 200) -> str:
    """A stranger's text as one visible line."""
    return printable(str(text), longest)


def lines(text: str, longest: int = 64 * 2**10) -> str:
    """A stranger's text with its line ends and tabs, and nothing else that cannot be seen."""
    kept = text[:longest].replace("\r\n", "\n")
    if kept.isascii() and "\x00" not in kept:
        return kept
    return "".join(each if each in "\n\t" else printable(each) for each in kept)


def moment(at: datetime | None) -> Markup:
    """A time, to the second in view and exactly beneath."""
    if at is None:
        return Markup("—")
    utc = at.astimezone(UTC)
    exact = utc.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    shown = f"{utc:%Y-%m-%d %H:%M:%S}"
    return Markup('<time datetime="{0}" title="{0}">{1}</time>').format(exact, shown)


def instant(at: datetime) -> Markup:
    """A time, to the millisecond in view."""
    utc = at.astimezone(UTC)
    exact = utc.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return Markup('<time datetime="{}">{}</time>').format(exact, exact[:-1].replace("T", " "))


def took(seconds: float | timedelta | None) -> str:
    """How long something took."""
    if seconds is None:
        return "—"
    value = seconds.total_seconds() if isinstance(seconds, timedelta) else seconds
    if value < 1:
        return f"{value * 1000:.0f} ms"
    if value < 120:  # noqa: PLR2004  # up to two minutes, seconds say more
        return f"{value:.1f} s"
    return f"{value / 60:.0f} min" if value < 2 * 3600 else f"{value / 3600:.1f} h"


def size(count: int) -> str:
    """A number of bytes."""
    if count < _KIB:
        return f"{count} B"
    return f"{count / _KIB:.1f} KiB" if count < _KIB**2 else f"{count / _KIB**2:.1f} MiB"


def asset(name: str) -> str:
    """The address of a static file, which changes when the file does."""
    return _ASSETS[name]


def _asset_addresses() -> dict[str, str]:
    found: dict[str, str] = {}
    for path in sorted(STATIC.iterdir()):
        digest = hashlib.sha256(path.read_bytes()).hexdigest()[:12]
        found[path.name] = f"/dashboard/static/{path.name}?v={digest}"
    return found


def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(FOLDER / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(
        line=line, lines=lines, moment=moment, instant=instant, took=took, size=size
    )
    cast("dict[str, Any]", made.globals).update(asset=asset, statuses=STATUSES)
    return made


_ASSETS = _asset_addresses()
_ENVIRONMENT = _environment()
