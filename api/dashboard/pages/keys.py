"""Keys of the API and of this dashboard: make one, shown once, and revoke one."""

from collections.abc import Mapping
from typing import get_args

from starlette.responses import Response
from starlette.routing import BaseRoute

from api.dashboard.door import Door
from api.dashboard.site import Site
from api.dashboard.visit import Visit
from api.questions import BadRequestError
from layeron.keys import new_key, revoke
from layeron.operating_records import Scope

PATH = "/dashboard/keys"
_LONGEST_NAME = 100

SCOPES: Mapping[Scope, str] = {
    "read": "look at everything",
    "replay": "read, replay events, let rejected requests in",
    "send": "send events, and nothing else",
    "admin": "everything, keys and endpoints too",
}


class KeysPage:
    """Who may do what."""

    def __init__(self, door: Door, site: Site) -> None:
        self._door = door
        self._records = site.tools.records

    def routes(self) -> list[BaseRoute]:
        """The routes to mount."""
        make = self._door.action(
            "/keys", self._make, scope="admin", action="key.create", detail=("name", "scope")
        )
        end = self._door.action(
            "/keys/{key_id}/revoke", self._revoke, scope="admin", action="key.revoke"
        )
        return [self._door.page("/keys", self._show), make, end]

    async def _show(self, visit: Visit) -> Response:
        keys = sorted(
            await self._records.list_keys(),
            key=lambda key: (key.revoked_at is None, key.created_at),
            reverse=True,
        )
        return visit.render("keys.html", keys=keys, scopes=SCOPES)

    async def _make(self, visit: Visit) -> Response:
        name, asked = visit.text("name", _LONGEST_NAME), visit.texts("scope")
        scopes: list[Scope] = [each for each in get_args(Scope) if each in asked]
        if name is None or not name.isprintable():
            raise BadRequestError("give the key a name that tells whose it is, such as 'deploy'")
        if not scopes or len(scopes) != len(set(asked)):
            raise BadRequestError(f"choose what the key may do, from {', '.join(get_args(Scope))}")
        record, text = new_key(name, scopes)
        await self._records.add_key(record)
        return visit.render(
            "secret_once.html",
            title=f"Key {name} was made",
            secret=text,
            what="API key",
            back=PATH,
            advice="Hand it to who uses it, as the bearer token of the API or for the login here.",
            until=None,
        )

    async def _revoke(self, visit: Visit) -> Response:
        await revoke(self._records, str(visit.request.path_params["key_id"]))
        return visit.redirect(PATH, "The key is revoked: it opens nothing any more.")
