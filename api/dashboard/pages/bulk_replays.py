"""Bulk replays: count, start, watch, pause and stop."""

from datetime import UTC, datetime, timedelta
from typing import get_args

from starlette.responses import Response
from starlette.routing import BaseRoute
from ulid import ULID

from api.dashboard.bulk_query import WAYS, BulkQuery, about, rate_of
from api.dashboard.door import Door, Show
from api.dashboard.list_query import ListQuery
from api.dashboard.site import Site
from api.dashboard.visit import Visit
from api.questions import BadRequestError
from layeron.bulk import DEFAULT_RATE, FASTEST, SLOWEST
from layeron.errors import ConflictError, NotFoundError, PayloadError
from layeron.identity import is_bulk_id
from layeron.operating_records import BulkReplay, BulkStatus, Count
from layeron.records import EventStatus

PATH = "/dashboard/bulk-replays"
_PER_PAGE = 50
_CHANGES: dict[str, tuple[BulkStatus, str]] = {
    "pause": ("paused", "Paused; replays that have begun go on."),
    "resume": ("running", "It goes on where it was."),
    "stop": ("stopped", "Stopped for good; replays that have begun go on."),
}
_NOTED = ("way", "webhook", "endpoint", "type", "status", "since", "until", "rate", "reason")


class BulkReplaysPage:
    """Replay many events at once."""

    def __init__(self, door: Door, site: Site) -> None:
        self._door = door
        self._site = site
        self._bulk = site.services.bulk

    def routes(self) -> list[BaseRoute]:
        """The routes to mount."""
        every, one = "/bulk-replays", "/bulk-replays/{bulk_id}"
        action = self._door.action
        return [
            self._door.page(every, self._list),
            self._door.page(f"{every}/new", self._ask, "replay"),
            self._door.page(one, self._show),
            action(every, self._start, scope="replay", action="bulk_replay.start", detail=_NOTED),
            *(
                action(
                    f"{one}/{verb}",
                    self._change(*change),
                    scope="replay",
                    action=f"bulk_replay.{verb}",
                )
                for verb, change in _CHANGES.items()
            ),
        ]

    async def _list(self, visit: Visit) -> Response:
        query = ListQuery.of(visit.request.query_params)
        page = await self._bulk.list(limit=_PER_PAGE, cursor=query.cursor)
        return visit.render(
            "bulk_replays_list.html" if visit.live else "bulk_replays.html",
            query=query,
            bulks=page.bulk_replays,
            older=query.link(page.next_cursor) if page.next_cursor else None,
            words=_in_words,
        )

    async def _ask(self, visit: Visit) -> Response:
        """The form; with what was typed in it, also how many events that is about."""
        typed = visit.request.query_params
        query = BulkQuery.of(typed, asked="count" in typed)
        count: Count | None = None
        mistake = query.mistake
        if (selection := query.selection) is not None:
            try:
                count = await self._bulk.count(selection)
            except (PayloadError, NotFoundError, ConflictError) as wrong:
                mistake = str(wrong)
        app = self._site.app
        publishers = [f"{each.namespace}/{each.name}" for each in app.publishers]
        return visit.render(
            "bulk_replay_new.html",
            400 if mistake else 200,
            ways=WAYS,
            query=query,
            fields=query.before(datetime.now(UTC)),
            mistake=mistake,
            count=count,
            webhooks=publishers if query.way == "missing" else self._site.webhook_names,
            states=get_args(EventStatus),
            rates=(SLOWEST, DEFAULT_RATE, FASTEST),
            once=str(ULID()),
        )

    async def _start(self, visit: Visit) -> Response:
        typed = {name: values[0] for name, values in visit.form.items() if values}
        query = BulkQuery.of(typed, asked=True)
        if query.selection is None:
            raise BadRequestError(query.mistake or "nothing says which events")
        bulk = await self._bulk.start(
            query.selection,
            requested_by=visit.who,
            reason=visit.text("reason"),
            rate_per_second=rate_of(visit.text("rate")),
            idempotency_key=visit.text("once"),
        )
        return visit.redirect(f"{PATH}/{bulk.id}", "It has started; this page shows how far it is.")

    async def _show(self, visit: Visit) -> Response:
        bulk = await self._bulk.get(_id_of(visit))
        left = max(bulk.total - bulk.examined, 0)
        return visit.render(
            "bulk_replay_now.html" if visit.live else "bulk_replay.html",
            bulk=bulk,
            whole=max(bulk.total, bulk.examined),
            left=timedelta(seconds=left / bulk.rate_per_second),
            words=_in_words,
            about=about(bulk),
        )

    def _change(self, status: BulkStatus, notice: str) -> Show:
        async def change(visit: Visit) -> Response:
            bulk = await self._bulk.change(_id_of(visit), status)
            return visit.redirect(f"{PATH}/{bulk.id}", notice)

        return change


def _in_words(bulk: BulkReplay) -> str:
    return "; ".join(f"{name}: {text}" for name, text in about(bulk))


def _id_of(visit: Visit) -> str:
    text = str(visit.request.path_params["bulk_id"])
    if not is_bulk_id(text):
        raise NotFoundError("the id of a bulk replay looks like whblk_01J…, 32 characters long")
    return text
