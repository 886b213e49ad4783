"""Every port of one process, together: what composition roots hand on."""

from dataclasses import dataclass

from layeron.application import Backend
from layeron.outbound.encryption import load_cipher
from layeron.ports.blobs import BlobStore
from layeron.ports.deliveries import DeliveryStore
from layeron.ports.documents import Documents
from layeron.ports.endpoints import EndpointStore
from layeron.ports.engine import Engine
from layeron.ports.records import RecordStore
from layeron.ports.secrets import SecretSource
from layeron.ports.sender import Sender


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
