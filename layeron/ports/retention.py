"""Port: deleting what is kept no longer."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol


class RetentionStore(Protocol):
    """Finds and deletes old bodies and records; raises as `RecordStore` does.

    Only events that have ended are touched: one that is still handled or sent keeps everything.
    """

    async def webhooks(self) -> Sequence[tuple[str, str]]:
        """Namespace and name of every webhook that has events, declared or not."""
        ...

    async def bodies_before(
        self, namespace: str, webhook: str, *, before: datetime, limit: int
    ) -> Sequence[tuple[str, str]]:
        """Event id and body name of events whose body is still there, oldest first."""
        ...

    async def bodies_of_user(self, user_id: str, *, limit: int) -> Sequence[tuple[str, str]]:
        """The same, of the events that were sent for a user."""
        ...

    async def mark_erased(self, event_ids: Sequence[str], *, at: datetime) -> None:
        """Note that bodies are gone; logs, tracebacks and answers, which may quote them, go too."""
        ...

    async def delete_before(
        self, namespace: str, webhook: str, *, before: datetime, limit: int
    ) -> int:
        """Delete events whose body is gone, with all that belongs to them; says how many."""
        ...

    async def trim(self, *, before: datetime, limit: int) -> int:
        """Delete rejections, expired sessions and forgotten dedupe keys; says how many."""
        ...
