"""The door of the API: callers with a key come in, and errors get their one shape."""

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from api.admission import Admission
from api.body import BodyTooLargeError
from api.closing import ClosingResponse
from api.doc import Doc
from api.errors import CODES, code_of, error
from api.questions import BadRequestError, object_of, read_request
from api.trail import Trail, target_of
from layeron.errors import LayeronError, UnavailableError
from layeron.operating_records import ApiKey, Scope
from layeron.text import printable
from layeron.wire import to_json

Endpoint = Callable[[Request, ApiKey], Awaitable[Response]]

_CLOSE = {"connection": "close"}
_LONGEST_NOTED = 2_000


class Operation(Route):
    """A route of the API, with what `api.openapi` tells of it.

    Attributes:
        method: the one it is for.
        needs: the scope a key must have; None where no key is needed.
        action: what it is called in the audit log; None for one that changes nothing.
        doc: what the reference says of it.
    """

    def __init__(
        self,
        path: str,
        endpoint: Any,
        method: str,
        *,
        needs: Scope | None,
        action: str | None,
        doc: Doc,
    ) -> None:
        super().__init__(path, endpoint, methods=[method])
        self.method = method
        self.needs = needs
        self.action = action
        self.doc = doc


@dataclass(frozen=True, slots=True)
class Door:
    """Lets callers with a key in.

    Attributes:
        seconds: how long a body may take to come.
    """

    admission: Admission
    trail: Trail
    seconds: float = 20

    def route(
        self,
        path: str,
        endpoint: Endpoint,
        method: str = "GET",
        *,
        scope: Scope | None = None,
        action: str | None = None,
        dry: str | None = None,
        doc: Doc,
    ) -> Operation:
        """A route that only callers with a key of enough scope reach; this documents it as well.

        ``door.route("/api/v1/things", self._list, doc=Doc("List things", ThingPage))`` is all that
        is needed: the route is in ``/api/v1/openapi.json`` and ``docs/api.md`` with its errors.

        Args:
            path: with names in braces, each described in `api.parameters.PATH`.
            endpoint: answers a request; what it raises of `LayeronError` becomes an error's answer.
            method: one other than GET changes something.
            scope: which a key needs; ``read`` for GET, ``admin`` for other methods.
            action: for the audit log, such as ``event.replay``; needed by what changes something.
            dry: a field of the body by which nothing is changed, so that nothing is on record.
            doc: what the reference says.
        """
        reads = method == "GET"
        if reads == (action is not None):
            raise ValueError(
                f"{method} {path}: a method other than GET, and no other, has an action"
            )
        needs: Scope = scope or ("read" if reads else "admin")

        async def guarded(request: Request) -> Response:
            key = await self.admission.admit(request)
            if isinstance(key, Response):
                return key
            if not key.may(needs):
                message = f"this key lacks the scope {needs!r}; use one that has it"
                return error(403, "forbidden", message)
            try:
                await read_request(request, doc, seconds=self.seconds)
            except BadRequestError as bad:
                return error(400, "bad_request", str(bad))
            except BodyTooLargeError:
                message = f"the body is larger than {doc.largest} bytes"
                return ClosingResponse(error(413, "body_too_large", message, _CLOSE))
            if action is None or (dry and object_of(request).get(dry) is True):
                return await _answered(endpoint, request, key)
            try:
                return await self.trail.follow(
                    lambda: _answered(endpoint, request, key),
                    actor=requester(key),
                    action=action,
                    target=target_of(request),
                    detail={"key_id": key.id, **_noted(request, doc)},
                )
            except UnavailableError as trouble:
                return error(503, "unavailable", f"nothing was done: {trouble}")

        return Operation(path, guarded, method, needs=needs, action=action, doc=doc)


def requester(key: ApiKey, besides: str | None = None) -> str:
    """Who asks, as records and the audit log name them: the key, and whom its holder names."""
    return f"{besides} (key {key.name})" if besides else f"key {key.name}"


async def _answered(endpoint: Endpoint, request: Request, key: ApiKey) -> Response:
    try:
        return await endpoint(request, key)
    except (BadRequestError, LayeronError) as trouble:
        code = code_of(trouble)
        if code is None:
            raise
        return error(CODES[code][0], code, str(trouble))


def _noted(request: Request, doc: Doc) -> dict[str, object]:
    """What the audit log keeps of a body, of which nothing was judged yet."""
    asked: Mapping[str, object] = object_of(request) if doc.noted else {}
    return {name: _short(asked[name]) for name in doc.noted if name in asked}


def _short(value: object) -> object:
    """The same, cut to a length; what is no text any more is cut as the JSON that it was."""
    if isinstance(value, str):
        return printable(value)
    try:
        text = json.dumps(value)
    except RecursionError:  # lists within lists within lists
        return "…"
    return value if len(text) <= _LONGEST_NOTED else printable(text, _LONGEST_NOTED)


def json_response(value: object, status: int = 200) -> Response:
    """A record, or plain values that hold records, as JSON, which nothing on the way may keep."""
    return Response(
        to_json(value), status, {"cache-control": "no-store"}, media_type="application/json"
    )
