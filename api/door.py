"""The door of the API: callers with a key come in, and errors get their one shape."""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from api.auth import authenticate
from api.errors import error
from api.questions import BadRequestError
from layeron.errors import (
    BodyLostError,
    ConflictError,
    LayeronError,
    NotFoundError,
    PayloadError,
    UnavailableError,
)
from layeron.ports.records import RecordStore
from layeron.records import ApiKey
from layeron.wire import to_json

logger = logging.getLogger("layeron.api")

Endpoint = Callable[[Request, ApiKey], Awaitable[Response]]

_STATUS_OF: dict[type[LayeronError], tuple[int, str]] = {
    NotFoundError: (404, "not_found"),
    ConflictError: (409, "conflict"),
    BodyLostError: (410, "body_lost"),
    PayloadError: (422, "payload_invalid"),
    UnavailableError: (503, "unavailable"),
}
_CHALLENGE = {"www-authenticate": "Bearer"}


@dataclass(frozen=True, slots=True)
class Door:
    """Lets callers with a key in."""

    records: RecordStore

    def route(self, path: str, endpoint: Endpoint, method: str = "GET") -> Route:
        """A route that only callers with a key reach."""

        async def guarded(request: Request) -> Response:
            try:
                key = await authenticate(request, self.records)
            except UnavailableError as trouble:
                # Who asks is not known yet, so nothing of our inside is told.
                logger.warning("keys cannot be checked: %s", trouble)
                return error(503, "unavailable", "keys cannot be checked now; try again later")
            if key is None:
                return error(401, "unauthorized", "send a valid API key as bearer", _CHALLENGE)
            try:
                return await endpoint(request, key)
            except BadRequestError as bad:
                return error(400, "bad_request", str(bad))
            except tuple(_STATUS_OF) as known:
                kind = next(kind for kind in _STATUS_OF if isinstance(known, kind))
                status, code = _STATUS_OF[kind]
                return error(status, code, str(known))

        return Route(path, guarded, methods=[method])


def json_response(value: object, status: int = 200) -> Response:
    """A record, or plain values that hold records, as JSON."""
    return Response(to_json(value), status, media_type="application/json")
