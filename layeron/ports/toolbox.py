"""Every port of one process, together: what composition roots hand on."""

from dataclasses import dataclass

from layeron.application import Backend
from layeron.outbound.encryption import load_cipher
from layeron.ports.audit import AuditLog
from layeron.ports.blobs import BlobStore
from layeron.ports.bulk_replays import BulkReplayStore
from layeron.ports.deliveries import DeliveryStore
from layeron.ports.documents import Documents
from layeron.ports.endpoints import EndpointStore
from layeron.ports.engine import Engine
from layeron.ports.inbox import Inbox
from layeron.ports.records import RecordStore
from layeron.ports.retention import RetentionStore
from layeron.ports.secrets import SecretSource
from layeron.ports.sender import Sender
from layeron.ports.sessions import SessionStore
from layeron.ports.statistics import Statistics


@dataclass(frozen=True, slots=True)
class Toolbox:
    """The outside world of one process."""

    blobs: BlobStore
    secrets: SecretSource
    records: RecordStore
    engine: Engine
    documents: Documents
    endpoints: EndpointStore
    deliveries: DeliveryStore
    sender: Sender
    audit: AuditLog
    sessions: SessionStore
    statistics: Statistics
    bulk_replays: BulkReplayStore
    retention: RetentionStore
    inbox: Inbox

    async def check(self, app: Backend) -> None:
        """Return if the application can start here.

        Raises:
            ConfigurationError: the database's schema is not the one this code needs.
            UnavailableError: a secret it declares has no value, or a store does not answer; or it
                declares publishers, and there is no key to encrypt generated secrets with.
        """
        for secret in app.secrets:
            await self.secrets.values(secret)
        if app.publishers:
            await load_cipher(self.secrets)
        await self.records.check()
        await self.blobs.check()
