"""Port: the audit log, to which entries are only ever added."""

from typing import Protocol

from layeron.operating_records import AuditEntry, AuditPage


class AuditLog(Protocol):
    """Keeps who changed or replayed what; raises as `RecordStore` does."""

    async def add(self, entry: AuditEntry) -> None:
        """Write down what is about to be done, before it is done."""
        ...

    async def complete(self, entry_id: str, status: int) -> None:
        """Note what was answered, once."""
        ...

    async def list(
        self,
        *,
        action: str | None = None,
        target: str | None = None,
        limit: int,
        cursor: str | None = None,
    ) -> AuditPage:
        """A page of entries, newest first.

        Raises:
            CursorError: the cursor is not one of ours.
        """
        ...
