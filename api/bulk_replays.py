"""``/api/v1/bulk-replays``: count, start, watch, pause, resume and stop."""

from starlette.requests import Request
from starlette.responses import Response

from api.bulk_questions import BulkQuestion
from api.doc import Doc
from api.door import Door, Endpoint, Operation, json_response, requester
from api.parameters import PAGE
from api.questions import Nothing, query_of, question_of
from api.views import page, shown, view
from layeron.bulk import BulkReplays
from layeron.operating_records import ApiKey, BulkReplay, BulkStatus, Count

_LARGEST = 2**19
"""Bytes: ten thousand ids, and some."""
_HIDDEN = {"event_ids"}
_SHOWN = view("BulkReplay", BulkReplay, without=_HIDDEN, plus={})

_LIST = Doc(
    "List bulk replays, newest first",
    page("BulkReplayPage", "bulk_replays", _SHOWN),
    query=PAGE,
)
_GET = Doc("Get a bulk replay and how far it is", _SHOWN, errors=(404,))
_START = Doc(
    "Replay many events",
    _SHOWN,
    202,
    about="Of the events that are on record now, newest first. `dry_run` only counts them: counting"
    " stops at 100,000 (`capped`).",
    also={200: Count},
    body=BulkQuestion,
    body_required=True,
    largest=_LARGEST,
    noted=("where", "recover", "missing", "rate_per_second", "requested_by", "reason"),
    errors=(404, 409, 422),
)
_CHANGES: dict[str, tuple[BulkStatus, str]] = {
    "pause": ("paused", "Pause a bulk replay before its next event"),
    "resume": ("running", "Let a paused bulk replay go on"),
    "stop": ("stopped", "Stop a bulk replay before its next event, for good"),
}


class BulkReplaysAPI:
    """The HTTP face of `BulkReplays`, for callers with a key."""

    def __init__(self, door: Door, bulk: BulkReplays) -> None:
        self._door = door
        self._bulk = bulk

    def routes(self) -> list[Operation]:
        """The routes to mount."""
        every, one, route = (
            "/api/v1/bulk-replays",
            "/api/v1/bulk-replays/{bulk_id}",
            self._door.route,
        )
        return [
            route(every, self._list, doc=_LIST),
            route(
                every,
                self._start,
                "POST",
                scope="replay",
                action="bulk_replay.start",
                dry="dry_run",
                doc=_START,
            ),
            route(one, self._get, doc=_GET),
            *(
                route(
                    f"{one}/{verb}",
                    self._change(status),
                    "POST",
                    scope="replay",
                    action=f"bulk_replay.{verb}",
                    doc=Doc(summary, _SHOWN, body=Nothing, errors=(404, 409)),
                )
                for verb, (status, summary) in _CHANGES.items()
            ),
        ]

    async def _list(self, request: Request, _: ApiKey) -> Response:
        asked = query_of(request)
        found = await self._bulk.list(limit=asked["limit"], cursor=asked.get("cursor"))
        bulks = [_shown(each) for each in found.bulk_replays]
        return json_response({"bulk_replays": bulks, "next_cursor": found.next_cursor})

    async def _get(self, request: Request, _: ApiKey) -> Response:
        return json_response(_shown(await self._bulk.get(request.path_params["bulk_id"])))

    async def _start(self, request: Request, key: ApiKey) -> Response:
        asked = question_of(request, BulkQuestion)
        if asked.dry_run:
            return json_response(await self._bulk.count(asked.selection))
        bulk = await self._bulk.start(
            asked.selection,
            requested_by=requester(key, asked.requested_by),
            reason=asked.reason,
            rate_per_second=asked.rate_per_second,
            idempotency_key=asked.idempotency_key,
        )
        return json_response(_shown(bulk), 202)

    def _change(self, status: BulkStatus) -> Endpoint:
        async def change(request: Request, _: ApiKey) -> Response:
            question_of(request, Nothing)
            return json_response(
                _shown(await self._bulk.change(request.path_params["bulk_id"], status))
            )

        return change


def _shown(bulk: BulkReplay) -> dict[str, object]:
    """Without the ids, which may be ten thousand; `total` says how many."""
    return shown(bulk, without=_HIDDEN)
