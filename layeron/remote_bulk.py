"""Bulk replays and erasing over the HTTP API, for code outside the service."""

from collections.abc import Mapping
from typing import Any, Literal, TypeAlias

from layeron.client import HTTPGateway, known_of, path_of
from layeron.errors import NotFoundError
from layeron.identity import is_bulk_id, is_event_id
from layeron.operating_records import BulkReplay, BulkReplayPage, Count
from layeron.records import EventRecord
from layeron.wire import to_json

BulkCommand: TypeAlias = Literal["pause", "resume", "stop"]

_BULK = "/api/v1/bulk-replays"


class RemoteBulkReplays(HTTPGateway):
    """Calls what `api.bulk_replays` and `api.erasing` answer."""

    async def count_bulk_replay(self, asked: Mapping[str, Any]) -> Count:
        """How many events a bulk replay would be about; *asked* as the API takes it."""
        content = to_json({**asked, "dry_run": True})
        return self._read(Count, await self._call("POST", _BULK, content=content))

    async def start_bulk_replay(self, asked: Mapping[str, Any]) -> BulkReplay:
        """Start a bulk replay; *asked* as the API takes it."""
        return self._read(BulkReplay, await self._call("POST", _BULK, content=to_json(asked)))

    async def list_bulk_replays(self, *, limit: int, cursor: str | None = None) -> BulkReplayPage:
        """A page of bulk replays, newest first."""
        query = known_of(limit=limit, cursor=cursor)
        return self._read(BulkReplayPage, await self._call("GET", _BULK, params=query))

    async def get_bulk_replay(self, bulk_id: str) -> BulkReplay:
        """One bulk replay; of its ids, if it is about some, only their number."""
        return self._read(BulkReplay, await self._call("GET", _bulk(bulk_id)))

    async def change_bulk_replay(self, bulk_id: str, command: BulkCommand) -> BulkReplay:
        """Pause, resume or stop a bulk replay."""
        return self._read(BulkReplay, await self._call("POST", f"{_bulk(bulk_id)}/{command}"))

    async def erase_event(self, event_id: str) -> EventRecord:
        """Delete the body of an event."""
        if not is_event_id(event_id):
            raise NotFoundError(f"there is no event {event_id!r}")
        answer = await self._call("POST", f"/api/v1/events/{event_id}/erase")
        return self._read(EventRecord, answer)

    async def erase_user(self, user_id: str) -> None:
        """Have the bodies deleted of all that was sent for a user so far."""
        await self._call("POST", path_of("users", user_id, "erase"))


def _bulk(bulk_id: str) -> str:
    if not is_bulk_id(bulk_id):
        raise NotFoundError(f"there is no bulk replay {bulk_id!r}")
    return f"{_BULK}/{bulk_id}"
