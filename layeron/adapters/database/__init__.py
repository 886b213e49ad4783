"""Adapter of `layeron.ports.records` for SQLite and PostgreSQL."""

from layeron.adapters.database.schema import current_revision, head_revision, upgrade
from layeron.adapters.database.store import open_record_store

__all__ = ["current_revision", "head_revision", "open_record_store", "upgrade"]
