"""One request of somebody who is logged in, as pages see it."""

import base64
import binascii
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from api.dashboard import rendering
from api.dashboard.csrf import csrf_token, sealed
from api.dashboard.session import PATH
from layeron.operating_records import ApiKey, Scope

Form: TypeAlias = Mapping[str, Sequence[str]]
"""What was posted: the values of each field."""

_NOTICE = "layeron_notice"
_LONGEST_NOTICE = 600


@dataclass(frozen=True, slots=True)
class Tab:
    """An entry of the navigation."""

    label: str
    path: str


@dataclass(frozen=True, slots=True)
class Visit:
    """A request, whose key it came with, and the ways to answer it.

    Attributes:
        token: of the session.
        is_secure: the browser reached us through TLS.
        form: what was posted; empty otherwise.
        tabs: the navigation.
    """

    request: Request
    key: ApiKey
    token: str = field(repr=False)
    is_secure: bool
    tabs: Sequence[Tab] = ()
    form: Form = field(default_factory=dict[str, list[str]])

    @property
    def who(self) -> str:
        """The visitor, as records and the audit log name them."""
        return f"dashboard {self.key.name}"

    @property
    def csrf(self) -> str:
        """The token for forms."""
        return csrf_token(self.token)

    @property
    def live(self) -> bool:
        """Whether a page that is open asks for its changing part alone."""
        return self.request.headers.get("x-live") == "1"

    def may(self, scope: Scope) -> bool:
        """Whether the visitor's key is good for this."""
        return self.key.may(scope)

    def text(self, name: str, longest: int = 500) -> str | None:
        """A field of the form; None if it is blank."""
        value = next(iter(self.form.get(name, ())), "").strip()
        return value[:longest] or None

    def texts(self, name: str) -> list[str]:
        """A field of the form that may be there several times."""
        return [each for each in self.form.get(name, ()) if each]

    def render(self, template: str, status: int = 200, **values: Any) -> Response:
        """A page within the layout; shows the notice that is waiting, once."""
        notice = None if self.live else self._notice()
        response = rendering.page(template, self._named(notice, values), status)
        if notice:
            response.delete_cookie(_NOTICE, path=PATH, httponly=True, samesite="strict")
        return response

    def redirect(self, path: str, notice: str | None = None) -> Response:
        """Go on to a page of the dashboard, which says *notice*."""
        response = RedirectResponse(path, 303)
        if notice:
            text = notice[:_LONGEST_NOTICE].encode("utf-8", "backslashreplace")
            coded = base64.urlsafe_b64encode(text).decode()
            response.set_cookie(
                _NOTICE,
                f"{coded}.{sealed(self.token, 'notice', coded)}",
                max_age=60,
                path=PATH,
                secure=self.is_secure,
                httponly=True,
                samesite="strict",
            )
        return response

    def _named(self, notice: str | None, values: Mapping[str, Any]) -> dict[str, Any]:
        path = self.request.url.path
        return {"visit": self, "tabs": self.tabs, "path": path, "notice": notice, **values}

    def _notice(self) -> str | None:
        coded, _, seal = self.request.cookies.get(_NOTICE, "").partition(".")
        if not coded.isascii() or not seal.isascii():
            return None
        if not hmac.compare_digest(seal, sealed(self.token, "notice", coded)):
            return None
        try:
            return base64.urlsafe_b64decode(coded).decode("utf-8", "replace")
        except binascii.Error:
            return None
