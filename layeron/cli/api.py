"""The whole API as commands ask it."""

import base64
import getpass
from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import quote

from layeron.errors import NotFoundError
from layeron.identity import is_rejection_id
from layeron.outbound.remote import RemotePublishing
from layeron.outbound.remote_endpoints import RemoteEndpoints
from layeron.records import RejectionPage, RejectionRecord
from layeron.remote_bulk import RemoteBulkReplays


@dataclass(frozen=True, slots=True)
class _Body:
    body_base64: str | None


@dataclass(frozen=True, slots=True)
class LetIn:
    """What a rejected request became."""

    event_id: str
    status: str


class OperatorAPI(RemoteEndpoints, RemotePublishing, RemoteBulkReplays):
    """Everything an operator does, over ``/api/v1``."""

    async def list_rejections(
        self, where: Mapping[str, str | None], *, limit: int, cursor: str | None
    ) -> RejectionPage:
        """A page of refused requests, newest first."""
        query = {**where, "limit": str(limit), "cursor": cursor}
        known = {name: value for name, value in query.items() if value is not None}
        return self._read(RejectionPage, await self._call("GET", _REJECTIONS, params=known))

    async def get_rejection(self, rejection_id: str) -> RejectionRecord:
        """One refused request with its body."""
        answer = await self._call("GET", _rejection(rejection_id))
        encoded = self._read(_Body, answer).body_base64
        body = None if encoded is None else base64.b64decode(encoded)
        return replace(self._read(RejectionRecord, answer), body=body)

    async def accept_rejection(self, rejection_id: str) -> LetIn:
        """Let a refused request in that verifies now."""
        answer = await self._call("POST", f"{_rejection(rejection_id)}/accept")
        return self._read(LetIn, answer)


_REJECTIONS = "/api/v1/rejections"


def who() -> str:
    """Who gives the command; nothing where the user of the process has no name."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return ""


def _rejection(rejection_id: str) -> str:
    if not is_rejection_id(rejection_id):
        raise NotFoundError(f"there is no rejection {rejection_id!r}")
    return f"{_REJECTIONS}/{quote(rejection_id)}"
