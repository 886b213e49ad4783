"""``/api/v1/webhooks`` and ``/api/v1/overview``: what is declared, and what happened lately."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from api.backlog import known_backlog
from api.doc import Doc, Parameter
from api.door import Door, Operation, json_response
from api.questions import query_of
from api.views import answer, shown, view
from layeron.application import Backend, Declared
from layeron.describing import WebhookDescription, describe
from layeron.errors import NotFoundError
from layeron.operating_records import Activity, ApiKey
from layeron.ports.engine import Backlog, Engine
from layeron.ports.inbox import Inbox, Waiting
from layeron.ports.statistics import Statistics
from layeron.records import EventStatus

_LIVE_HOURS = 24
_BUCKETS = 48
_MOST_EVENTS = 50_000

_Webhook: Any = view("Webhook", WebhookDescription, plus={"events": dict[EventStatus, int]})
_Overview: Any = view(
    "Overview", Activity, plus={"backlog": list[Backlog] | None, "inbox": Waiting}
)


_Webhooks: Any = answer(
    "Webhooks",
    "Every declared webhook, in order of declaration; those that receive come first.",
    webhooks=list[_Webhook],
)

_ABOUT = (
    f"Its configuration without secrets, and `events`: of the last {_LIVE_HOURS} hours, how many"
    f" have which status, among the newest {_MOST_EVENTS:,} of all webhooks."
)
_LIST = Doc("List the declared webhooks", _Webhooks, about=_ABOUT)
_GET = Doc("Get a declared webhook", _Webhook, about=_ABOUT, errors=(404,))
_OVERVIEW = Doc(
    "Get what happened lately, and how much waits for workers",
    _Overview,
    about=f"Of the newest {_MOST_EVENTS:,} events; `since` says from when on these are. `backlog`"
    " is null while the engine does not answer; `inbox` is what was accepted and waits for it.",
    query=(
        Parameter(
            "hours",
            "How far back.",
            {"type": "integer", "minimum": 1, "maximum": 24 * 31, "default": 24},
        ),
    ),
)


class WebhooksAPI:
    """What an operator sees of the application, for callers with a key."""

    def __init__(
        self, door: Door, app: Backend, statistics: Statistics, engine: Engine, inbox: Inbox
    ) -> None:
        self._door = door
        self._app = app
        self._statistics = statistics
        self._engine = engine
        self._inbox = inbox

    def routes(self) -> list[Operation]:
        """The routes to mount."""
        route = self._door.route
        return [
            route("/api/v1/webhooks", self._list, doc=_LIST),
            route("/api/v1/webhooks/{namespace}/{webhook}", self._get, doc=_GET),
            route("/api/v1/overview", self._overview, doc=_OVERVIEW),
        ]

    async def _list(self, _: Request, __: ApiKey) -> Response:
        declared: list[Declared] = [*self._app.webhooks, *self._app.publishers]
        counts = (await self._activity(_LIVE_HOURS)).webhooks
        return json_response({"webhooks": [_shown(each, counts) for each in declared]})

    async def _get(self, request: Request, _: ApiKey) -> Response:
        namespace, name = request.path_params["namespace"], request.path_params["webhook"]
        found = self._app.webhook(namespace, name) or self._app.publisher(namespace, name)
        if found is None:
            raise NotFoundError(f"no webhook is declared as {f'{namespace}/{name}'[:90]!r}")
        return json_response(_shown(found, (await self._activity(_LIVE_HOURS)).webhooks))

    async def _overview(self, request: Request, _: ApiKey) -> Response:
        activity = await self._activity(query_of(request)["hours"])
        backlog, inbox = await known_backlog(self._engine), await self._inbox.waiting()
        return json_response({**shown(activity), "backlog": backlog, "inbox": inbox})

    async def _activity(self, hours: int) -> Activity:
        until, span = datetime.now(UTC), timedelta(hours=hours)
        return await self._statistics.activity(
            since=until - span, until=until, bucket=span / _BUCKETS, most=_MOST_EVENTS
        )


def _shown(webhook: Declared, counts: Mapping[str, Mapping[EventStatus, int]]) -> dict[str, object]:
    events = counts.get(f"{webhook.namespace}/{webhook.name}", {})
    return {**shown(describe(webhook)), "events": events}
