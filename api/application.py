"""The ASGI application: webhooks to the receiver, the service's own paths to their routes."""

import logging
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Match, Route
from starlette.types import Receive, Scope, Send

from api.closing import Unhurried, send_and_close
from api.codec import CodecServer
from api.dashboard.app import dashboard_routes
from api.dashboard.site import Site
from api.errors import error
from api.health import health_routes
from api.receiver import Receiver
from api.routes import api_routes
from layeron.application import Backend
from layeron.draining import Drainer, draining
from layeron.intake import Intake
from layeron.placement import RESERVED_PREFIXES
from layeron.ports.metrics import SILENT, Metrics
from layeron.ports.toolbox import Toolbox
from layeron.services import connect_services
from layeron.settings import Settings

logger = logging.getLogger("layeron.api")


class Front:
    """Sends each request to the receiver or to the service's own routes, by host and path.

    Attributes:
        routes: the service's own.
    """

    def __init__(self, receiver: Receiver, service: Starlette, drainer: Drainer) -> None:
        self._receiver = receiver
        self._service = Unhurried(service)
        self._drainer = drainer
        self.routes: Sequence[BaseRoute] = service.routes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or take part in the server's life cycle."""
        if scope["type"] == "http":
            request = Request(scope, receive, send)
            own = f"{scope['path']}/".startswith(RESERVED_PREFIXES)
            if not own or self._receiver.owns(request):
                response = await self._received(request)
                if response.headers.get("connection") == "close":
                    await send_and_close(response, scope, receive, send)
                else:
                    await response(scope, receive, send)
                return
        await self._service(scope, receive, send)

    def draining(self) -> AbstractAsyncContextManager[None]:
        """Start what waits in the inbox, until the end of the block."""
        return draining(self._drainer)

    async def close(self) -> None:
        """End what goes on after answers were sent."""
        await self._receiver.close()

    async def _received(self, request: Request) -> Response:
        try:
            return await self._receiver.receive(request)
        except Exception:
            logger.exception("a request failed")
            return error(500, "internal", "the request failed on our side")


def build_api(app: Backend, tools: Toolbox, settings: Settings, metrics: Metrics = SILENT) -> Front:
    """Assemble the API of one application from its tools."""
    records = tools.records
    services = connect_services(app, tools, settings)
    intake = Intake(
        engine=tools.engine,
        starts=services.starts,
        records=records,
        blobs=tools.blobs,
        secrets=tools.secrets,
        documents=tools.documents,
        offload_above=settings.offload_body,
        store_timeout=settings.store_timeout,
    )
    receiver = Receiver(app=app, intake=intake, records=records, settings=settings, metrics=metrics)
    checks = {
        "engine": tools.engine.check,
        "database": records.check,
        "inbox": services.starts.check_inbox,
        "bodies": tools.blobs.check,
    }
    service = Starlette(
        routes=[
            *health_routes(checks, enough={"engine", "inbox"}),
            *api_routes(app, tools, services, intake, settings),
            *CodecServer(app, tools, settings).routes(),
            *dashboard_routes(Site(app, tools, services, intake, settings)),
        ],
        exception_handlers={404: _not_found, 405: _wrong_method, Exception: _failed},
    )
    return Front(receiver, service, services.drainer)


async def _not_found(_: Request, __: Exception) -> Response:
    return error(404, "not_found", "there is nothing at this address")


async def _wrong_method(request: Request, _: Exception) -> Response:
    """Name every method that the address takes; the router itself knows those of one route."""
    app: Starlette = request.app
    allowed = {
        method
        for route in app.routes
        if isinstance(route, Route) and route.matches(request.scope)[0] != Match.NONE
        for method in route.methods or ()
    }
    message = "this address does not take this method"
    return error(405, "method_not_allowed", message, {"allow": ", ".join(sorted(allowed))})


async def _failed(_: Request, __: Exception) -> Response:
    return error(500, "internal", "the request failed on our side")
