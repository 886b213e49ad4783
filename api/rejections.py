"""``/api/v1/rejections``: refused requests, why, and letting one in after the mend."""

import base64
from dataclasses import dataclass
from typing import Literal

from starlette.requests import Request
from starlette.responses import Response

from api.doc import Doc, Parameter
from api.door import Door, Operation, json_response, requester
from api.parameters import NAMESPACE, PAGE, WEBHOOK
from api.payload import may_have_whole
from api.questions import query_of
from api.views import page, shown, view
from layeron.application import Backend
from layeron.intake import Intake
from layeron.operating_records import ApiKey
from layeron.records import RejectionRecord
from layeron.rejections import let_in

_HIDDEN = {"body"}
_SHOWN = view("Rejection", RejectionRecord, without=_HIDDEN, plus={})
_WHOLE = view(
    "RejectionWithBody", RejectionRecord, without=_HIDDEN, plus={"body_base64": str | None}
)


@dataclass(frozen=True, slots=True)
class Accepted:
    """The event that a refused request became."""

    event_id: str
    status: Literal["accepted"] = "accepted"


_LIST = Doc(
    "List refused requests, newest first",
    page("RejectionPage", "rejections", _SHOWN),
    query=(NAMESPACE, WEBHOOK, Parameter("cause", "Refused for this cause."), *PAGE),
)
_GET = Doc(
    "Get a refused request with its body",
    _WHOLE,
    about="Where its webhook hides fields of the payload (`redact`), the body needs the scope"
    " `admin`; others get null.",
    errors=(404,),
)
_ACCEPT = Doc(
    "Verify a refused request again, and let it in",
    Accepted,
    202,
    about="To be used after the cause is mended, such as a secret that was wrong.",
    errors=(404, 409),
)


class RejectionsAPI:
    """What an operator sees of refused requests; their senders see nothing of it."""

    def __init__(self, door: Door, app: Backend, intake: Intake) -> None:
        self._door = door
        self._app = app
        self._intake = intake

    def routes(self) -> list[Operation]:
        """The routes to mount."""
        rejection, route = "/api/v1/rejections/{rejection_id}", self._door.route
        return [
            route("/api/v1/rejections", self._list, doc=_LIST),
            route(rejection, self._get, doc=_GET),
            route(
                f"{rejection}/accept",
                self._accept,
                "POST",
                scope="replay",
                action="rejection.accept",
                doc=_ACCEPT,
            ),
        ]

    async def _list(self, request: Request, _: ApiKey) -> Response:
        asked = query_of(request)
        found = await self._intake.records.list_rejections(
            namespace=asked.get("namespace"),
            webhook=asked.get("webhook"),
            cause=asked.get("cause"),
            limit=asked["limit"],
            cursor=asked.get("cursor"),
        )
        rejections = [_shown(each) for each in found.rejections]
        return json_response({"rejections": rejections, "next_cursor": found.next_cursor})

    async def _get(self, request: Request, key: ApiKey) -> Response:
        found = await self._intake.records.get_rejection(request.path_params["rejection_id"])
        given = found.body if may_have_whole(self._app, found, key) else None
        body = None if given is None else base64.b64encode(given).decode()
        return json_response({**_shown(found), "body_base64": body})

    async def _accept(self, request: Request, key: ApiKey) -> Response:
        event_id = await let_in(
            request.path_params["rejection_id"],
            app=self._app,
            records=self._intake.records,
            intake=self._intake,
            by=requester(key),
        )
        return json_response(Accepted(event_id), 202)


def _shown(rejection: RejectionRecord) -> dict[str, object]:
    return shown(rejection, without=_HIDDEN)
