"""``POST /dashboard/codec/decode``: a codec server, by which Temporal's UI and CLI show payloads.

It lies below the dashboard, because the UI can send no key of ours: a browser that is logged in to
the dashboard sends its session. The CLI sends a key as bearer.
"""

from urllib.parse import urlsplit

from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route

from api.admission import Admission
from api.body import BodyTooLargeError, BodyUnreadableError, read_body
from api.dashboard.session import COOKIE, Sessions
from api.errors import error
from layeron.application import Backend
from layeron.errors import PayloadError, UnavailableError
from layeron.operating_records import ApiKey, Scope
from layeron.ports.toolbox import Toolbox
from layeron.settings import Settings

_LARGEST = 8 * 2**20
_SECONDS = 10


class CodecServer:
    """Decrypts what a caller shows who may read bodies, and whose page is none but Temporal's."""

    def __init__(self, app: Backend, tools: Toolbox, settings: Settings) -> None:
        # Nobody can tell which webhook an encrypted payload is of.
        fields = [
            *(each.redact for each in app.webhooks),
            *(each.redact for each in app.publishers),
        ]
        self._needs: Scope = "admin" if any(fields) else "read"
        self._engine = tools.engine
        self._admission = Admission(tools.records, settings)
        self._sessions = Sessions(tools.sessions, tools.records)
        self._is_on = settings.codec_server
        self._origin = _origin_of(settings.temporal_ui) if settings.temporal_ui else None

    def routes(self) -> list[BaseRoute]:
        """The routes to mount; none unless it is wanted."""
        if not self._is_on:
            return []
        shared = Middleware(
            CORSMiddleware,
            allow_origins=[self._origin] if self._origin else [],
            allow_methods=["POST"],
            allow_headers=["authorization", "content-type", "x-namespace"],
            allow_credentials=True,
        )
        decode = Route("/decode", self._decode, methods=["POST"])
        return [Mount("/dashboard/codec", routes=[decode], middleware=[shared])]

    async def _decode(self, request: Request) -> Response:
        if request.headers.get("origin", self._origin) != self._origin:
            return error(403, "forbidden", "only pages of LAYERON_TEMPORAL_UI may ask this")
        try:
            key = await self._admit(request)
            if isinstance(key, Response):
                return key
            if not key.may(self._needs):
                return error(403, "forbidden", f"this key lacks the scope {self._needs!r}")
            body = await read_body(request, largest=_LARGEST, seconds=_SECONDS)
            shown = await self._engine.decode(body)
        except BodyTooLargeError:
            return error(413, "body_too_large", f"the body is larger than {_LARGEST} bytes")
        except (BodyUnreadableError, PayloadError) as bad:
            return error(400, "bad_request", str(bad))
        except UnavailableError as trouble:
            return error(503, "unavailable", str(trouble))
        return Response(shown, media_type="application/json", headers={"cache-control": "no-store"})

    async def _admit(self, request: Request) -> ApiKey | Response:
        token = request.cookies.get(COOKIE)
        key = await self._sessions.key_of(token) if token else None
        if key is None:
            return await self._admission.admit(request)
        return self._admission.slowed(key) or key


def _origin_of(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}".lower()
