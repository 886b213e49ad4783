"""The table of the inbox."""

from datetime import datetime

from sqlalchemy import BigInteger, Index, Integer, LargeBinary, false
from sqlmodel import Field

from layeron.adapters.database.columns import AnyText, UtcTime
from layeron.adapters.database.table import Table, partial_index
from layeron.records import Direction


class InboxRow(Table, table=True):
    """An event that the engine did not take yet; nobody but `owner` may take it before `due_at`."""

    __tablename__ = "inbox"
    __table_args__ = (
        Index("ix_inbox_workflow", "workflow_id", "number"),
        Index("ix_inbox_event", "event_id", unique=True),
        # Holds what is counted, which is asked every second, so that no body is read for it.
        Index("ix_inbox_waiting", "received_at", "size"),
        # Asked for with every batch, of a table that may hold a million rows.
        partial_index("ix_inbox_owner", "owner", "due_at", where="owner IS NOT NULL"),
        partial_index("ix_inbox_refused", "number", where="refusals > 0"),
        partial_index("ix_inbox_user", "user_id", "event_id", where="user_id IS NOT NULL"),
        {"sqlite_autoincrement": True},
    )

    number: int | None = Field(
        default=None, primary_key=True, sa_type=BigInteger().with_variant(Integer, "sqlite")
    )
    event_id: str = Field(sa_type=AnyText)
    workflow_id: str = Field(sa_type=AnyText)
    direction: Direction = Field(sa_type=AnyText)
    received_at: datetime = Field(sa_type=UtcTime)
    sha256: str = Field(sa_type=AnyText)
    size: int = Field(sa_type=BigInteger)
    event: bytes = Field(sa_type=LargeBinary)
    body: bytes | None = Field(default=None, sa_type=LargeBinary)
    refusals: int = 0
    owner: str | None = Field(default=None, sa_type=AnyText)
    due_at: datetime = Field(sa_type=UtcTime)
    queued: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    user_id: str | None = Field(default=None, sa_type=AnyText)
