"""Open the adapters that the settings name; only composition roots come here."""

from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from layeron.adapters.blobs import open_blob_store
from layeron.adapters.database import open_record_store
from layeron.adapters.secret_sources import open_secret_source
from layeron.adapters.temporal.connection import connect
from layeron.adapters.temporal.engine import TemporalEngine
from layeron.application import Backend
from layeron.ports.blobs import BlobStore
from layeron.ports.engine import Engine
from layeron.ports.records import RecordStore
from layeron.ports.secrets import SecretSource
from layeron.settings import Settings


@dataclass(frozen=True, slots=True)
class Toolbox:
    """The outside world of one process."""

    blobs: BlobStore
    secrets: SecretSource
    records: RecordStore
    engine: Engine

    async def check(self, app: Backend) -> None:
        """Return if the application can start here.

        Raises:
            ConfigurationError: the database's schema is not the one this code needs.
            UnavailableError: a secret it declares has no value, or a store does not answer.
        """
        for secret in app.secrets:
            await self.secrets.values(secret)
        await self.records.check()
        await self.blobs.check()


@asynccontextmanager
async def open_toolbox(settings: Settings) -> AsyncGenerator[Toolbox]:
    """Open every adapter; each is closed again at the end."""
    async with AsyncExitStack() as stack:
        blobs = open_blob_store(settings.effective_blobs)
        stack.push_async_callback(blobs.close)
        secrets = open_secret_source(settings.secrets, settings.data_dir, settings.secrets_refresh)
        stack.push_async_callback(secrets.close)
        records = open_record_store(settings.effective_database_url)
        stack.push_async_callback(records.close)
        client = await connect(settings)
        engine = TemporalEngine(
            client, task_queue=settings.task_queue, timeout=settings.engine_timeout
        )
        yield Toolbox(blobs, secrets, records, engine)
