"""The form of an endpoint: texts as they are typed, and the options they stand for."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from api.dashboard.visit import Visit
from layeron.errors import PayloadError
from layeron.outbound.options import EndpointOptions
from layeron.outbound.records import EndpointRecord
from layeron.outbound.retry import OutboundRetry

FIELDS = (
    "name",
    "url",
    "event_types",
    "headers",
    "timeout_seconds",
    "retry",
    "rate_limit",
    "fifo",
    "description",
    "metadata",
    "user_id",
)
_LONGEST = 20_000
_YES = "yes"


def blank() -> dict[str, str]:
    """The form of a new endpoint."""
    defaults = EndpointOptions.model_fields
    seconds = defaults["timeout_seconds"].default
    texts = dict.fromkeys(FIELDS, "")
    return {**texts, "timeout_seconds": f"{seconds:g}", "retry": _delays(OutboundRetry().delays)}


def texts_of(endpoint: EndpointRecord) -> dict[str, str]:
    """The form of an endpoint as it is."""
    return {
        "name": endpoint.name,
        "url": endpoint.url,
        "event_types": "\n".join(endpoint.event_types),
        "headers": "\n".join(f"{name}: {value}" for name, value in endpoint.headers.items()),
        "timeout_seconds": f"{endpoint.timeout_seconds:g}",
        "retry": _delays(endpoint.retry_delays),
        "rate_limit": "" if endpoint.rate_limit is None else f"{endpoint.rate_limit:g}",
        "fifo": _YES if endpoint.fifo else "",
        "description": endpoint.description,
        "metadata": json.dumps(endpoint.metadata) if endpoint.metadata else "",
        "user_id": endpoint.user_id or "",
    }


def typed(visit: Visit) -> dict[str, str]:
    """What was posted; browsers end lines with CR LF."""
    return {name: (visit.text(name, _LONGEST) or "").replace("\r\n", "\n") for name in FIELDS}


def options_of(texts: Mapping[str, str], before: Mapping[str, str]) -> dict[str, Any]:
    """The options that differ from how the form was.

    Raises:
        PayloadError: a text stands for nothing; names the field and the mend.
    """
    changed = {name: text for name, text in texts.items() if text != before[name].strip()}
    return {name: _READERS[name](text) for name, text in changed.items()}


def _delays(delays: list[float]) -> str:
    return ", ".join(_delay(each) for each in delays)


def _delay(seconds: float) -> str:
    for unit, size in (("d", 86400), ("h", 3600), ("m", 60)):
        if seconds % size == 0 and seconds:
            return f"{int(seconds // size)}{unit}"
    return f"{seconds:g}s" if seconds == int(seconds) else f"{seconds:g}"


def _words(text: str) -> list[str]:
    return text.replace(",", " ").split()


def _schedule(text: str) -> dict[str, Any]:
    return {"schedule": [float(each) if _is_number(each) else each for each in _words(text)]}


def _headers(text: str) -> dict[str, str]:
    pairs = [line.partition(":") for line in text.splitlines() if line.strip()]
    for name, colon, _ in pairs:
        if not colon:
            raise PayloadError(
                f"header fields: {name.strip()[:60]!r} has no ':'; write name: value"
            )
    return {name.strip(): value.strip() for name, _, value in pairs}


def _metadata(text: str) -> object:
    try:
        value: object = json.loads(text or "{}")
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise PayloadError('metadata: write a JSON object, such as {"plan": "pro"}')
    return value  # pyright: ignore[reportUnknownVariableType]  # JSON


def _number(name: str) -> Callable[[str], float | None]:
    def read(text: str) -> float | None:
        if not text:
            return None
        if not _is_number(text):
            raise PayloadError(f"{name}: {text[:40]!r} is no number; write one such as 20")
        return float(text)

    return read


def _is_number(text: str) -> bool:
    whole, _, part = text.partition(".")
    return len(text) <= 20 and (whole + part).isascii() and (whole + part).isdigit()  # noqa: PLR2004  # no number here is longer


_READERS: Mapping[str, Callable[[str], Any]] = {
    "name": str,
    "url": str,
    "event_types": _words,
    "headers": _headers,
    "timeout_seconds": _number("time limit"),
    "retry": _schedule,
    "rate_limit": _number("rate limit"),
    "fifo": bool,
    "description": str,
    "metadata": _metadata,
    "user_id": str,
}
