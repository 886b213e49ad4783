"""The door of the dashboard: visitors with a session come in, and forms of ours are taken."""

import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from urllib.parse import parse_qs, quote

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from api.address import is_through_tls
from api.body import BodyTooLargeError, BodyUnreadableError, read_body
from api.dashboard import rendering
from api.dashboard.csrf import FIELD, is_from_elsewhere, is_ours
from api.dashboard.session import COOKIE, Sessions
from api.dashboard.visit import Form, Tab, Visit
from api.errors import CODES, code_of
from api.questions import BadRequestError
from api.trail import Trail, target_of
from layeron.errors import LayeronError
from layeron.operating_records import Scope
from layeron.text import printable

logger = logging.getLogger("layeron.api")

Show = Callable[[Visit], Awaitable[Response]]

LOGIN = "/dashboard/login"
_LARGEST_FORM = 64 * 2**10
_MOST_FIELDS = 1000
_FORM = "application/x-www-form-urlencoded"

_TITLES = {
    400: "This cannot be answered as it was asked",
    401: "You are not logged in",
    403: "This is not allowed",
    404: "There is nothing here",
    405: "This page does not take this method",
    409: "Not in this state",
    410: "The body is gone",
    422: "This cannot be sent",
    429: "Too many tries",
    500: "This failed on our side",
    503: "Something that is needed does not answer",
}


@dataclass(frozen=True, slots=True)
class Door:
    """Makes the routes of pages: only who may comes in, and whatever is done is on record."""

    sessions: Sessions
    trail: Trail
    tabs: Sequence[Tab]
    trust_proxy: bool

    def page(self, path: str, show: Show, scope: Scope = "read") -> Route:
        """A page to look at; who is not logged in is asked to."""

        async def guarded(request: Request) -> Response:
            visit = await self._visit(request)
            if visit is None:
                return _to_login(request)
            return await self._answer(visit, show, scope)

        return Route(path, safely(guarded), methods=["GET"])

    def action(
        self,
        path: str,
        do: Show,
        *,
        scope: Scope,
        action: str,
        detail: Sequence[str] = (),
    ) -> Route:
        """A form that is posted, which changes something.

        Args:
            path: names in it say what it is about, for the audit log.
            do: makes the change; gives a redirect, so that reloading does not do it again.
            scope: which the visitor's key must have.
            action: what the audit log calls it, such as ``event.replay``.
            detail: fields of the form that the audit log keeps; none with a secret.
        """

        async def guarded(request: Request) -> Response:
            if is_from_elsewhere(request, trust_proxy=self.trust_proxy):
                return failure(403, "another site made your browser send this; nothing was done")
            visit = await self._visit(request)
            if visit is None:
                return failure(401, "your session has ended; nothing was done", login=True)
            visit = replace(visit, form=await read_form(request))
            if not is_ours(visit.text(FIELD) or "", visit.token):
                message = "the form does not belong to this session; load its page again"
                return failure(403, message, visit)
            return await self.trail.follow(
                lambda: self._answer(visit, do, scope),
                actor=visit.who,
                action=action,
                target=target_of(request),
                detail={"key_id": visit.key.id, **_kept(visit, detail)},
            )

        return Route(path, safely(guarded), methods=["POST"])

    async def _visit(self, request: Request) -> Visit | None:
        token = request.cookies.get(COOKIE)
        key = await self.sessions.key_of(token) if token else None
        if key is None or not token:
            return None
        is_secure = is_through_tls(request, trust_proxy=self.trust_proxy)
        return Visit(request, key, token, is_secure, self.tabs)

    async def _answer(self, visit: Visit, show: Show, scope: Scope) -> Response:
        if not visit.may(scope):
            message = f"your key has not the scope {scope!r}; log in with one that has"
            return failure(403, message, visit)
        try:
            return await show(visit)
        except (BadRequestError, LayeronError) as known:
            return failure(_status_of(known), str(known), visit)


def failure(
    status: int, message: str, visit: Visit | None = None, *, login: bool = False
) -> Response:
    """A page that says what is wrong.

    Args:
        status: of HTTP.
        message: a sentence without a full stop.
        visit: of who is logged in.
        login: offer to log in.
    """
    title = _TITLES.get(status, "This failed")
    told = {"title": title, "message": f"{message[:1].upper()}{message[1:]}.", "login": login}
    if visit is not None:
        return visit.render("error.html", status, **told)
    return rendering.page("error.html", {"visit": None, **told}, status)


async def read_form(request: Request) -> Form:
    """What was posted.

    Raises:
        BadRequestError: it is no form of a browser, or too large.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != _FORM:
        raise BadRequestError(f"post a form as {_FORM}")
    try:
        body = await read_body(request, largest=_LARGEST_FORM, seconds=10)
        text = body.decode("ascii")
        return parse_qs(text, keep_blank_values=True, max_num_fields=_MOST_FIELDS)
    except (BodyTooLargeError, BodyUnreadableError, ValueError) as bad:
        raise BadRequestError("the form is too large or cannot be read") from bad


def safely(
    answer: Callable[[Request], Awaitable[Response]],
) -> Callable[[Request], Awaitable[Response]]:
    """The same, where an error of any kind becomes a page."""

    async def safe(request: Request) -> Response:
        try:
            return await answer(request)
        except (BadRequestError, LayeronError) as known:
            return failure(_status_of(known), str(known))
        except Exception:
            logger.exception("a page of the dashboard failed")
            return failure(500, "the cause is in the log of the API")

    return safe


def _status_of(known: Exception) -> int:
    code = code_of(known)
    return CODES[code][0] if code else 500


def _to_login(request: Request) -> Response:
    path, query = request.scope["path"], request.scope["query_string"].decode("latin-1")
    wanted = quote(f"{path}?{query}" if query else path, safe="")
    return RedirectResponse(f"{LOGIN}?next={wanted}", 303)


def _kept(visit: Visit, names: Sequence[str]) -> dict[str, list[str]]:
    said = {name: [printable(each) for each in visit.texts(name)[:100]] for name in names}
    return {name: texts for name, texts in said.items() if texts}
