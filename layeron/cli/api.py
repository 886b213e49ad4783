"""The whole API as commands ask it."""

import base64
import getpass
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field, replace

from layeron.client import known_of, path_of, query_of
from layeron.describing import WebhookDescription
from layeron.errors import NotFoundError
from layeron.identity import is_rejection_id
from layeron.operating_records import Activity, AuditPage, Count
from layeron.outbound.remote import RemotePublishing
from layeron.outbound.remote_endpoints import RemoteEndpoints
from layeron.ports.engine import Backlog
from layeron.ports.inbox import Waiting
from layeron.records import EventFilter, EventStatus, RejectionPage, RejectionRecord
from layeron.remote_bulk import RemoteBulkReplays


@dataclass(frozen=True, slots=True)
class _Body:
    body_base64: str | None


@dataclass(frozen=True, slots=True)
class LetIn:
    """What a rejected request became."""

    event_id: str
    status: str


@dataclass(frozen=True, slots=True)
class LiveWebhook(WebhookDescription):
    """A declared webhook, and how many of its events of the last day have which status."""

    events: dict[EventStatus, int] = field(default_factory=dict[EventStatus, int])


@dataclass(frozen=True, slots=True)
class LiveWebhooks:
    """Every declared webhook."""

    webhooks: list[LiveWebhook]
    next_cursor: None = None


@dataclass(frozen=True, slots=True)
class Overview(Activity):
    """What happened lately, what waits for workers, and what waits for the engine.

    Attributes:
        backlog: None if the engine does not answer.
        inbox: None if the service is of a release without one.
    """

    backlog: list[Backlog] | None = None
    inbox: Waiting | None = None


class OperatorAPI(RemoteEndpoints, RemotePublishing, RemoteBulkReplays):
    """Everything an operator does, over ``/api/v1``."""

    async def count_events(self, where: EventFilter) -> Count:
        """How many events match."""
        answer = await self._call("GET", "/api/v1/events/count", params=query_of(where))
        return self._read(Count, answer)

    def export_events(
        self, where: EventFilter, *, form: str, limit: int | None, cursor: str | None
    ) -> AsyncGenerator[bytes]:
        """Events as a file, newest first."""
        query = query_of(where) | known_of(format=form, limit=limit, cursor=cursor)
        return self._stream("/api/v1/events/export", params=query)

    async def get_overview(self, hours: int) -> Overview:
        """What happened in the last hours, and what waits for workers."""
        answer = await self._call("GET", "/api/v1/overview", params={"hours": hours})
        return self._read(Overview, answer)

    async def list_webhooks(self) -> LiveWebhooks:
        """What the application declares."""
        return self._read(LiveWebhooks, await self._call("GET", "/api/v1/webhooks"))

    async def get_webhook(self, namespace: str, name: str) -> LiveWebhook:
        """One declared webhook."""
        answer = await self._call("GET", path_of("webhooks", namespace, name))
        return self._read(LiveWebhook, answer)

    async def list_audit(
        self, *, action: str | None, target: str | None, limit: int, cursor: str | None
    ) -> AuditPage:
        """A page of who changed or replayed what, newest first."""
        query = known_of(action=action, target=target, limit=limit, cursor=cursor)
        return self._read(AuditPage, await self._call("GET", "/api/v1/audit", params=query))

    async def list_rejections(
        self,
        *,
        namespace: str | None,
        webhook: str | None,
        cause: str | None,
        limit: int,
        cursor: str | None,
    ) -> RejectionPage:
        """A page of refused requests, newest first."""
        query = known_of(
            namespace=namespace, webhook=webhook, cause=cause, limit=limit, cursor=cursor
        )
        return self._read(RejectionPage, await self._call("GET", _REJECTIONS, params=query))

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
    return f"{_REJECTIONS}/{rejection_id}"
