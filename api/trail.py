"""Write changes to the audit log: before they are made, and what was answered afterwards."""

import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from layeron.errors import UnavailableError
from layeron.identity import new_audit_id
from layeron.operating_records import AuditEntry
from layeron.ports.audit import AuditLog
from layeron.text import printable

logger = logging.getLogger("layeron.api")


@dataclass(frozen=True, slots=True)
class Trail:
    """What the API and the dashboard do is done through here."""

    log: AuditLog

    async def follow(
        self,
        do: Callable[[], Awaitable[Response]],
        *,
        actor: str,
        action: str,
        target: str,
        detail: Mapping[str, Any] | None = None,
    ) -> Response:
        """Do something that is on record: nothing is done if the log cannot take it.

        Args:
            do: makes the change, and answers.
            actor: who asks, such as ``key deploy`` or ``dashboard deploy``.
            action: such as ``event.replay``.
            target: what it is about, such as an id.
            detail: more of what was asked; no secret.

        Raises:
            DatabaseUnavailableError: nothing was done.
        """
        at = datetime.now(UTC)
        entry = AuditEntry(
            id=new_audit_id(at),
            at=at,
            actor=printable(actor),
            action=action,
            target=printable(target),
            detail=dict(detail or {}),
        )
        await self.log.add(entry)
        status = 500  # what an exception becomes
        try:
            response = await do()
            status = response.status_code
            return response
        finally:
            await self._complete(entry, status)

    async def _complete(self, entry: AuditEntry, status: int) -> None:
        try:
            await self.log.complete(entry.id, status)
        except UnavailableError as trouble:
            # It is done; that it was asked for is on record.
            logger.warning("audit log: %s ended with %d: %s", entry.id, status, trouble)


def target_of(request: Request) -> str:
    """What a request is about: the names in its path, or the path."""
    return "/".join(map(str, request.path_params.values())) or request.scope["path"]
