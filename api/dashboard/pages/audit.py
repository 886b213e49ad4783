"""The audit log: who changed or replayed what, newest first."""

import json
from collections.abc import Mapping
from typing import Any

from starlette.responses import Response
from starlette.routing import BaseRoute

from api.dashboard.door import Door
from api.dashboard.list_query import ListQuery
from api.dashboard.site import Site
from api.dashboard.visit import Visit

_PER_PAGE = 50


class AuditPage:
    """Read the log; nobody writes it here."""

    def __init__(self, door: Door, site: Site) -> None:
        self._door = door
        self._log = site.tools.audit

    def routes(self) -> list[BaseRoute]:
        """The routes to mount."""
        return [self._door.page("/audit", self._show)]

    async def _show(self, visit: Visit) -> Response:
        query = ListQuery.of(visit.request.query_params, "action", "target")
        page = await self._log.list(
            action=query.get("action") or None,
            target=query.get("target") or None,
            limit=_PER_PAGE,
            cursor=query.cursor,
        )
        return visit.render(
            "audit.html",
            query=query,
            entries=[(each, _detail(each.detail)) for each in page.entries],
            older=query.link(page.next_cursor) if page.next_cursor else None,
        )


def _detail(detail: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What was asked, as names and texts; a field of a form is a list of one."""
    told: list[tuple[str, str]] = []
    for name, value in detail.items():
        plain = value[0] if isinstance(value, list) and len(value) == 1 else value  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]  # JSON
        text = plain if isinstance(plain, str) else json.dumps(plain, default=str)
        told.append((name, text))
    return told
