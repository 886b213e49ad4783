"""Open the adapters that the settings name; only composition roots come here."""

from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager

from layeron.adapters.blobs import open_blob_store
from layeron.adapters.database import open_database
from layeron.adapters.documents import HTTPSDocuments
from layeron.adapters.secret_sources import open_secret_source
from layeron.adapters.sender import open_sender
from layeron.adapters.temporal.connection import connect
from layeron.adapters.temporal.engine import TemporalEngine
from layeron.ports.toolbox import Toolbox
from layeron.settings import Settings


@asynccontextmanager
async def open_toolbox(settings: Settings) -> AsyncGenerator[Toolbox]:
    """Open every adapter; each is closed again at the end."""
    async with AsyncExitStack() as stack:
        blobs = open_blob_store(settings.effective_blobs)
        stack.push_async_callback(blobs.close)
        secrets = open_secret_source(settings.secrets, settings.data_dir, settings.secrets_refresh)
        stack.push_async_callback(secrets.close)
        database = open_database(settings.effective_database_url)
        stack.push_async_callback(database.close)
        client = await connect(settings, secrets)
        engine = TemporalEngine(
            client, task_queue=settings.task_queue, timeout=settings.engine_timeout
        )
        documents = HTTPSDocuments()
        stack.push_async_callback(documents.close)
        sender = open_sender(settings)
        stack.push_async_callback(sender.close)
        yield Toolbox(
            blobs,
            secrets,
            database.records,
            engine,
            documents,
            database.endpoints,
            database.deliveries,
            sender,
            database.audit,
            database.sessions,
            database.statistics,
            database.bulk_replays,
            database.retention,
            database.inbox,
        )
