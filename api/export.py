"""``/api/v1/events/export``: many events as a file, read and sent page by page."""

import csv
import io
from collections.abc import AsyncGenerator, Callable, Sequence
from datetime import datetime
from typing import Any, TypeAlias

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from api.doc import Doc, Parameter
from api.door import Door, Operation
from api.parameters import CURSOR, EVENT_FILTER
from api.questions import filter_of, query_of
from layeron.events import EventsGateway
from layeron.operating_records import ApiKey
from layeron.records import EventFilter, EventPage, EventRecord
from layeron.wire import to_json

_MOST = 100_000
_PAGE = 500
_COLUMNS = (
    "id", "direction", "namespace", "webhook", "provider", "event_type", "external_event_id",
    "status", "signature_status", "received_at", "updated_at", "attempt_count", "replay_count",
    "duplicates", "conflicts", "last_http_status", "last_error", "user_id", "workflow_id",
)  # fmt: skip
_BEGINS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""The last four are the first four in full width, which spreadsheets take for the same."""

Write: TypeAlias = Callable[[Sequence[EventRecord]], str]

_EXPORT = Doc(
    "Export events, newest first",
    about=f"As CSV with a line of headings, or as one JSON object a line. At most {_MOST:,}: go on"
    " with the id of the last one as `cursor`. In CSV, a text that a spreadsheet would take for a"
    " formula begins with an apostrophe.",
    media={
        "text/csv": {"type": "string"},
        "application/x-ndjson": {"type": "string"},
    },
    query=(
        Parameter(
            "format",
            "Of the file.",
            {"type": "string", "enum": ["csv", "ndjson"], "default": "csv"},
        ),
        *EVENT_FILTER,
        Parameter(
            "limit",
            "How many at most.",
            {"type": "integer", "minimum": 1, "maximum": _MOST, "default": _MOST},
        ),
        CURSOR,
    ),
)


class ExportAPI:
    """Sends events as a file, to callers with a key."""

    def __init__(self, door: Door, events: EventsGateway) -> None:
        self._door = door
        self._events = events

    def routes(self) -> list[Operation]:
        """The routes to mount."""
        return [self._door.route("/api/v1/events/export", self._export, doc=_EXPORT)]

    async def _export(self, request: Request, _: ApiKey) -> Response:
        asked = query_of(request)
        where, limit = filter_of(asked), int(asked["limit"])
        # a mistake or an outage is told before the file begins
        first = await self._events.list_events(
            where, limit=min(limit, _PAGE), cursor=asked.get("cursor")
        )
        kind, media, write = (
            ("csv", "text/csv", _as_csv)
            if asked["format"] == "csv"
            else ("ndjson", "application/x-ndjson", _as_lines)
        )
        heading = _row(_COLUMNS) if kind == "csv" else ""
        return StreamingResponse(
            self._written(where, first, limit, heading, write),
            media_type=media,
            headers={
                "content-disposition": f'attachment; filename="events.{kind}"',
                "x-content-type-options": "nosniff",
                "cache-control": "no-store",
            },
        )

    async def _written(
        self, where: EventFilter, page: EventPage, limit: int, heading: str, write: Write
    ) -> AsyncGenerator[bytes]:
        yield heading.encode()
        while True:
            # What strangers call their events may hold half a character, which UTF-8 cannot carry.
            yield write(page.events).encode("utf-8", "backslashreplace")
            limit -= len(page.events)
            if limit <= 0 or page.next_cursor is None:
                return
            page = await self._events.list_events(
                where, limit=min(limit, _PAGE), cursor=page.next_cursor
            )


def _as_lines(events: Sequence[EventRecord]) -> str:
    return "".join(f"{to_json(each).decode()}\n" for each in events)


def _as_csv(events: Sequence[EventRecord]) -> str:
    return "".join(_row([getattr(each, name) for name in _COLUMNS]) for each in events)


def _row(values: Sequence[Any]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow([_cell(each) for each in values])
    return line.getvalue()


def _cell(value: object) -> object:
    """What a spreadsheet shows as it is; it would run a text that begins as a formula does."""
    if isinstance(value, str) and value.lstrip(" ").startswith(_BEGINS_A_FORMULA):
        return f"'{value}"
    return value.isoformat() if isinstance(value, datetime) else value
