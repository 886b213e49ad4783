"""Log lines: readable at home, one JSON object each in production; hostile text stays a line.

A line that is logged while an event is worked on carries its id, and the trace's where one is
exported, whoever logs it: handlers need nothing but Python's logging.
"""

import json
import logging
import os
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, cast

from layeron import names
from layeron.current import current
from layeron.redaction import redact
from layeron.settings import Settings
from layeron.text import printable
from layeron.tracing import current_span

_LONGEST = 4_000
_EXTRAS = ("event_id", "webhook", "fields", "cause")
_REPORTED = {names.HANDLER_FAILED, names.PERMANENT, names.UNAVAILABLE, names.UNRECORDED}
_GOOGLE = "logging.googleapis.com"
_GOOGLE_SECRETS = "gcp://"


class JSONFormatter(logging.Formatter):
    """Google Cloud's structured logging: severity, message, time, trace and our own fields.

    Args:
        project: whose traces they are, so that a line in the log leads to its trace.
    """

    def __init__(self, project: str | None = None) -> None:
        super().__init__()
        self._traces = f"projects/{project}/traces/" if project else ""

    def format(self, record: logging.LogRecord) -> str:
        """One JSON object."""
        line: dict[str, Any] = {
            "severity": record.levelname,
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "logger": record.name,
            "message": _clean(record.getMessage())[:_LONGEST],
        }
        line |= {name: value for name in _EXTRAS if (value := _extra(record, name))}
        if span := current_span():
            line |= {
                f"{_GOOGLE}/trace": f"{self._traces}{span.trace_id:032x}",
                f"{_GOOGLE}/spanId": f"{span.span_id:016x}",
                f"{_GOOGLE}/trace_sampled": span.trace_flags.sampled,
            }
        if trace := _trace(self, record):
            line["exception"] = trace
        return json.dumps(line, default=str)


class LineFormatter(logging.Formatter):
    """Time, level and message for a person at a terminal."""

    def format(self, record: logging.LogRecord) -> str:
        """One line; a traceback follows on indented lines, so that nobody can forge an entry."""
        stamp = datetime.fromtimestamp(record.created, UTC).astimezone().strftime("%H:%M:%S")
        message = _clean(record.getMessage())
        fields: dict[str, Any] = _fields(record)
        event_id = _extra(record, "event_id")
        if event_id and event_id not in message:
            fields["event_id"] = event_id
        if span := current_span():
            fields["trace_id"] = f"{span.trace_id:032x}"
        shown = "".join(f" {name}={printable(str(value))}" for name, value in fields.items())
        line = f"{stamp} {record.levelname:<7} {printable(message, _LONGEST)}{shown}"
        trace = (_trace(self, record) or "").splitlines()
        return "\n".join([line, *(f"    {printable(each, _LONGEST)}" for each in trace)])


def _extra(record: logging.LogRecord, name: str) -> Any:
    """What a line says beside its message: by itself, or because an event is worked on."""
    if name == "fields":
        return _fields(record)
    return getattr(record, name, None) or getattr(current(), name, None)


def _fields(record: logging.LogRecord) -> dict[str, str]:
    """The fields of a line, which anybody may have set to anything."""
    given: object = getattr(record, "fields", None) or {}
    pairs = cast("dict[object, object]", given) if isinstance(given, dict) else {"fields": given}
    return {str(name): _clean(str(value)) for name, value in pairs.items()}


def _clean(text: str) -> str:
    """The text without what the event that is worked on must not show."""
    working = current()
    return redact(text, working.hidden if working else ())


def _trace(formatter: logging.Formatter, record: logging.LogRecord) -> str | None:
    """Where an error came from: one that is logged, or one of a handler."""
    if record.exc_info:
        return _clean(formatter.formatException(record.exc_info))
    trace: str | None = getattr(record, "trace", None)
    return trace and _clean(trace).rstrip()


def _is_news(record: logging.LogRecord) -> bool:
    """Whether Temporal reports the failure of an activity that has not reported it itself."""
    error = record.exc_info[1] if record.exc_info else None
    return getattr(error, "type", None) not in _REPORTED


def configure_logging(settings: Settings) -> None:
    """Send all logging to standard error in the form of the deployment."""
    handler = logging.StreamHandler(sys.stderr)
    project = google_project(settings, os.environ)
    handler.setFormatter(JSONFormatter(project) if settings.production else LineFormatter())
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    for noisy in ("uvicorn", "temporalio.worker", "alembic", "httpx2", "google", "urllib3"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    logging.getLogger("temporalio.activity").addFilter(_is_news)


def google_project(settings: Settings, environ: Mapping[str, str]) -> str | None:
    """The Google Cloud project: by Google's own variable, else the one that keeps our secrets."""
    if project := environ.get("GOOGLE_CLOUD_PROJECT"):
        return project
    if settings.secrets.startswith(_GOOGLE_SECRETS):
        return settings.secrets.removeprefix(_GOOGLE_SECRETS).rstrip("/")
    return None
