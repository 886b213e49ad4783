"""The audit log: entries are added, completed once, and listed."""

from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import update
from sqlmodel import Session, col, select

from layeron.adapters.database.operating_tables import AuditRow
from layeron.adapters.database.paging import read_page
from layeron.adapters.database.transactions import Transactions
from layeron.adapters.database.upsert import insert_if_new
from layeron.identity import is_audit_id
from layeron.operating_records import AuditEntry, AuditPage


@dataclass(frozen=True, slots=True)
class DatabaseAuditLog:
    """An `AuditLog` over SQLite or PostgreSQL."""

    transactions: Transactions

    async def add(self, entry: AuditEntry) -> None:
        """See the port; the same one again is fine."""
        values = {name: getattr(entry, name) for name in AuditRow.model_fields}
        await self.transactions.write(partial(insert_if_new, table=AuditRow, values=values))

    async def complete(self, entry_id: str, status: int) -> None:
        """See the port."""
        once = (col(AuditRow.id) == entry_id, col(AuditRow.status).is_(None))
        statement = update(AuditRow).where(*once).values(status=status)
        await self.transactions.write(lambda session: session.connection().execute(statement))

    async def list(
        self,
        *,
        action: str | None = None,
        target: str | None = None,
        limit: int,
        cursor: str | None = None,
    ) -> AuditPage:
        """See the port."""
        where = {"action": action, "target": target}
        return await self.transactions.read(
            partial(_list_page, where=where, limit=limit, cursor=cursor)
        )


def _list_page(
    session: Session, *, where: dict[str, Any], limit: int, cursor: str | None
) -> AuditPage:
    statement = select(AuditRow)
    for name, value in where.items():
        if value is not None:
            statement = statement.where(getattr(AuditRow, name) == value)
    rows, next_cursor = read_page(
        session, statement, is_key=is_audit_id, limit=limit, cursor=cursor
    )
    return AuditPage([AuditEntry(**row.model_dump()) for row in rows], next_cursor)
