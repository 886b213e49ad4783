"""The database, for the commands that work on it without the service."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from layeron.adapters.database import Database, open_database, upgrade
from layeron.keys import key_matches, new_key, split_key
from layeron.local import LocalService
from layeron.settings import Settings

T = TypeVar("T")


def with_database(settings: Settings, ask: Callable[[Database], Awaitable[T]]) -> T:
    """Ask the database one question.

    Raises:
        DatabaseUnavailableError: it does not answer, or has another schema.
    """

    async def run() -> T:
        database = open_database(settings.effective_database_url)
        try:
            await database.records.check()
            return await ask(database)
        finally:
            await database.close()

    return asyncio.run(run())


def prepare_database(settings: Settings) -> str:
    """Bring a local database to our schema, and give a key for this machine's command line.

    The key is the one of the last start, if it still works.

    Raises:
        DatabaseUnavailableError: the database does not answer, or is of a later release.
    """
    upgrade(settings.effective_database_url)
    known = LocalService.of(settings.data_dir).key

    async def key(database: Database) -> str:
        records = database.records
        parts = split_key(known) if known else None
        if known and parts and key_matches(await records.find_key(parts[0]), parts[1]):
            return known
        record, text = new_key("layeron dev")
        await records.add_key(record)
        return text

    return with_database(settings, key)
