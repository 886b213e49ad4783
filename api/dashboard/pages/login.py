"""Log in with an API key, and out."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from api.address import client_of, is_through_tls
from api.auth import valid_key
from api.dashboard import rendering
from api.dashboard.csrf import is_from_elsewhere
from api.dashboard.door import LOGIN, Door, failure, read_form, safely
from api.dashboard.session import COOKIE, Sessions, clear_cookie, set_cookie
from api.dashboard.throttle import FailedLogins
from api.dashboard.visit import Visit
from api.trail import Trail
from layeron.operating_records import ApiKey
from layeron.settings import Settings

_HOME = "/dashboard/"
_LONGEST_KEY = 200
_LONGEST_PATH = 2000


class LoginPage:
    """The one page for strangers."""

    def __init__(self, door: Door, sessions: Sessions, trail: Trail, settings: Settings) -> None:
        self._door = door
        self._sessions = sessions
        self._trail = trail
        self._trust_proxy = settings.trust_proxy
        self._proxies = settings.trusted_proxies
        self._failed = FailedLogins()

    def routes(self) -> list[BaseRoute]:
        """The routes to mount."""
        return [
            Route("/login", safely(self._ask), methods=["GET"]),
            Route("/login", safely(self._enter), methods=["POST"]),
            self._door.action("/logout", self._leave, scope="read", action="session.close"),
        ]

    async def _ask(self, request: Request) -> Response:
        return _form(request.query_params.get("next", _HOME))

    async def _enter(self, request: Request) -> Response:
        if is_from_elsewhere(request, trust_proxy=self._trust_proxy):
            return failure(403, "another site made your browser send this; nothing was done")
        form = await read_form(request)
        client = client_of(request, proxies=self._proxies)
        text, wanted = form.get("key", [""])[0].strip(), form.get("next", [_HOME])[0]
        if wait := self._failed.wait_seconds(client):
            message = f"Too many wrong keys came from your address; try again in {wait} s."
            response = _form(wanted, message, 429)
            response.headers["retry-after"] = str(wait)
            return response
        key = await valid_key(text[:_LONGEST_KEY], self._sessions.records)
        if key is None:
            self._failed.note(client)
            return _form(wanted, "This is not a key in force. Is it complete?", 401)
        if not key.may("read"):
            return _form(wanted, "This key is for sending alone; it cannot read.", 403)
        return await self._trail.follow(
            lambda: self._open(request, key, wanted),
            actor=f"dashboard {key.name}",
            action="session.open",
            target=key.id,
        )

    async def _open(self, request: Request, key: ApiKey, wanted: str) -> Response:
        if before := request.cookies.get(COOKIE):
            await self._sessions.end(before)
        token = await self._sessions.open(key)
        response = RedirectResponse(_within(wanted), 303)
        set_cookie(response, token, secure=is_through_tls(request, trust_proxy=self._trust_proxy))
        return response

    async def _leave(self, visit: Visit) -> Response:
        await self._sessions.end(visit.token)
        response = RedirectResponse(LOGIN, 303)
        clear_cookie(response)
        return response


def _form(wanted: str, mistake: str | None = None, status: int = 200) -> Response:
    values = {"visit": None, "next": _within(wanted), "mistake": mistake}
    return rendering.page("login.html", values, status)


def _within(wanted: str) -> str:
    """A page of the dashboard: nobody is sent elsewhere by a link to our login."""
    plain = wanted.isascii() and wanted.isprintable() and "\\" not in wanted
    return wanted if plain and wanted.startswith(_HOME) and len(wanted) <= _LONGEST_PATH else _HOME
