"""Log lines: readable at home, one JSON object each in production; hostile text stays a line."""

import json
import logging
import sys
from datetime import UTC, datetime
from typing import Any

from layeron.settings import Settings
from layeron.text import printable

_LONGEST = 4_000
_EXTRAS = ("event_id", "webhook", "fields", "cause")


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
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, default=str)


class LineFormatter(logging.Formatter):
    """Time, level and message for a person at a terminal."""

    def format(self, record: logging.LogRecord) -> str:
        """One line; a traceback follows on lines of its own."""
        stamp = datetime.fromtimestamp(record.created, UTC).astimezone().strftime("%H:%M:%S")
        fields = getattr(record, "fields", None) or {}
        shown = "".join(f" {name}={printable(str(value))}" for name, value in fields.items())
        message = printable(record.getMessage(), _LONGEST)
        line = f"{stamp} {record.levelname:<7} {message}{shown}"
        if record.exc_info:
            line = f"{line}\n{self.formatException(record.exc_info)}"
        return line


def configure_logging(settings: Settings) -> None:
    """Send all logging to standard error in the form of the deployment."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JSONFormatter() if settings.production else LineFormatter())
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    for noisy in ("uvicorn", "temporalio.worker", "alembic", "httpx2", "google", "urllib3"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
