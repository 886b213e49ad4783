"""Opens a database: the stores over it share its connections and its threads."""

from dataclasses import dataclass

from layeron.adapters.database.audit import DatabaseAuditLog
from layeron.adapters.database.bulk_replay_store import DatabaseBulkReplayStore
from layeron.adapters.database.delivery_store import DatabaseDeliveryStore
from layeron.adapters.database.endpoint_store import DatabaseEndpointStore
from layeron.adapters.database.engine import open_engine
from layeron.adapters.database.inbox_store import DatabaseInbox
from layeron.adapters.database.retention_store import DatabaseRetentionStore
from layeron.adapters.database.sessions import DatabaseSessionStore
from layeron.adapters.database.statistics_store import DatabaseStatistics
from layeron.adapters.database.store import DatabaseRecordStore
from layeron.adapters.database.transactions import Transactions
from layeron.ports.audit import AuditLog
from layeron.ports.bulk_replays import BulkReplayStore
from layeron.ports.deliveries import DeliveryStore
from layeron.ports.endpoints import EndpointStore
from layeron.ports.inbox import Inbox
from layeron.ports.records import RecordStore
from layeron.ports.retention import RetentionStore
from layeron.ports.sessions import SessionStore
from layeron.ports.statistics import Statistics

_THREADS = 8


@dataclass(frozen=True, slots=True)
class Database:
    """The stores of one process; closing `records` lets go of all of them."""

    records: RecordStore
    endpoints: EndpointStore
    deliveries: DeliveryStore
    audit: AuditLog
    sessions: SessionStore
    statistics: Statistics
    bulk_replays: BulkReplayStore
    retention: RetentionStore
    inbox: Inbox

    async def close(self) -> None:
        """Let go of connections."""
        await self.records.close()


def open_database(url: str, *, threads: int = _THREADS) -> Database:
    """Open a database that `upgrade` has prepared; it connects on first use.

    Args:
        url: ``sqlite:///…`` or ``postgresql://…``.
        threads: how many transactions, and so connections, this process has at once.

    Raises:
        ConfigurationError: the address has no usable form.
    """
    transactions = Transactions(open_engine(url, connections=threads), threads=threads)
    return Database(
        DatabaseRecordStore(transactions),
        DatabaseEndpointStore(transactions),
        DatabaseDeliveryStore(transactions),
        DatabaseAuditLog(transactions),
        DatabaseSessionStore(transactions),
        DatabaseStatistics(transactions),
        DatabaseBulkReplayStore(transactions),
        DatabaseRetentionStore(transactions),
        DatabaseInbox(transactions),
    )


def open_record_store(url: str, *, threads: int = _THREADS) -> RecordStore:
    """As `open_database`, for who needs the records only."""
    return open_database(url, threads=threads).records
