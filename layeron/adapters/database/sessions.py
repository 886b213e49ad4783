"""Logins to the dashboard."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial

from sqlalchemy import delete
from sqlmodel import Session as Transaction
from sqlmodel import col, select

from layeron.adapters.database.operating_tables import SessionRow
from layeron.adapters.database.transactions import Transactions
from layeron.adapters.database.upsert import insert_if_new
from layeron.operating_records import Session


@dataclass(frozen=True, slots=True)
class DatabaseSessionStore:
    """A `SessionStore` over SQLite or PostgreSQL."""

    transactions: Transactions

    async def add(self, session: Session) -> None:
        """See the port; the same one again is fine."""
        await self.transactions.write(partial(_add, session=session))

    async def find(self, token_hash: str, *, at: datetime) -> Session | None:
        """See the port."""
        return await self.transactions.read(partial(_find, token_hash=token_hash, at=at))

    async def delete(self, token_hash: str) -> None:
        """See the port."""
        statement = delete(SessionRow).where(col(SessionRow.token_hash) == token_hash)
        await self.transactions.write(
            lambda transaction: transaction.connection().execute(statement)
        )


def _add(transaction: Transaction, *, session: Session) -> None:
    expired = col(SessionRow.expires_at) <= session.created_at
    transaction.exec(delete(SessionRow).where(expired))
    values = {name: getattr(session, name) for name in SessionRow.model_fields}
    insert_if_new(transaction, SessionRow, values)


def _find(transaction: Transaction, *, token_hash: str, at: datetime) -> Session | None:
    statement = select(SessionRow).where(
        SessionRow.token_hash == token_hash, SessionRow.expires_at > at
    )
    row = transaction.exec(statement).one_or_none()
    return None if row is None else Session(**row.model_dump())
