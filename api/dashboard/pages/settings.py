"""Settings: what this service is made of, whether it answers, and its limits; no secret."""

import asyncio
import platform
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any
from urllib.parse import urlsplit

from pydantic.fields import FieldInfo
from starlette.responses import Response
from starlette.routing import BaseRoute

from api.dashboard.door import Door
from api.dashboard.site import Site
from api.dashboard.visit import Visit
from layeron.errors import LayeronError
from layeron.settings import PREFIX, Settings

_PACKAGES = ("layeron-webhooks", "temporalio", "starlette", "sqlmodel")
_LONGEST_SECONDS = 5


@dataclass(frozen=True, slots=True)
class Adapter:
    """A part that was chosen.

    Attributes:
        trouble: why it does not answer; None if it does.
    """

    part: str
    chosen: str
    trouble: str | None


@dataclass(frozen=True, slots=True)
class Line:
    """One setting, as its variable is called."""

    name: str
    value: str
    is_default: bool
    about: str


class SettingsPage:
    """Look at what is set; settings are changed in the environment."""

    def __init__(self, door: Door, site: Site) -> None:
        self._door = door
        self._settings = site.settings
        self._tools = site.tools

    def routes(self) -> list[BaseRoute]:
        """The routes to mount."""
        return [self._door.page("/settings", self._show)]

    async def _show(self, visit: Visit) -> Response:
        fields = type(self._settings).model_fields.items()
        return visit.render(
            "settings.html",
            adapters=await self._adapters(),
            lines=[_line(self._settings, name, field) for name, field in fields],
            versions=[("Python", platform.python_version())]
            + [(each, version(each)) for each in _PACKAGES],
        )

    async def _adapters(self) -> list[Adapter]:
        known, tools = self._settings, self._tools
        engine = known.temporal_address or "as the TEMPORAL_* variables say"
        parts: list[tuple[str, str, Callable[[], Awaitable[None]] | None]] = [
            ("Engine", f"Temporal at {engine}, task queue {known.task_queue}", tools.engine.check),
            ("Database", without_login(known.effective_database_url), tools.records.check),
            ("Raw bodies", without_login(known.effective_blobs), tools.blobs.check),
            ("Secrets", known.secrets, None),
        ]
        troubles = await asyncio.gather(*(_trouble(check) for _, _, check in parts))
        return [
            Adapter(part, chosen, trouble)
            for (part, chosen, _), trouble in zip(parts, troubles, strict=True)
        ]


def without_login(address: str) -> str:
    """An address without user, password and parameters; what is no address stays as it is."""
    scheme, mark, _ = address.partition("://")
    if not mark:
        return address
    try:
        parts = urlsplit(address)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return f"{scheme}://…"
    return f"{scheme}://{parts.hostname or ''}{port}{parts.path}"


async def _trouble(check: Callable[[], Awaitable[None]] | None) -> str | None:
    if check is None:
        return None
    try:
        async with asyncio.timeout(_LONGEST_SECONDS):
            await check()
    except TimeoutError:
        return f"it did not answer within {_LONGEST_SECONDS} s"
    except LayeronError as trouble:
        return str(trouble)
    return None


def _line(settings: Settings, name: str, field: FieldInfo) -> Line:
    value = getattr(settings, name)
    secret = field.repr is False
    shown = ("set" if value else "not set") if secret else _shown(value)
    about = (field.description or "").replace("`", "")
    is_default = name not in settings.model_fields_set
    return Line(f"{PREFIX}{name.upper()}", shown, is_default, about)


def _shown(value: Any) -> str:
    if value is None or value == ():
        return "not set"
    if isinstance(value, tuple):
        return ", ".join(map(str, value))  # pyright: ignore[reportUnknownArgumentType]  # of texts
    return without_login(str(value))
