"""``/api/v1/audit``: who changed or replayed what."""

from starlette.requests import Request
from starlette.responses import Response

from api.doc import Doc, Parameter
from api.door import Door, Operation, json_response
from api.parameters import PAGE
from api.questions import query_of
from layeron.operating_records import ApiKey, AuditPage
from layeron.ports.audit import AuditLog

_LIST = Doc(
    "List the audit log, newest first",
    AuditPage,
    query=(
        Parameter("action", "Of this action, such as `event.replay`."),
        Parameter("target", "About this, such as the id of an event."),
        *PAGE,
    ),
)


class AuditAPI:
    """The HTTP face of `AuditLog`, for callers with a key."""

    def __init__(self, door: Door, log: AuditLog) -> None:
        self._door = door
        self._log = log

    def routes(self) -> list[Operation]:
        """The routes to mount."""
        return [self._door.route("/api/v1/audit", self._list, doc=_LIST)]

    async def _list(self, request: Request, _: ApiKey) -> Response:
        asked = query_of(request)
        page = await self._log.list(
            action=asked.get("action"),
            target=asked.get("target"),
            limit=asked["limit"],
            cursor=asked.get("cursor"),
        )
        return json_response(page)
