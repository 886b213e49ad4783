"""API keys."""

from datetime import datetime

from sqlmodel import Session, col, select

from layeron.adapters.database.tables import ApiKeyRow
from layeron.adapters.database.upsert import insert
from layeron.errors import NotFoundError
from layeron.operating_records import ApiKey
from layeron.text import printable


def add(session: Session, key: ApiKey) -> None:
    """Store a key; the same one again is fine."""
    addition = insert(session, ApiKeyRow).values(
        id=key.id,
        name=key.name,
        secret_hash=key.secret_hash,
        created_at=key.created_at,
        revoked_at=key.revoked_at,
        scopes=list(key.scopes),
    )
    session.exec(addition.on_conflict_do_nothing())


def find(session: Session, key_id: str) -> ApiKey | None:
    """The key with this id."""
    row = session.get(ApiKeyRow, key_id)
    return _key(row) if row else None


def list_all(session: Session) -> list[ApiKey]:
    """All keys, oldest first."""
    statement = select(ApiKeyRow).order_by(col(ApiKeyRow.created_at), col(ApiKeyRow.id))
    return [_key(row) for row in session.exec(statement)]


def revoke(session: Session, key_id: str, at: datetime) -> None:
    """End a key's life; one that ended before keeps its time.

    Raises:
        NotFoundError: there is none.
    """
    row = session.get(ApiKeyRow, key_id)
    if row is None:
        raise NotFoundError(f"there is no API key {printable(key_id)}.")
    row.revoked_at = row.revoked_at or at


def _key(row: ApiKeyRow) -> ApiKey:
    return ApiKey(
        id=row.id,
        name=row.name,
        secret_hash=row.secret_hash,
        created_at=row.created_at,
        revoked_at=row.revoked_at,
        scopes=tuple(row.scopes),
    )
