"""``/api/v1/rejections``: refused requests, why, and letting one in after the mend."""

import base64
from dataclasses import asdict

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from api.door import Door, json_response
from api.questions import BadRequestError, limit_of, only
from layeron.application import Backend
from layeron.identity import is_rejection_id
from layeron.intake import Intake
from layeron.records import ApiKey, RejectionRecord
from layeron.rejections import let_in

_FILTERS = ("namespace", "webhook", "cause")


class RejectionsAPI:
    """What an operator sees of refused requests; their senders see nothing of it."""

    def __init__(self, door: Door, app: Backend, intake: Intake) -> None:
        self._door = door
        self._app = app
        self._intake = intake

    def routes(self) -> list[Route]:
        """The routes to mount."""
        rejection, door = "/api/v1/rejections/{rejection_id}", self._door
        return [
            door.route("/api/v1/rejections", self._list),
            door.route(rejection, self._get),
            door.route(f"{rejection}/accept", self._accept, "POST"),
        ]

    async def _list(self, request: Request, _: ApiKey) -> Response:
        query = only(request.query_params, *_FILTERS, "limit", "cursor")
        asked = {name: query.get(name) for name in _FILTERS}
        try:
            page = await self._intake.records.list_rejections(
                **asked, limit=limit_of(query), cursor=query.get("cursor")
            )
        except ValueError as bad:
            raise BadRequestError(str(bad)) from bad
        shown = [_shown(each) for each in page.rejections]
        return json_response({"rejections": shown, "next_cursor": page.next_cursor})

    async def _get(self, request: Request, _: ApiKey) -> Response:
        found = await self._intake.records.get_rejection(_rejection_id(request))
        body = None if found.body is None else base64.b64encode(found.body).decode()
        return json_response({**_shown(found), "body_base64": body})

    async def _accept(self, request: Request, key: ApiKey) -> Response:
        event_id = await let_in(
            _rejection_id(request),
            app=self._app,
            records=self._intake.records,
            intake=self._intake,
            by=f"key {key.name}",
        )
        return json_response({"event_id": event_id, "status": "accepted"}, 202)


def _shown(rejection: RejectionRecord) -> dict[str, object]:
    shown = asdict(rejection)
    del shown["body"]
    return shown


def _rejection_id(request: Request) -> str:
    text = str(request.path_params["rejection_id"])
    if not is_rejection_id(text):
        raise BadRequestError("the id of a rejection looks like whrej_01J…, 32 characters long")
    return text
