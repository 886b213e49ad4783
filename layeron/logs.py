"""Log lines: readable at home, one JSON object each in production; hostile text stays a line."""

import json
import logging
import sys
from datetime import UTC, datetime
from typing import Any

from layeron import names
from layeron.settings import Settings
from layeron.text import printable

_LONGEST = 4_000
_EXTRAS = ("event_id", "webhook", "fields", "cause")
_REPORTED = {names.HANDLER_FAILED, names.PERMANENT, names.UNAVAILABLE, names.UNRECORDED}


class JSONFormatter(logging.Formatter):
    """Google Cloud's structured logging: severity, message, time and our own fields."""

    def format(self, record: logging.LogRecord) -> str:
        """One JSON object."""
        line: dict[str, Any] = {
            "severity": record.levelname,
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "logger": record.name,
            "message": record.getMessage()[:_LONGEST],
        }
        line |= {name: value for name in _EXTRAS if (value := getattr(record, name, None))}
        if trace := _trace(self, record):
            line["exception"] = trace
        return json.dumps(line, default=str)


class LineFormatter(logging.Formatter):
    """Time, level and message for a person at a terminal."""

    def format(self, record: logging.LogRecord) -> str:
        """One line; a traceback follows on indented lines, so that nobody can forge an entry."""
        stamp = datetime.fromtimestamp(record.created, UTC).astimezone().strftime("%H:%M:%S")
        fields: dict[str, Any] = getattr(record, "fields", None) or {}
        shown = "".join(f" {name}={printable(str(value))}" for name, value in fields.items())
        message = printable(record.getMessage(), _LONGEST)
        line = f"{stamp} {record.levelname:<7} {message}{shown}"
        trace = (_trace(self, record) or "").splitlines()
        return "\n".join([line, *(f"    {printable(each, _LONGEST)}" for each in trace)])


def _trace(formatter: logging.Formatter, record: logging.LogRecord) -> str | None:
    """Where an error came from: one that is logged, or one of a handler."""
    if record.exc_info:
        return formatter.formatException(record.exc_info)
    trace: str | None = getattr(record, "trace", None)
    return trace and trace.rstrip()


def _is_news(record: logging.LogRecord) -> bool:
    """Whether Temporal reports the failure of an activity that has not reported it itself."""
    error = record.exc_info[1] if record.exc_info else None
    return getattr(error, "type", None) not in _REPORTED


def configure_logging(settings: Settings) -> None:
    """Send all logging to standard error in the form of the deployment."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JSONFormatter() if settings.production else LineFormatter())
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    for noisy in ("uvicorn", "temporalio.worker", "alembic", "httpx2", "google", "urllib3"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    logging.getLogger("temporalio.activity").addFilter(_is_news)
