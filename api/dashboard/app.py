"""The dashboard as an application of its own, mounted at ``/dashboard``.

A part of it is a module in ``pages/`` with a class that has ``routes()``, its templates, and its
place in `PARTS`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Protocol

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from api.dashboard.door import Door, failure
from api.dashboard.headers import Headers
from api.dashboard.pages.audit import AuditPage
from api.dashboard.pages.bulk_replays import BulkReplaysPage
from api.dashboard.pages.dead_letters import DeadLettersPage
from api.dashboard.pages.endpoint_work import EndpointWork
from api.dashboard.pages.endpoints import EndpointsPage
from api.dashboard.pages.event import EventPage
from api.dashboard.pages.events import EventsPage
from api.dashboard.pages.keys import KeysPage
from api.dashboard.pages.login import LoginPage
from api.dashboard.pages.overview import OverviewPage
from api.dashboard.pages.rejections import RejectionsPage
from api.dashboard.pages.settings import SettingsPage
from api.dashboard.pages.webhooks import WebhooksPage
from api.dashboard.rendering import STATIC
from api.dashboard.session import Sessions
from api.dashboard.site import Site
from api.dashboard.visit import Tab
from api.trail import Trail


class Part(Protocol):
    """Some pages that belong together."""

    def routes(self) -> Sequence[BaseRoute]:
        """Their routes, below ``/dashboard``."""
        ...


@dataclass(frozen=True, slots=True)
class Entry:
    """A place in the navigation, and the parts that make its pages."""

    tab: Tab
    parts: tuple[Callable[[Door, Site], Part], ...]


PARTS: Sequence[Entry] = (
    Entry(Tab("Overview", "/dashboard/"), (OverviewPage,)),
    Entry(Tab("Events", "/dashboard/events"), (EventsPage, EventPage)),
    Entry(Tab("Dead letters", "/dashboard/dead-letters"), (DeadLettersPage,)),
    Entry(Tab("Bulk replays", "/dashboard/bulk-replays"), (BulkReplaysPage,)),
    Entry(Tab("Rejections", "/dashboard/rejections"), (RejectionsPage,)),
    Entry(Tab("Webhooks", "/dashboard/webhooks"), (WebhooksPage,)),
    Entry(Tab("Endpoints", "/dashboard/endpoints"), (EndpointWork, EndpointsPage)),
    Entry(Tab("Audit log", "/dashboard/audit"), (AuditPage,)),
    Entry(Tab("Keys", "/dashboard/keys"), (KeysPage,)),
    Entry(Tab("Settings", "/dashboard/settings"), (SettingsPage,)),
)


def dashboard_routes(site: Site) -> list[BaseRoute]:
    """The routes to mount in the service."""
    settings, tools = site.settings, site.tools
    sessions = Sessions(tools.sessions, tools.records)
    trail = Trail(tools.audit)
    door = Door(sessions, trail, tuple(each.tab for each in PARTS), settings.trust_proxy)
    login = LoginPage(door, sessions, trail, settings)
    inside = Starlette(
        routes=[
            *login.routes(),
            *chain.from_iterable(
                make(door, site).routes() for each in PARTS for make in each.parts
            ),
            Mount("/static", StaticFiles(directory=STATIC)),
        ],
        exception_handlers={HTTPException: _refused},
    )
    inside.router.redirect_slashes = False  # it would name a scheme and host that a proxy changed
    return [
        Route("/dashboard", _to_overview, methods=["GET"]),
        Mount("/dashboard", Headers(inside)),
    ]


async def _to_overview(_: Request) -> Response:
    return RedirectResponse("/dashboard/", 308)


async def _refused(_: Request, cause: Exception) -> Response:
    status = cause.status_code if isinstance(cause, HTTPException) else 500
    response = failure(status, "there is no such page" if status == 404 else "try another way")  # noqa: PLR2004  # HTTP
    if isinstance(cause, HTTPException) and cause.headers:
        response.headers.update(cause.headers)
    return response
