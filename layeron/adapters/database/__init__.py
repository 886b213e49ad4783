"""Adapter of every port whose records are kept in SQLite or PostgreSQL."""

from layeron.adapters.database.opening import Database, open_database, open_record_store
from layeron.adapters.database.schema import current_revision, head_revision, upgrade

__all__ = [
    "Database",
    "current_revision",
    "head_revision",
    "open_database",
    "open_record_store",
    "upgrade",
]
